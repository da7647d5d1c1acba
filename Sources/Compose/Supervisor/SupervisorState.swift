/// What a supervisor knows. Reached through its monitor alone.
struct SupervisorState {
    struct Record {
        let container: Container
        var info: ContainerInfo
        /// True from its start until it has ended for good.
        var isBusy = false
        /// True when somebody wants it to end, so that no policy starts it again.
        var isStopping = false
        /// Counts its starts.
        var run = 0
        var lines: [LogLine] = []
        /// Lines that are no longer kept.
        var droppedLines = 0
        var forwarders: [any PortForwarder] = []
    }

    /// By id.
    var containers: [String: Record] = [:]
    var volumes: [String: StoredResource] = [:]
    var networks = ContainerNetworks()

    func isRunning(_ id: String, _ run: Int) -> Bool {
        guard let record = containers[id] else { return false }
        return record.run == run && record.info.state == .running && !record.isStopping
    }

    /// The container with this name, id or beginning of an id.
    func find(_ reference: String) -> Record? {
        if let record = containers.values.first(where: { $0.info.spec.name == reference || $0.info.id == reference }) {
            return record
        }
        let candidates = containers.values.filter { $0.info.id.hasPrefix(reference) }
        return reference.count >= 2 && candidates.count == 1 ? candidates[0] : nil
    }

    /// The newest last, as they were made.
    var infos: [ContainerInfo] {
        containers.values.map(\.info).sorted { ($0.createdAt, $0.spec.name) < ($1.createdAt, $1.spec.name) }
    }
}
