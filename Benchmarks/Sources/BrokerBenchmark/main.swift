import Foundation

// BrokerBenchmark LAUNCHPAD NATS-SERVER NATSLOAD CONFIGURATIONS [ROUNDS [SCENARIO...]]
//
// Compares the broker in the executable LAUNCHPAD with the real server. CONFIGURATIONS is the folder of their files; a
// SCENARIO is the beginning of a name in the table. Exit status 1 where a bar is missed.

let arguments = CommandLine.arguments
guard arguments.count >= 5 else {
    FileHandle.standardError.write(
        Data("usage: BrokerBenchmark LAUNCHPAD NATS-SERVER NATSLOAD CONFIGURATIONS [ROUNDS [SCENARIO...]]\n".utf8))
    exit(64)
}
let wanted = arguments.dropFirst(6)
let scenarios = Scenario.all.filter { scenario in
    wanted.isEmpty || wanted.contains { scenario.name.hasPrefix($0) }
}
let report = Report(
    natsload: arguments[3],
    contenders: [Contender(command: [arguments[1], "nats-server"]), Contender(command: [arguments[2]])],
    configurations: arguments[4],
    rounds: arguments.count > 5 ? max(1, Int(arguments[5]) ?? 5) : 5)
do {
    exit(try report.run(scenarios) ? 0 : 1)
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(2)
}
