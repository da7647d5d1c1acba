import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server account`: what a server knows of an account, and removing all that it stores.
enum ServerAccountCommand {
    static let account = Argument.required("account", "The account")

    static let spec = CommandSpec(
        name: "account",
        aliases: ["acct"],
        help: "Interact with accounts",
        flags: [ServerCommand.json.spec],
        subcommands: [
            CommandSpec(
                name: "info",
                aliases: ["i"],
                help: "Shows information for an account",
                arguments: [account.spec],
                flags: [ServerFilterFlags.host.spec],
                run: show
            ),
            CommandSpec(
                name: "purge",
                help: "Purge assets from JetStream clusters",
                arguments: [account.spec],
                flags: [ServerCommand.force.spec],
                run: purge
            ),
        ]
    )

    @Sendable
    private static func show(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        var request = JSONDocument()
        request["account"] = invocation[account]
        request["server_name"] = invocation[ServerFilterFlags.host]
        request["exact_match"] = true
        let answers = try await invocation.serverAnswers(connection, "SERVER.PING.ACCOUNTZ", request, .count(1))
        guard let answer = answers.first else {
            throw CommandError(
                "no responses received, ensure the account used has system privileges and appropriate permissions")
        }
        if let error = answer.document["error"] as JSONDocument? { throw CommandError(error.text("description")) }
        guard let detail = answer.data?["account_detail"] as JSONDocument? else {
            throw CommandError("no account information received")
        }
        guard !invocation[ServerCommand.json] else {
            invocation.print(json: detail.json)
            return
        }
        invocation.print(report(detail))
    }

    private static func report(_ account: JSONDocument) -> Report {
        var report = Report("Account information for account \(account.text("account_name"))")
        report.section("Details")
        report.add("Complete", account.isTrue("complete"))
        report.add("Expired", account.isTrue("expired"))
        report.add("System Account", account.isTrue("is_system"))
        let updated: Date? = account["update_time"]
        report.add("Updated", "\(Humanized.time(updated)) (\(Humanized.age(of: updated, at: nil)) ago)")
        report.add("JetStream", account.isTrue("jetstream_enabled"))
        report.add("Issuer", ifAny: account.text("issuer_key"))
        report.add("Tag", ifAny: account.text("name_tag"))
        report.add("Tags", ifAny: account.texts("tags").joined(separator: ", "))
        addMappings(account.document("mappings"), to: &report)
        addImports("Imports", account.documents("imports"), to: &report)
        let exports = account.documents("exports")
        if !exports.isEmpty {
            report.section("Exports")
            for export in exports {
                addExport(export, to: &report)
            }
        }
        addImports("Responses", account.documents("responses"), to: &report)
        return report
    }

    private static func addMappings(_ mappings: JSONDocument, to report: inout Report) {
        guard !mappings.members.isEmpty else { return }
        report.section("Mappings")
        for member in mappings.members {
            report.indent(2)
            report.line(member.key)
            report.indent(4)
            for target in [JSONDocument](json: member.value) ?? [] {
                var parts = [target.text("subject")]
                if !target.text("cluster").isEmpty { parts.append("in cluster \(target.text("cluster"))") }
                if target.count("weight") != 100 { parts.append("with weight \(target.count("weight"))") }
                report.add("Destination", parts.joined(separator: ", "))
            }
            report.indent(0)
            report.line()
        }
    }

    private static func addImports(_ title: String, _ imports: [JSONDocument], to report: inout Report) {
        guard !imports.isEmpty else { return }
        report.section(title)
        for item in imports {
            let remote = item.text("subject")
            let local = item.text("local_subject").isEmpty ? remote : item.text("local_subject")
            guard !local.isEmpty else { continue }
            let account = item.text("account")
            var text = local
            if remote != local { text += " from subject \(remote)" }
            if !account.isEmpty { text += remote == local ? " from account \(account)" : " in account \(account)" }
            if item.isTrue("invalid") { report.add("Invalid", true) }
            report.add("Subject", text)
            report.add("Type", item.text("type"))
            report.add("Name", ifAny: item.text("name"))
            report.add("Share", item.isTrue("share"))
            report.line()
        }
    }

    private static func addExport(_ export: JSONDocument, to report: inout Report) {
        report.add("Subject", export.text("subject"))
        report.add("Type", export.text("type"))
        report.add("Tokens Required", export.isTrue("token_req"))
        report.add("Response Type", export.text("response_type"))
        let threshold: Duration = export["response_threshold", default: .zero]
        if threshold > .zero { report.add("Response Threshold", threshold) }
        report.add("Description", ifAny: export.text("description"))
        report.add("Name", ifAny: export.text("name"))
        report.add("Accounts", each: export.texts("approved_accounts"))
        report.line()
    }

    @Sendable
    private static func purge(_ invocation: Invocation) async throws {
        let name = invocation[account]
        if !invocation[ServerCommand.force] {
            invocation.console.print(
                "This operation deletes all data from the \(name) account and cannot be reversed.\n")
        }
        guard try invocation.confirm("Really purge account \(name)", unless: ServerCommand.force) else { return }
        try await invocation.withJetStream { jetStream in
            _ = try await jetStream.request("ACCOUNT.PURGE.\(name)")
        }
        invocation.console.print("Purge operation on account \(name) initiated")
    }
}
