import NATSSubjects
import Testing

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("Subject transforms")
struct SubjectTransformTests {
    @Test(
        "make one subject out of another",
        arguments: [
            ("orders.*.*", "shop.$2.{{wildcard(1)}}", "orders.eu.new", "shop.new.eu"),
            ("a.>", "b.>", "a.x.y", "b.x.y"),
            ("a.*.>", "b.$1.>", "a.x.y.z", "b.x.y.z"),
            (">", "all.>", "x.y", "all.x.y"),
            ("all.>", ">", "all.x.y", "x.y"),
            ("plain", "other", "plain", "other"),
            ("a.*", "b", "a.x", "b"),
            ("a.*", "$SYS.{{ WILDCARD( 1 ) }}", "a.x", "$SYS.{{ WILDCARD( 1 ) }}"),
            ("a.*", "b.{{ Wildcard( 1 ) }}", "a.x", "b.x"),
            ("a.*", "{{splitfromleft(1,2)}}", "a.xyz", "xy.z"),
            ("a.*", "{{SplitFromRight(1,2)}}", "a.xyz", "x.yz"),
            ("a.*", "{{SliceFromLeft(1,2)}}", "a.vwxyz", "vw.xy.z"),
            ("a.*", "{{SliceFromRight(1,2)}}", "a.vwxyz", "v.wx.yz"),
            ("a.*", "{{Left(1,2)}}.{{Right(1,2)}}", "a.vwxyz", "vw.yz"),
            ("a.*", "{{Left(1,9)}}.{{Right(1,0)}}", "a.vw", "vw.vw"),
            ("a.*", "{{split(1,--)}}", "a.x--y--z", "x.y.z"),
            ("a.*", "{{partition(0,1)}}", "a.x", "0"),
            ("a.*.*", "{{partition(10,1,2)}}", "a.customer.17", "9"),
        ])
    func results(source: String, destination: String, subject: String, result: String) throws {
        guard !destination.contains("WILDCARD") else {
            #expect(throws: TransformProblem.self) { try SubjectTransform(from: source, to: destination) }
            return
        }
        let transform = try SubjectTransform(from: source, to: destination)
        #expect(text(transform.apply(subject.utf8)) == result)
        #expect(!transform.isRandom)
    }

    @Test("number the same subjects alike, and different ones evenly")
    func partitions() throws {
        let transform = try SubjectTransform(from: "a.*", to: "{{partition(4,1)}}")
        let results = (0..<400).map { text(transform.apply("a.key\($0)".utf8)) }
        #expect(results == (0..<400).map { text(transform.apply("a.key\($0)".utf8)) })
        for number in 0..<4 {
            let count = results.count { $0 == "\(number)" }
            #expect((60...140).contains(count), "\(count) of 400 have the number \(number)")
        }
    }

    @Test("choose at random within what was asked for")
    func random() throws {
        let transform = try SubjectTransform(from: "a", to: "b.{{random(3)}}")
        #expect(transform.isRandom)
        let results = Set((0..<200).map { _ in text(transform.apply("a".utf8)) })
        #expect(results == ["b.0", "b.1", "b.2"])
    }

    @Test(
        "lead back",
        arguments: [
            ("a.*.*", "b.$1.$2", "b.x.y", "a.x.y"), ("a.*.*", "b.$2.$1", "b.x.y", "a.y.x"),
            ("a.>", "b.>", "b.x.y", "a.x.y"), ("a.*", "$1", "x", "a.x"), ("a.*", "b.$1", "b.*", "a.*"),
        ])
    func reversed(source: String, destination: String, subject: String, result: String) throws {
        let transform = try SubjectTransform(from: source, to: destination, isStrict: true)
        #expect(text(try #require(transform.reversed).apply(subject.utf8)) == result)
    }

    @Test(
        "are refused where source and destination do not fit",
        arguments: [
            ("a", "b.>", false, "invalid subject"),
            ("a.>", "b", false, "invalid subject"),
            ("a.*", "b.*", false, "invalid subject"),
            ("a..b", "b", false, "invalid subject"),
            ("a", "b.$1", false, "invalid mapping destination: wildcard index out of range in $1"),
            ("a.*", "b.$2", false, "invalid mapping destination: wildcard index out of range in $2: [2]"),
            ("a.*", "{{nothing(1)}}", false, "invalid mapping destination: unknown function in {{nothing(1)}}"),
            (
                "a.*", "{{left(1)}}", false,
                "invalid mapping destination: not enough arguments passed to the function in {{left(1)}}"
            ),
            (
                "a.*.*", "b.$1", true, "invalid mapping destination: not using all of the token wildcard(s) in b.$1"
            ),
            (
                "a.*", "{{left(1,1)}}", true,
                "invalid mapping destination: the only mapping function allowed for import transforms is "
                    + "{{Wildcard()}} in {{left(1,1)}}"
            ),
        ])
    func refused(source: String, destination: String, isStrict: Bool, message: String) {
        #expect(throws: TransformProblem.token("", "").withMessage(message)) {
            try SubjectTransform(from: source, to: destination, isStrict: isStrict)
        }
    }

    @Test("put marks in place of wildcards, and wildcards in place of marks")
    func marks() {
        #expect(SubjectTransform.marked("a.*.b.*.>") == "a.$1.b.$2.>")
        #expect(SubjectTransform.unmarked("a.$2.b.{{wildcard(1)}}.$SYS") == "a.*.b.*.$SYS")
    }
}

extension TransformProblem {
    fileprivate func withMessage(_ message: String) -> TransformProblem {
        var problem = self
        problem.message = message
        return problem
    }
}
