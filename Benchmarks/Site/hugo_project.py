"""Makes a Hugo project of the same pages as a Launchpad project, with the theme in `hugo`."""

import pathlib
import shutil


def write(docs, target):
    target = pathlib.Path(target)
    shutil.copytree(pathlib.Path(__file__).parent / "hugo", target)
    shutil.copytree(docs, target / "content")
    for index in list((target / "content").rglob("index.md")):
        # To Hugo a folder with index.md is one page.
        index.rename(index.with_name("_index.md"))
    for folder in [path for path in (target / "content").rglob("*") if path.is_dir()]:
        index = folder / "_index.md"
        if not index.exists():
            # A folder without a page of its own is a branch of the navigation all the same.
            index.write_text(f'---\ntitle: "{folder.name}"\nbuild:\n  render: never\n---\n')
