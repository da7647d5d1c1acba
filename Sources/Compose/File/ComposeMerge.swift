/// Lays one compose file over another, as several `-f` and `docker-compose.override.yml` do.
///
/// Rules: https://docs.docker.com/reference/compose-file/merge/
enum ComposeMerge {
    /// Keys whose values replace each other as a whole.
    private static let replaced: Set<String> = ["command", "entrypoint", "test"]
    /// Keys that are a mapping or a list of `NAME=value`.
    private static let pairs: Set<String> = ["environment", "labels", "extra_hosts"]

    /// `value` without what it resets.
    static func withoutResets(_ value: ComposeValue) -> ComposeValue {
        var value = value
        if let entries = value.map {
            value.content = .map(
                entries.filter { $0.value.directive != .reset }.map { entry in
                    var entry = entry
                    entry.value = withoutResets(entry.value)
                    return entry
                })
        }
        return value
    }

    static func merge(_ base: ComposeValue, _ over: ComposeValue, key: String = "") -> ComposeValue {
        if over.directive == .override { return withoutResets(over) }
        if over.isNull { return base }
        if replaced.contains(key) { return over }
        var (base, over) = (base, over)
        if pairs.contains(key) { (base, over) = (mapping(base), mapping(over)) }
        if ["depends_on", "networks"].contains(key) { (base, over) = (names(base, key), names(over, key)) }
        switch (base.content, over.content) {
        case (.map(var entries), .map(let others)):
            for other in others {
                if other.value.directive == .reset {
                    entries.removeAll { $0.key == other.key }
                } else if let index = entries.firstIndex(where: { $0.key == other.key }) {
                    entries[index].value = merge(entries[index].value, other.value, key: other.key)
                } else {
                    entries.append(other)
                }
            }
            return ComposeValue(content: .map(entries), place: base.place)
        case (.list(let items), .list(let others)):
            var result = items
            for other in others {
                // What is mounted at the same place is replaced.
                let target = key == "volumes" ? mountPoint(other) : nil
                if let target, let index = result.firstIndex(where: { mountPoint($0) == target }) {
                    result[index] = other
                } else if !result.contains(where: { $0.content == other.content }) {
                    result.append(other)
                }
            }
            return ComposeValue(content: .list(result), place: base.place)
        default:
            return over
        }
    }

    private static func mountPoint(_ value: ComposeValue) -> String? {
        if let target = value["target"]?.text { return target }
        let parts = value.text?.split(separator: ":") ?? []
        return parts.isEmpty ? nil : String(parts[min(1, parts.count - 1)])
    }

    private static func mapping(_ value: ComposeValue) -> ComposeValue {
        guard let list = value.list else { return value }
        let entries = list.map { item in
            let parts = (item.text ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let content: ComposeValue.Content = parts.count > 1 ? .scalar(String(parts[1]), isPlain: false) : .null
            return ComposeValue.Entry(
                key: String(parts[0]), place: item.place, value: ComposeValue(content: content, place: item.place))
        }
        return ComposeValue(content: .map(entries), place: value.place)
    }

    private static func names(_ value: ComposeValue, _ key: String) -> ComposeValue {
        guard let list = value.list else { return value }
        let entries = list.map { item in
            func entry(_ key: String, _ content: ComposeValue.Content) -> ComposeValue.Entry {
                ComposeValue.Entry(
                    key: key, place: item.place, value: ComposeValue(content: content, place: item.place))
            }
            let started = entry("condition", .scalar(Dependency.Condition.started.rawValue, isPlain: false))
            return entry(item.text ?? "", key == "depends_on" ? .map([started]) : .null)
        }
        return ComposeValue(content: .map(entries), place: value.place)
    }
}
