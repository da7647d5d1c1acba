import Foundation

/// Measures launchpad and libcmark in turns and prints both.
struct Report {
    /// How much longer than libcmark alone parsing and tangling may take.
    static let bar = 3.0

    let launchpad: String
    let root: String
    let docs: String
    /// The path of this program.
    let own: String
    let rounds: Int

    /// One command that is run once a round.
    private struct Candidate {
        var title: String
        var command: [String]
        /// In how many rounds at most. What waits for the disk takes long, and nothing is judged by it.
        var rounds = Int.max
        /// Done before each run, outside of the measured time.
        var prepare: () -> Void = {}
    }

    /// - Returns: whether the bar holds.
    func run() throws -> Bool {
        let candidates = candidates
        // Reads every file once and writes those that the later runs find as they should be.
        for candidate in candidates { _ = try Measurement.of(candidate.command) }
        var runs = [[Measurement]](repeating: [], count: candidates.count)
        for round in 0..<rounds {
            for (index, candidate) in candidates.enumerated() where round < candidate.rounds {
                candidate.prepare()
                runs[index].append(try Measurement.of(candidate.command))
            }
        }
        for (candidate, measured) in zip(candidates, runs) { show(candidate.title, measured, against: runs[0]) }
        let ratio = Self.ratio(runs[Self.judged], runs[0])
        print(
            "ratio \(format(ratio)): parsing and tangling against libcmark alone on one thread, wall time of the whole "
                + "commands, median of \(rounds) rounds; the bar is \(format(Self.bar))"
        )
        return ratio <= Self.bar
    }

    /// The candidate that the bar is for: everything is parsed and tangled, and nothing is to be written.
    private static let judged = 2

    private var candidates: [Candidate] {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let tangle = [launchpad, "tangle", "--root", root, "--color", "never"]
        var all = [
            Candidate(title: "libcmark alone, one thread", command: [own, "--parse", docs, "1"]),
            Candidate(
                title: "libcmark alone, \(processors) threads", command: [own, "--parse", docs, "\(processors)"]),
            Candidate(title: "tangle, every file as it should be", command: tangle),
            Candidate(title: "tangle --check", command: tangle + ["--check"]),
        ]
        let taskset = "/usr/bin/taskset"
        if FileManager.default.isExecutableFile(atPath: taskset) {
            let pinned = [taskset, "-c", "0"] + tangle
            all.append(Candidate(title: "tangle on one processor", command: pinned))
        }
        all.append(
            Candidate(
                title: "tangle, every file new (written and flushed)", command: tangle, rounds: 3,
                prepare: removeWritten
            )
        )
        return all
    }

    private func removeWritten() {
        for name in ["ops", ".launchpad"] { try? FileManager.default.removeItem(atPath: root + "/" + name) }
    }

    /// The median of the rounds' own ratios: what disturbed a round disturbed both of its halves.
    private static func ratio(_ runs: [Measurement], _ base: [Measurement]) -> Double {
        median(zip(runs, base).map { $0.wall / $1.wall })
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private func show(_ name: String, _ runs: [Measurement], against base: [Measurement]) {
        let title = name.padding(toLength: 46, withPad: " ", startingAt: 0)
        let wall = format(Self.median(runs.map(\.wall)) * 1000)
        let processor = format(Self.median(runs.map(\.processor)) * 1000)
        print("\(title) \(wall) ms wall   \(processor) ms processor   \(format(Self.ratio(runs, base))) x")
    }

    private func format(_ number: Double) -> String {
        String(format: "%8.2f", number)
    }
}
