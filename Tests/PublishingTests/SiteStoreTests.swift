import Testing

@testable import Publishing

@Suite("Addresses of the preview server")
struct SiteStoreTests {
    private func store() -> SiteStore {
        var store = SiteStore()
        _ = store.replace(with: [
            SiteFile(path: "index.html", contents: Array("<head></head>start".utf8)),
            SiteFile(path: "a/index.html", contents: Array("<head></head>folder".utf8)),
            SiteFile(path: "a/b c.html", contents: Array("<head></head>page".utf8)),
            SiteFile(path: "404.html", contents: Array("<head></head>nothing".utf8)),
            SiteFile(path: "assets/x.css", contents: Array("body{}".utf8)),
        ])
        return store
    }

    @Test(
        "addresses lead to files of the site",
        arguments: [
            ("/", 200, "start"), ("/index.html", 200, "start"), ("/?x=1", 200, "start"), ("/a/", 200, "folder"),
            ("/a/b%20c.html", 200, "page"), ("/a/b%20c", 200, "page"), ("/none", 404, "nothing"),
            ("/assets/x.css", 200, "body{}"),
        ]
    )
    func finds(target: String, status: Int, text: String) {
        let answer = store().answer(target)
        #expect(answer.status == status)
        #expect(String(decoding: answer.body, as: UTF8.self).hasSuffix(text))
    }

    @Test("a folder without its slash redirects, so that relative links work")
    func redirects() {
        let answer = store().answer("/a")
        #expect(answer.status == 301)
        #expect(answer.location == "/a/")
    }

    @Test(
        "nothing outside of the site can be reached",
        arguments: [
            "/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "/a/../../etc/passwd",
            "/etc/passwd%00.html", "/%", "/%zz", "etc/passwd", "", "/%ff",
        ]
    )
    func staysInside(target: String) {
        #expect(store().answer(target).status == 404)
    }

    @Test("a page that the browser has already is not sent again, until it changes")
    func etags() throws {
        var store = store()
        let tag = try #require(store.answer("/").etag)
        #expect(store.answer("/", knownTag: tag).status == 304)
        let changed = store.replace(with: [SiteFile(path: "index.html", contents: Array("new".utf8))])
        #expect(store.answer("/", knownTag: tag).status == 200)
        #expect(changed == ["index.html", "a/index.html", "a/b c.html", "404.html", "assets/x.css"])
    }

    @Test("only pages get the script for reloading, and assets stay as they are")
    func injection() {
        let page = String(decoding: store().answer("/").body, as: UTF8.self)
        #expect(page.contains("<script src=\"/_launchpad/live.js\" data-path=\"index.html\" defer></script>\n</head>"))
        #expect(store().answer("/assets/x.css").body == Array("body{}".utf8))
    }

    @Test("events are single lines of JSON")
    func events() {
        #expect(
            String(decoding: LiveEvent.reload(["b.html", "a.html"]).bytes, as: UTF8.self)
                == "event: reload\ndata: [\"a.html\",\"b.html\"]\n\n"
        )
        #expect(
            String(decoding: LiveEvent.problems("a\n\"b\"").bytes, as: UTF8.self)
                == "event: problems\ndata: \"a\\u000a\\\"b\\\"\"\n\n"
        )
    }
}
