import Testing

@testable import Publishing

@Suite("Heading anchors")
struct SluggerTests {
    @Test(
        "anchors follow GitHub's rules",
        arguments: [
            ("Running NATS locally", "running-nats-locally"), ("What's new?", "whats-new"), ("a  b", "a--b"),
            ("`nats pub`: flags", "nats-pub-flags"), ("snake_case & dots.v1", "snake_case--dotsv1"), ("Größe", "größe"),
            ("日本語", "日本語"), ("C++ / Rust", "c--rust"), ("🚀 Launch", "-launch"), ("", ""),
        ]
    )
    func slugs(heading: String, anchor: String) {
        #expect(Slugger.base(heading) == anchor)
    }

    @Test("a second heading of the same text gets a number, also where that name is taken already")
    func unique() {
        var slugger = Slugger()
        #expect(
            ["Notes", "Notes-1", "Notes", "Notes"].map { slugger.slug(for: $0) } == [
                "notes", "notes-1", "notes-2", "notes-3",
            ])
    }
}
