import NATSAccounts
import Testing

private func entries(_ texts: String...) -> [PermissionEntry] {
    texts.compactMap { PermissionEntry($0) }
}

private func may(_ permissions: Permissions, _ subject: String, _ queue: String? = nil) -> Bool {
    permissions.canSubscribe(to: Array(subject.utf8), queue: queue.map { Array($0.utf8) })
}

@Suite("Permissions")
struct PermissionsTests {
    @Test("without lists allow everything")
    func open() {
        #expect(Permissions().canPublish(to: "a.b".utf8))
        #expect(may(Permissions(), ">"))
        #expect(!Permissions().restrictsPublishing)
    }

    @Test("to publish: what is denied beats what is allowed")
    func publish() {
        let permissions = Permissions(publishAllow: entries("a.>"), publishDeny: entries("a.secret.*"))
        #expect(permissions.canPublish(to: "a.b".utf8))
        #expect(!permissions.canPublish(to: "a".utf8))
        #expect(!permissions.canPublish(to: "a.secret.x".utf8))
        #expect(permissions.canPublish(to: "a.secret.x.y".utf8))
    }

    @Test("to publish: an empty list allows nothing, one to subscribe allows everything")
    func emptyLists() {
        let permissions = Permissions(publishAllow: [], subscribeAllow: [])
        #expect(!permissions.canPublish(to: "a".utf8))
        #expect(may(permissions, "a"))
    }

    @Test("to answer forbid publishing anything else")
    func responses() {
        #expect(!Permissions(responses: ResponsePermission()).canPublish(to: "a".utf8))
        #expect(Permissions(publishAllow: entries("a"), responses: ResponsePermission()).canPublish(to: "a".utf8))
    }

    @Test("to subscribe may be bound to queue groups")
    func queues() {
        let permissions = Permissions(
            subscribeAllow: entries("foo v1", "bar", "baz v1.*"), subscribeDeny: entries("bar stop"))
        #expect(!may(permissions, "foo"))
        #expect(may(permissions, "foo", "v1"))
        #expect(!may(permissions, "foo", "v2"))
        #expect(may(permissions, "bar"))
        #expect(may(permissions, "bar", "any"))
        #expect(!may(permissions, "bar", "stop"))
        #expect(may(permissions, "baz", "v1.x"))
    }

    @Test("that deny a part of a wildcard subscription are checked for each message")
    func deliveryChecks() {
        let permissions = Permissions(subscribeDeny: entries("a.secret"))
        #expect(may(permissions, "a.*"))
        #expect(!may(permissions, "a.secret"))
        #expect(permissions.needsDeliveryCheck(Array("a.*".utf8), queue: nil))
        #expect(!permissions.needsDeliveryCheck(Array("b.*".utf8), queue: nil))
        #expect(permissions.denies(Array("a.secret".utf8), queue: nil))
        #expect(!permissions.denies(Array("a.b".utf8), queue: nil))
    }

    @Test("are read as a subject and at most one queue", arguments: ["a b c", "", "a..b", "a >.b"])
    func badEntries(text: String) {
        #expect(PermissionEntry(text) == nil)
    }
}
