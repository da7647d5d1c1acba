"""Makes a documentation project of any size out of real Markdown.

Copies of the documents are put into folders until there are enough. What only one generator understands goes: shortcodes,
images, links that lead nowhere.
"""

import os
import pathlib
import re
import sys

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^)]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)")
SCHEME = re.compile(r"[a-z]+:")


def clean(name):
    return re.sub(r"[^A-Za-z0-9_./-]", "-", name)


def plain(text):
    """A document without front matter and what belongs to a generator."""
    if text.startswith("---\n"):
        end = text.find("\n---", 4)
        text = text[end + 4:] if end > 0 else text
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text.replace("\0", ""))
    text = re.sub(r"^\[[^\]^]+\]:\s+(?![a-z]+://).*$", "", text, flags=re.M)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text)
    # Links in the format of DocC.
    text = re.sub(r"<doc:([^>\n]*)>", r"\1", text)
    # Commands of foreign documentation are not to be run.
    runnable = {"bash", "sh", "shell", "console", "zsh"}
    text = re.sub(
        r"^(\s*)(```+|~~~+)[ \t]*([A-Za-z0-9+#-]*)[^\n`]*$",
        lambda match: match[1] + match[2] + ("text" if match[3].lower() in runnable else match[3]), text, flags=re.M)
    return closed(text.replace("[^", "[").replace(":::", ""))


def closed(text):
    """The text with its last code block closed, where it was not."""
    fence = ""
    for line in text.split("\n"):
        found = re.match(r" {0,3}(`{3,}|~{3,})(.*)", line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
    return f"{text}\n{fence}\n" if fence else text


def write(sources, target, pages):
    """Writes so many pages below `target`, as `index.md` where a folder's own page is meant."""
    documents = {}
    for source in map(pathlib.Path, sources):
        for path in sorted(source.rglob("*.md")):
            name = clean(str(path.relative_to(source))).replace("README.md", "index.md")
            text = plain(path.read_text("utf8", "replace"))
            # Hidden files are no guides, and names that differ in case only are one file on many machines.
            if not text.strip() or any(part.startswith(".") for part in name.split("/")):
                continue
            name = next((known for known in documents if known.lower() == name.lower()), name)
            heading = re.search(r"^#\s+(.*)$", text, re.M)
            title = re.sub(r"[^A-Za-z0-9 ,.()_-]", "", heading[1] if heading else path.stem).strip() or path.stem
            documents[name] = (title, text)
    if not documents:
        sys.exit(f"there is no Markdown in {', '.join(map(str, sources))}")
    written = 0
    copy = 0
    while written < pages:
        present = set(list(documents)[:pages - written])
        for name in sorted(present):
            title, text = documents[name]

            def link(match):
                if SCHEME.match(match[2]):
                    return match[0] if match[2].startswith(("http:", "https:", "mailto:")) else match[1]
                path = match[2].split("#")[0].replace("README.md", "index.md")
                to = os.path.normpath(os.path.join(os.path.dirname(name), path))
                return f"[{match[1]}]({clean(path)})" if path.endswith(".md") and to in present else match[1]

            file = pathlib.Path(target, f"set{copy:02}", name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f'---\ntitle: "{title}"\n---\n{LINK.sub(link, text)}')
        written += len(present)
        copy += 1
