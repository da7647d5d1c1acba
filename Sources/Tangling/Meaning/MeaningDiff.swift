/// What two configurations say differently, setting by setting: `jetstream.max_file_store: 10GB → 1GB`.
package struct MeaningDiff: Sendable, Hashable {
    package struct Change: Sendable, Hashable, CustomStringConvertible {
        /// Where in the tree: `accounts.TENANT_A.users[tenant_a].permissions.publish`.
        package var place: String
        /// Nil where it is new.
        package var old: String?
        /// Nil where it is gone.
        package var new: String?

        package var description: String {
            switch (old, new) {
            case (let old?, let new?): "\(place): \(old) → \(new)"
            case (nil, let new?): "\(place): added \(new)"
            case (let old?, nil): "\(place): removed \(old)"
            case (nil, nil): place
            }
        }
    }

    /// Empty where both mean the same.
    package private(set) var changes: [Change] = []

    package init(old: Meaning, new: Meaning) {
        compare(old, new, at: "")
    }

    private mutating func compare(_ old: Meaning, _ new: Meaning, at place: String) {
        guard !old.means(new) else { return }
        switch (old, new) {
        case (.map(let fields), .map(let others)):
            for field in fields {
                let place = Self.member(field.key, of: place)
                if let other = others.first(where: { $0.key == field.key }) {
                    compare(field.value, other.value, at: place)
                } else {
                    add(place, field.value, nil)
                }
            }
            for field in others where !fields.contains(where: { $0.key == field.key }) {
                add(Self.member(field.key, of: place), nil, field.value)
            }
        case (.list(let elements), .list(let others)):
            compare(elements, others, at: place)
        case (.documents(let documents), .documents(let others)):
            for index in 0..<max(documents.count, others.count) {
                let place = "document \(index + 1):"
                if index >= others.count {
                    add(place, documents[index], nil)
                } else if index >= documents.count {
                    add(place, nil, others[index])
                } else {
                    compare(documents[index], others[index], at: place)
                }
            }
        default:
            add(place, old, new)
        }
    }

    /// Elements with a name are compared with those of the same name; others are there or not.
    private mutating func compare(_ old: [Meaning], _ new: [Meaning], at place: String) {
        let names = old.map(Self.name)
        let otherNames = new.map(Self.name)
        let areNamed = (names + otherNames).allSatisfy { $0 != nil }
        if areNamed, Set(names).count == names.count, Set(otherNames).count == otherNames.count {
            for (name, element) in zip(names, old) {
                let other = otherNames.firstIndex(of: name).map { new[$0] }
                let place = "\(place)[\(name ?? "")]"
                if let other { compare(element, other, at: place) } else { add(place, element, nil) }
            }
            for (name, element) in zip(otherNames, new) where !names.contains(name) {
                add("\(place)[\(name ?? "")]", nil, element)
            }
            return
        }
        let gone = old.indices.filter { index in !new.contains { $0.means(old[index]) } }
        let come = new.indices.filter { index in !old.contains { $0.means(new[index]) } }
        // One in the place of another is a change of it.
        if gone == come || (gone.count == 1 && come.count == 1) {
            for (former, now) in zip(gone, come) { compare(old[former], new[now], at: "\(place)[\(former)]") }
        } else {
            for index in gone { add(place, old[index], nil) }
            for index in come { add(place, nil, new[index]) }
        }
        if gone.isEmpty, come.isEmpty { add(place, .list(old), .list(new)) }
    }

    /// What tells an element of a list from the others, where it is a map with a name.
    private static func name(_ element: Meaning) -> String? {
        guard case .map(let fields) = element else { return nil }
        for key in ["name", "id", "user", "username", "nkey", "key"] {
            if case .scalar(_, let shown)? = fields.first(where: { $0.key == key })?.value { return shown }
        }
        return nil
    }

    private static func member(_ key: String, of place: String) -> String {
        let isPlain = !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || "_-$".contains($0) }
        let shown = isPlain ? key : "\"\(key)\""
        // The first name within a document stands behind a colon.
        return place.isEmpty ? shown : place.hasSuffix(":") ? "\(place) \(shown)" : "\(place).\(shown)"
    }

    private mutating func add(_ place: String, _ old: Meaning?, _ new: Meaning?) {
        let place = place.isEmpty ? "the whole" : place.hasSuffix(":") ? String(place.dropLast()) : place
        changes.append(Change(place: place, old: old?.text, new: new?.text))
    }
}
