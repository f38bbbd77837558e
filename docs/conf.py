"""The site of the documentation: ``nox -s docs``.

Its sources are the pages as they stand in the repository, so that each link leads to the same place on both.
"""

import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

_ROOT = Path(__file__).parents[1]

project = "Eventyard"
author = "The Eventyard authors"
project_copyright = "The Eventyard authors, Apache-2.0"

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/decisions/*.md",
    "docs/examples/index.md",
    "docs/examples/*/README.md",
    "docs/hooks/*.md",
    "docs/how-to/*.md",
    "docs/reference/*.md",
    "plugins/*/README.md",
]
root_doc = "docs/index"

myst_enable_extensions = ["attrs_inline"]
myst_fence_as_directive = ["mermaid"]
# Anchors are those that GitHub makes.
myst_heading_anchors = 4
# JSON in which … stands for anything is no JSON to a highlighter.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = "Eventyard"
html_show_sourcelink = False
html_theme_options = {
    "footer_icons": [],
    "sidebar_hide_name": False,
}

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)\.md\)")
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


def setup(app: Sphinx) -> None:
    """Make the navigation of the links on the index pages, so that it is not kept twice."""
    app.connect("source-read", _add_navigation)


def _add_navigation(app: Sphinx, name: str, source: list[str]) -> None:
    if PurePosixPath(name).name == "index":
        source[0] += "".join(_tree(title, pages) for title, pages in _sections(name, source[0]) if pages)


def _tree(title: str, pages: list[str]) -> str:
    entries = "\n".join(f"/{page}" for page in pages)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{entries}\n```\n"


def _sections(name: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """The headings of an index page with the pages that are linked below them, each where it comes first."""
    parts = _HEADING.split(text)
    taken: set[str] = set()
    for title, part in zip(["Eventyard", *parts[1::2]], parts[::2], strict=True):
        pages = [normpath(PurePosixPath(name).parent / target) for target in _LINK.findall(part)]
        new = [page for page in dict.fromkeys(pages) if page not in taken and _index_of(page) == name]
        taken.update(new)
        yield title, new


def _index_of(page: str) -> str:
    """The index page that has ``page`` in its navigation: that of its folder, or of the next one above that has one."""
    place = PurePosixPath(page)
    folders = place.parent.parents if place.name == "index" else (place.parent, *place.parent.parents)
    for folder in folders:
        if (_ROOT / folder / "index.md").is_file():
            return str(folder / "index")
    return root_doc
