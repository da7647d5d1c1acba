"""Searching: what a browser loads for a search of a large site, misspelt words and long sentences included."""

import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Tests/EndToEndTests/Fixtures/browser"))

import devtools  # noqa: E402

LIMIT = 300_000

QUERIES = [
    "s", "configuration", "max_payload", "$JS.API", "the", "lang:json", "error handling timeout",
    # Misspelt: letters changed places, one too many, one missing, another one, at the start, twice.
    "cofniguration", "messsage", "connecton", "parameter5", "ocnnection", "aythentcation", "zzzzzzzz qqqqqqqq xxxxxxxx",
    "docmentation instalation exampel functon paramter arguemnt retrun optinal",
    "how do i handle an error when the connection was closed before the response of the server has been read by the client"
    " and which options does the function take for that",
]


def measure(site):
    """Prints the most that a search loads; true where that is within the limit."""
    if devtools.find_chromium() is None:
        print("search: not measured, there is no Chromium on the path")
        return True
    site = pathlib.Path(site).resolve()
    # Not the first one, which leads on to a guide.
    page = next(path for path in sorted(site.rglob("*.html")) if path.parent != site)
    loaded = {}
    for query in QUERIES:
        browser = devtools.Browser()
        try:
            browser.open(f"file://{urllib.parse.quote(str(page))}")
            browser.key("/", "Slash")
            browser.wait("document.activeElement?.type === 'search'")
            # All at once: each letter typed would be a search of its own.
            browser.type(query)
            browser.wait(
                "document.querySelectorAll('#search-results li').length > 0"
                " || document.querySelector('.search [role=status]').textContent.startsWith('Nothing found')")
            sources = browser.run("Array.from(document.querySelectorAll('script')).map(script => script.src).join(' ')")
            results = browser.run("document.querySelectorAll('#search-results li').length")
        finally:
            browser.close()
        files = [urllib.parse.unquote(urllib.parse.urlparse(source).path) for source in sources.split()]
        files = [path for path in files if "/search/" in path or re.search(r"/search\.\w+\.js$", path)]
        loaded[query] = (sum(pathlib.Path(path).stat().st_size for path in files), len(files), results)
    query, (size, files, _) = max(loaded.items(), key=lambda entry: entry[1][0])
    for text, (bytes, count, results) in loaded.items():
        print(f"{bytes / 1000:8.0f} KB in {count:2} files, {results} results  {text[:70]}")
    print(f"a search loads at most {size / 1000:.0f} KB (bar: {LIMIT // 1000} KB)", flush=True)
    return size <= LIMIT
