/// What can be fuzzed.
enum FuzzTarget: String, CaseIterable {
    case frames, config, subjects
}

/// Ends the process, so that libFuzzer keeps the input, where something does not hold.
func require(_ holds: Bool, _ what: @autoclosure () -> String) {
    precondition(holds, what())
}
