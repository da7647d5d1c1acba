/// What an update may change.
extension StreamRules {
    /// - Returns: the configuration that the stream has from now on.
    func update(_ old: StreamConfiguration, to request: StreamConfiguration) throws(JetStreamError)
        -> StreamConfiguration
    {
        var new = try check(request)
        if new.name != old.name { throw invalid("stream configuration name must match original") }
        if new.replicas > 1 { throw JetStreamError(.streamReplicasNotSupported) }
        if new.storage != old.storage { throw invalid("stream configuration update can not change storage type") }
        if new.retention != old.retention, old.retention == .workqueue || new.retention == .workqueue {
            throw invalid("stream configuration update can not change retention policy to/from workqueue")
        }
        if !new.isSealed && old.isSealed { throw invalid("stream configuration update can not unseal a sealed stream") }
        if !new.deniesDelete && old.deniesDelete {
            throw invalid("stream configuration update can not cancel deny message deletes")
        }
        if !new.deniesPurge && old.deniesPurge {
            throw invalid("stream configuration update can not cancel deny purge")
        }
        if new.mirror != nil && new.mirror != old.mirror { throw JetStreamError(.streamMirrorNotUpdatable) }
        try checkDiscard(new)
        if old.allowsMessageTTL && !new.allowsMessageTTL { throw invalid("message TTL status can not be disabled") }
        if new.allowsCounter != old.allowsCounter {
            throw invalid("stream configuration update can not change message counter setting")
        }
        if old.allowsSchedules && !new.allowsSchedules { throw invalid("message schedules can not be disabled") }
        if old.persistMode != new.persistMode {
            throw invalid("stream configuration update can not change persist mode")
        }
        if new.isSealed {
            new.maxAge = 0
            new.discard = .new
            new.deniesDelete = true
            new.deniesPurge = true
            new.allowsRollup = false
        }
        return new
    }
}
