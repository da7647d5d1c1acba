/// Lets a few at once do what more of them would only slow down, in the order in which they came.
package actor Turn {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter places: how many may have their turn at once.
    package init(places: Int = 1) {
        free = places
    }

    /// Returns when it is the caller's turn. Each call needs one of ``give()``.
    package func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    package func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
