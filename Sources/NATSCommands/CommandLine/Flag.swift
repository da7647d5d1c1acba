/// A flag with the type of its value: the key by which a command asks for what the user gave.
struct Flag<Value: Sendable>: Sendable {
    let spec: FlagSpec
    /// Makes the value of the raw texts, in the order given. They passed the check for the flag's kind before.
    let value: @Sendable ([String]) -> Value
}

extension Flag where Value == Bool {
    static func toggle(
        _ name: String,
        short: Character? = nil,
        _ help: String,
        isNegatable: Bool = false,
        default isOn: Bool = false,
        isHidden: Bool = false
    ) -> Flag {
        let spec = FlagSpec(
            name: name,
            short: short,
            help: help,
            kind: .toggle(isNegatable: isNegatable),
            defaultValue: isOn ? "true" : nil,
            isHidden: isHidden
        )
        return Flag(spec: spec) { $0.last == "true" }
    }
}

extension Flag where Value == String? {
    static func text(
        _ name: String,
        short: Character? = nil,
        _ help: String,
        placeholder: String? = nil,
        environment: String? = nil,
        kind: FlagSpec.Kind = .text,
        isHidden: Bool = false
    ) -> Flag {
        let spec = FlagSpec(
            name: name,
            short: short,
            help: help,
            kind: kind,
            placeholder: placeholder,
            environment: environment,
            isHidden: isHidden
        )
        return Flag(spec: spec) { $0.last.flatMap { $0.isEmpty ? nil : $0 } }
    }
}

extension Flag where Value == String {
    static func text(
        _ name: String,
        short: Character? = nil,
        _ help: String,
        default value: String,
        kind: FlagSpec.Kind = .text,
        placeholder: String? = nil
    ) -> Flag {
        let spec = FlagSpec(
            name: name,
            short: short,
            help: help,
            kind: kind,
            placeholder: placeholder,
            defaultValue: value
        )
        return Flag(spec: spec) { $0.last ?? value }
    }
}

extension Flag where Value == [String] {
    static func texts(
        _ name: String,
        short: Character? = nil,
        _ help: String,
        placeholder: String? = nil,
        isHidden: Bool = false
    ) -> Flag {
        let spec = FlagSpec(
            name: name,
            short: short,
            help: help,
            kind: .text,
            placeholder: placeholder,
            isRepeatable: true,
            isHidden: isHidden
        )
        return Flag(spec: spec) { $0 }
    }
}

extension Flag where Value == Int {
    static func integer(
        _ name: String,
        short: Character? = nil,
        _ help: String,
        default value: Int,
        isHidden: Bool = false
    ) -> Flag {
        let spec = FlagSpec(
            name: name, short: short, help: help, kind: .integer, defaultValue: String(value), isHidden: isHidden)
        return Flag(spec: spec) { $0.last.flatMap(GoNumber.integer) ?? value }
    }
}

extension Flag where Value == Int? {
    static func unsigned(_ name: String, _ help: String, placeholder: String? = nil) -> Flag {
        let spec = FlagSpec(name: name, help: help, kind: .unsigned, placeholder: placeholder)
        return Flag(spec: spec) { $0.last.flatMap(GoNumber.unsigned) }
    }
}

extension Flag where Value == Duration? {
    static func duration(_ name: String, _ help: String, placeholder: String? = nil) -> Flag {
        Flag(spec: FlagSpec(name: name, help: help, kind: .duration, placeholder: placeholder)) {
            $0.last.flatMap { try? CommandDuration.parse($0) }
        }
    }
}

extension Flag where Value == Duration {
    static func duration(
        _ name: String,
        _ help: String,
        default text: String,
        environment: String? = nil
    ) -> Flag {
        let spec = FlagSpec(name: name, help: help, kind: .duration, defaultValue: text, environment: environment)
        return Flag(spec: spec) { $0.last.flatMap { try? CommandDuration.parse($0) } ?? .zero }
    }
}

/// A positional argument with the type of its value.
struct Argument<Value: Sendable>: Sendable {
    let spec: ArgumentSpec
    let value: @Sendable ([String]) -> Value
}

extension Argument where Value == String {
    static func required(_ name: String, _ help: String) -> Argument {
        Argument(spec: ArgumentSpec(name: name, help: help, isRequired: true)) { $0.last ?? "" }
    }
}

extension Argument where Value == String? {
    static func optional(_ name: String, _ help: String) -> Argument {
        Argument(spec: ArgumentSpec(name: name, help: help)) { $0.last }
    }
}

extension Argument where Value == [String] {
    static func rest(_ name: String, _ help: String) -> Argument {
        Argument(spec: ArgumentSpec(name: name, help: help, isRepeatable: true)) { $0 }
    }
}

extension Argument where Value == Int {
    static func integer(_ name: String, _ help: String, default value: Int) -> Argument {
        let spec = ArgumentSpec(name: name, help: help, kind: .integer, defaultValue: String(value))
        return Argument(spec: spec) { $0.last.flatMap(GoNumber.integer) ?? value }
    }
}
