/// Makes the anchors of a page, by GitHub's rules: lower case, punctuation dropped, spaces become hyphens, and a name
/// that was taken gets `-1`, `-2`, ….
struct Slugger {
    private var taken: Set<String> = []
    private var next: [String: Int] = [:]

    /// The anchor for a heading (or anything else) with this text, unique on the page.
    mutating func slug(for text: String) -> String {
        unique(Self.base(text))
    }

    /// `name` itself if it is free, else with the first number that makes it so.
    mutating func unique(_ name: String) -> String {
        guard taken.contains(name) else {
            taken.insert(name)
            return name
        }
        var number = next[name] ?? 1
        while taken.contains("\(name)-\(number)") {
            number += 1
        }
        next[name] = number + 1
        let slug = "\(name)-\(number)"
        taken.insert(slug)
        return slug
    }

    /// The anchor before it is made unique. GitHub keeps letters, marks, numbers, connector punctuation (`_`), hyphens
    /// and spaces, whatever the script.
    static func base(_ text: String) -> String {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars {
            switch scalar {
            case " ": slug.append("-")
            case "-", "_": slug.unicodeScalars.append(scalar)
            default:
                if isKept(scalar) {
                    slug.unicodeScalars.append(scalar)
                }
            }
        }
        return slug
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation:
            return true
        default:
            return false
        }
    }
}
