"""Drives a published site in a headless Chromium and says what is wrong with it.

    checks.py SITE AXE [SCREENSHOTS]

SITE is the site's folder, AXE the script of axe-core. The site is served with a strict Content-Security-Policy below a
path, and also opened from the disk. Prints a line for each check; the exit status is 1 where one fails.
"""

import functools
import http.server
import json
import os
import pathlib
import sys
import threading

from devtools import Browser, Failure

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"
SUBPATH = "/below/a/path/"


class Server(http.server.ThreadingHTTPServer):
    """Serves the site below a path."""

    def __init__(self, site):
        handler = functools.partial(Handler, directory=site)
        super().__init__(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}{SUBPATH}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path):
        path = path.split("?")[0]
        return super().translate_path("/" + path.removeprefix(SUBPATH) if path.startswith(SUBPATH) else "/nowhere")

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


class Checks:
    def __init__(self, browser, site, axe, address):
        self.browser = browser
        self.site = pathlib.Path(site)
        self.axe = pathlib.Path(axe).read_text()
        self.address = address
        # The page of a redirect is gone before anybody could look at it.
        self.pages = sorted(
            str(path.relative_to(site)) for path in self.site.rglob("*.html")
            if 'http-equiv="refresh"' not in path.read_text())
        self.failed = False

    def check(self, name, body):
        try:
            body()
            print(f"ok {name}")
        except (Failure, AssertionError) as failure:
            self.failed = True
            print(f"FAILED {name}: {failure}")

    def open(self, page, base=None):
        self.browser.open((base or self.address) + page)

    def expect(self, condition, message):
        if not condition:
            raise Failure(message)

    # On every page.

    def accessible(self):
        for scheme, width in (("light", 1440), ("dark", 1440), ("light", 390)):
            self.browser.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
            self.browser.resize(width, 900)
            for page in self.pages:
                self.open(page)
                self.browser.run("document.querySelectorAll('details').forEach(details => { details.open = true; })")
                self.browser.run(self.axe + "; true")
                violations = self.browser.run(
                    "axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map("
                    "violation => violation.id + ': ' + violation.nodes.map(node => node.html).slice(0, 3).join(' | ')))"
                )
                self.expect(not violations, f"{page} in {scheme}, {width} pixels wide: {violations}")
        self.browser.resize(1440, 900)

    def quiet(self):
        for page in self.pages:
            self.open(page)
            problems = self.browser.problems()
            self.expect(not problems, f"{page}: {problems}")
            foreign = [url for url in self.browser.requests() if not url.startswith(self.address)]
            self.expect(not foreign, f"{page} asks for {foreign}")

    def narrow(self):
        for width in (1440, 768, 390):
            self.browser.resize(width, 900)
            for page in self.pages:
                self.open(page)
                overflow = self.browser.run("document.documentElement.scrollWidth - innerWidth")
                self.expect(overflow <= 0, f"{page} is {overflow} pixels too wide at {width}")
        self.browser.resize(1440, 900)

    # By use.

    def search(self, base=None):
        browser = self.browser
        self.open("index.html", base)
        browser.key("/", "Slash")
        browser.wait("document.activeElement.type === 'search'")
        queries = {
            "payload": "max_payload", "max_payload": "max_payload", "$JS.API": "$JS.API", "jetsteram": "JetStream",
            "violation": "Permissions Violation", "lang:conf": "", "status:passed": "", "monitorin": "Monitoring",
        }
        for query, found in queries.items():
            browser.run("document.querySelector('.search input').value = ''")
            browser.type(query)
            browser.wait(
                "Array.from(document.querySelectorAll('#search-results li')).some(item => "
                f"item.textContent.toLowerCase().includes({json.dumps(found.lower())}))"
            )
        browser.run("document.querySelector('.search input').value = ''")
        browser.type("zzzzzzzz")
        browser.wait("document.querySelector('.search [role=status]').textContent.startsWith('Nothing found')")
        browser.key("Escape")
        browser.wait("!document.querySelector('dialog').open")
        browser.key("k", "KeyK", control=True)
        browser.wait("document.querySelector('dialog').open")
        browser.type("memory")
        browser.wait("document.querySelectorAll('#search-results li').length > 1")
        first = browser.run("document.querySelector('[aria-selected=true]').id")
        browser.key("ArrowDown")
        self.expect(browser.run("document.querySelector('[aria-selected=true]').id") != first, "the arrow moves nothing")
        target = browser.run("document.querySelector('[aria-selected=true]').href")
        browser.key("Enter")
        browser.wait(f"location.href === {json.dumps(target)}")

    def tabs(self):
        browser = self.browser
        self.open("code.html")
        browser.wait("document.querySelectorAll('[role=tablist]').length === 2")
        shown = "Array.from(document.querySelectorAll('figure[data-tab]')).filter(figure => !figure.hidden)"
        names = f"{shown}.map(figure => figure.dataset.tab).join()"
        self.expect(browser.run(names) == "Kotlin,Kotlin", browser.run(names))
        browser.click("[role=tab]:nth-of-type(2)")
        browser.wait(f"{names} === 'TypeScript,TypeScript'")
        self.open("code.html")
        browser.wait(f"{names} === 'TypeScript,TypeScript'")
        browser.run("document.querySelector('[role=tab][aria-selected=true]').focus()")
        browser.key("ArrowLeft")
        browser.wait(f"{names} === 'Kotlin,Kotlin'")

    def copy(self):
        browser = self.browser
        self.open("code.html")
        browser.run(
            "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }; true")
        browser.click("#block-two .copy")
        copied = browser.wait("window.copied")
        self.expect(copied == "echo one\nprintf '%s\\n' \\\n  two", repr(copied))

    def proof(self):
        browser = self.browser
        link = "document.querySelector('#block-two .proof a')"
        self.open("code.html")
        for shown in (True, False, True):
            browser.click("#block-two .proof a")
            browser.wait(f"{link}.getAttribute('aria-expanded') === '{str(shown).lower()}'")
            box = "document.querySelector('#block-two .evidence')"
            self.expect(browser.run(f"!{box}.hidden") == shown, "the proof does not fold")
            text = browser.run(f"{box}.textContent")
            for part in ("Engine", "Content hash", "exit status 0", "launchpad replay code#two"):
                self.expect(part in text, f"the proof says nothing of {part}: {text}")
        self.open("code.html#block-two")
        browser.wait("!!document.querySelector('#block-two .evidence')")
        for base in (f"file://{self.site}/", None):
            if base is None:
                browser.scripts(False)
            try:
                self.open("code.html", base)
                browser.click("#block-two .proof a")
                self.browser.wait_for(lambda: browser.run("location.href").endswith("proof/code.html#block-two"), "proof")
            finally:
                browser.scripts(True)

    def theme(self):
        browser = self.browser
        browser.media(prefers_color_scheme="dark")
        self.open("index.html")
        background = "getComputedStyle(document.body).backgroundColor"
        dark = browser.run(background)
        for expected in ("light", "dark", "system"):
            browser.click(".theme")
            browser.wait(f"(document.documentElement.dataset.theme || 'system') === '{expected}'")
        browser.click(".theme")
        self.open("index.html")
        self.expect(browser.run("document.documentElement.dataset.theme") == "light", "the choice is not kept")
        self.expect(browser.run(background) != dark, "light looks like dark")
        first = browser.run("document.querySelector('script').src")
        self.expect("theme." in first, "the theme's script is not the first, so that the wrong theme flashes")
        browser.run("localStorage.clear()")
        browser.media(prefers_color_scheme="light")

    def menu(self):
        browser = self.browser
        browser.resize(390, 800)
        self.open("index.html")
        hidden = "getComputedStyle(document.querySelector('.sidebar')).display === 'none'"
        browser.wait(hidden)
        browser.click(".menu")
        browser.wait(f"!({hidden})")
        browser.key("Escape")
        browser.wait(hidden)
        browser.click(".menu")
        browser.wait(f"!({hidden})")
        browser.click(".sidebar a:not([aria-current])")
        browser.wait("!location.href.endsWith('index.html')")
        browser.resize(1440, 900)

    def keyboard(self):
        browser = self.browser
        self.open("index.html")
        browser.key("Tab")
        self.expect(browser.run("document.activeElement.className") == "skip", "the skip link is not first")
        box = browser.run("document.activeElement.getBoundingClientRect().top")
        self.expect(box >= 0, "the skip link cannot be seen")
        browser.key("Enter")
        browser.wait("location.hash === '#content'")
        seen = set()
        for _ in range(60):
            browser.key("Tab")
            seen.add(browser.run("document.activeElement.tagName + (document.activeElement.className || '')"))
            outline = browser.run(
                "document.activeElement === document.body || "
                "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            )
            self.expect(outline, f"no focus can be seen on {browser.run('document.activeElement.outerHTML')[:80]}")
        self.expect(len(seen) > 3, f"the keyboard reaches only {seen}")

    def contents(self):
        browser = self.browser
        self.open("code.html")
        browser.run("window.scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }); true")
        browser.wait("document.querySelector('.contents a[aria-current]') === "
                     "Array.from(document.querySelectorAll('.contents a')).pop()")

    def without_scripts(self):
        browser = self.browser
        browser.scripts(False)
        try:
            self.open("code.html")
            text = browser.run("document.querySelector('main').innerText")
            self.expect("echo one" in text and "Kotlin" in text and "TypeScript" in text, "text is missing")
            hidden = browser.run("document.querySelector('.search-open').hidden")
            self.expect(hidden, "a button is shown that does nothing")
        finally:
            browser.scripts(True)

    def screenshots(self, folder):
        os.makedirs(folder, exist_ok=True)
        for scheme in ("light", "dark"):
            self.browser.media(prefers_color_scheme=scheme)
            for width in (1440, 768, 390):
                self.browser.resize(width, 1000)
                for page in self.pages:
                    self.open(page)
                    name = page.replace("/", "-").removesuffix(".html")
                    self.browser.screenshot(f"{folder}/{name}-{width}-{scheme}.png")


def main():
    site, axe = os.path.abspath(sys.argv[1]), sys.argv[2]
    server = Server(site)
    browser = Browser()
    try:
        checks = Checks(browser, site, axe, server.address)
        checks.check("a strict policy passes, nothing foreign is asked for, and no page complains", checks.quiet)
        checks.check("no page is wider than its window", checks.narrow)
        checks.check("axe finds nothing on any page in either theme", checks.accessible)
        checks.check("search", checks.search)
        checks.check("search from the disk", lambda: checks.search(f"file://{site}/"))
        checks.check("tabs", checks.tabs)
        checks.check("copy", checks.copy)
        checks.check("proofs open below their blocks, or on their own page", checks.proof)
        checks.check("theme", checks.theme)
        checks.check("menu", checks.menu)
        checks.check("keyboard", checks.keyboard)
        checks.check("contents follow", checks.contents)
        checks.check("everything can be read without scripts", checks.without_scripts)
        if len(sys.argv) > 3:
            checks.screenshots(sys.argv[3])
        sys.exit(1 if checks.failed else 0)
    finally:
        browser.close()
        server.shutdown()


main()
