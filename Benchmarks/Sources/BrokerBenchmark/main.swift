import Foundation

// BrokerBenchmark LAUNCHPAD NATS-SERVER NATSLOAD CONFIGURATIONS broker|jetstream [ROUNDS [SCENARIO...]]
//
// Compares the broker in the executable LAUNCHPAD with the real server. CONFIGURATIONS is the folder of their files; a
// SCENARIO is the beginning of a name in the table, or `large` for streams of ten million messages. Exit status 1 where a bar
// is missed.

let arguments = CommandLine.arguments
guard arguments.count >= 6, ["broker", "jetstream"].contains(arguments[5]) else {
    let usage = """
        usage: BrokerBenchmark LAUNCHPAD NATS-SERVER NATSLOAD CONFIGURATIONS broker|jetstream [ROUNDS [SCENARIO...]]

        """
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
}
let isAboutStreams = arguments[5] == "jetstream"
let wanted = arguments.dropFirst(7)
let scenarios = (isAboutStreams ? Scenario.streams : Scenario.all).filter { scenario in
    wanted.isEmpty || wanted.contains { scenario.name.hasPrefix($0) }
}
let report = Report(
    natsload: arguments[3],
    contenders: [Contender(command: [arguments[1], "nats-server"]), Contender(command: [arguments[2]])],
    configurations: arguments[4],
    rounds: arguments.count > 6 ? max(1, Int(arguments[6]) ?? 5) : 5)
do {
    var holds = try report.run(scenarios)
    if isAboutStreams, wanted.isEmpty || wanted.contains("large") {
        let large = LargeStreams(
            natsload: report.natsload, contenders: report.contenders,
            configuration: report.configurations + "/plain.conf", rounds: report.rounds)
        holds = try large.run() && holds
    }
    exit(holds ? 0 : 1)
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(2)
}
