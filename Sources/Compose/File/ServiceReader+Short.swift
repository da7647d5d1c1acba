import Guides

/// The forms of `ports` and `volumes`.
extension ServiceReader {
    // MARK: Ports

    /// `[[address:]published:]target[/protocol]` with ranges, or the long form.
    mutating func ports(_ value: ComposeValue) -> [Port] {
        if let map = value.map { return longPort(map, value.place).map { [$0] } ?? [] }
        guard let text = value.text else {
            reader.reject(value.place, "a port must be a text or a mapping")
            return []
        }
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        let isUDP = halves.count > 1 && halves[1] == "udp"
        var parts = halves[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        // An IPv6 address has colons of its own.
        if parts.count > 3 {
            let address = parts.dropLast(2).joined(separator: ":")
            parts = [address.hasPrefix("[") ? String(address.dropFirst().dropLast()) : address] + parts.suffix(2)
        }
        guard let targets = range(parts.last ?? ""), halves.count < 2 || isUDP || halves[1] == "tcp" else {
            return noPort(text, value.place)
        }
        var published: [Int?] = targets.map { _ in nil }
        if parts.count > 1, let text = parts.dropLast().last, !text.isEmpty {
            guard let range = range(text), range.count == targets.count else { return noPort(text, value.place) }
            published = range.map { $0 }
        }
        return zip(targets, published).map { target, published in
            Port(target: target, published: published, hostAddress: parts.count == 3 ? parts[0] : nil, isUDP: isUDP)
        }
    }

    private mutating func noPort(_ text: String, _ place: Place) -> [Port] {
        reader.reject(
            place, "\"\(text)\" is no port", help: "for example: \"4222:4222\", \"127.0.0.1:8222:8222\" or \"8222\"")
        return []
    }

    private func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
            first <= last, (1...65535).contains(first), last <= 65535
        else { return nil }
        return first...last
    }

    private mutating func longPort(_ entries: [ComposeValue.Entry], _ place: Place) -> Port? {
        var port = Port(target: 0)
        for entry in entries where !entry.key.hasPrefix("x-") {
            switch entry.key {
            case "target": port.target = reader.int(entry) ?? 0
            case "published": port.published = reader.int(entry)
            case "host_ip": port.hostAddress = reader.text(entry)
            case "protocol": port.isUDP = reader.text(entry) == "udp"
            case "mode": port.mode = reader.text(entry) ?? port.mode
            case "name", "app_protocol": break
            default:
                reader.unknown(entry, of: " of a port", valid: ["target", "published", "host_ip", "protocol", "mode"])
            }
        }
        guard (1...65535).contains(port.target) else {
            reader.reject(place, "a port needs its target, from 1 to 65535")
            return nil
        }
        return port
    }

    // MARK: Mounts

    /// `[source:]target[:options]`, or the long form.
    mutating func mount(_ value: ComposeValue) -> Mount? {
        if let map = value.map { return longMount(map, value.place) }
        guard let text = value.text else {
            reader.reject(value.place, "a volume must be a text or a mapping")
            return nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            reader.reject(value.place, "\"\(text)\" is no volume", help: "for example: data:/data, ./conf:/etc/nats:ro")
            return nil
        }
        guard parts.count > 1 else { return Mount(kind: .volume, target: checked(parts[0], value.place)) }
        var mount = Mount(kind: .volume, source: parts[0], target: checked(parts[1], value.place), isShort: true)
        if "./~".contains(parts[0].first ?? " ") {
            mount.kind = .bind
            mount.source = reader.absolute(parts[0])
        } else {
            reader.mentionedVolumes.append((parts[0], value.place))
        }
        for option in parts.count > 2 ? parts[2].split(separator: ",") : [] {
            switch option {
            case "ro": mount.isReadOnly = true
            case "z", "Z": mount.label = String(option)
            case "rw", "cached", "delegated", "consistent": break
            default:
                reader.reject(
                    value.place, "the option \"\(option)\" of a volume is not supported here", help: "valid: ro, rw")
            }
        }
        return mount
    }

    private mutating func checked(_ target: String, _ place: Place) -> String {
        if !target.hasPrefix("/") {
            reader.reject(
                place, "\"\(target)\" is no absolute path",
                help: "a volume is mounted at a path from the root, such as /data")
        }
        return AbsolutePath.of(target, in: "/")
    }

    private mutating func longMount(_ entries: [ComposeValue.Entry], _ place: Place) -> Mount? {
        var mount = Mount(kind: .volume, target: "")
        var sourcePlace = place
        let valid = ["type", "source", "target", "read_only", "bind", "volume", "tmpfs"]
        for entry in entries where !entry.key.hasPrefix("x-") {
            switch entry.key {
            case "type":
                guard let kind = Mount.Kind(rawValue: reader.text(entry) ?? "") else {
                    reader.reject(entry.value.place, "a mount's type must be volume, bind or tmpfs")
                    return nil
                }
                mount.kind = kind
            case "source", "src":
                mount.source = reader.text(entry)
                sourcePlace = entry.value.place
            case "target", "dst", "destination":
                mount.target = checked(reader.text(entry) ?? "/", entry.value.place)
            case "read_only": mount.isReadOnly = reader.bool(entry) ?? false
            case "bind":
                mount.isShort = entry.value["create_host_path"]?.bool ?? true
                options(entry, ["create_host_path"])
            case "volume":
                mount.isNotFilled = entry.value["nocopy"]?.bool ?? false
                options(entry, ["nocopy"])
            case "tmpfs":
                mount.size = entry.value["size"]?.text
                options(entry, ["size"])
            default: reader.unknown(entry, of: " of a volume", valid: valid)
            }
        }
        guard !mount.target.isEmpty else {
            reader.reject(place, "a volume needs its target")
            return nil
        }
        if let source = mount.source {
            if mount.kind == .bind { mount.source = reader.absolute(source) }
            if mount.kind == .volume { reader.mentionedVolumes.append((source, sourcePlace)) }
        } else if mount.kind == .bind {
            reader.reject(place, "a bind mount needs its source")
        }
        return mount
    }

    private mutating func options(_ entry: ComposeValue.Entry, _ valid: [String]) {
        for option in entry.value.map ?? [] where !valid.contains(option.key) {
            reader.unknown(option, of: " of \(entry.key)", valid: valid)
        }
    }
}
