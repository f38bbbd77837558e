"""Every page does what it says, and leads where it says."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]*))?\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower() for heading in _HEADING.findall(text))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


@pytest.mark.timeout(180)
def test_a_page_does_what_it_says(page: str, reader: Any) -> None:
    """All its programs work and print what it shows; those in JavaScript are the next test's."""
    # These install something, and so have a test and an environment of their own.
    if page in {"docs/manage-plugins.md", "docs/tutorial.md", "docs/write-a-plugin.md"}:
        return
    # What is made of the code is compared with it.
    if not page.startswith("docs/reference/"):
        reader.read(page)


@pytest.mark.skipif("EVENTYARD_NODE_MODULES" not in os.environ, reason="needs Node.js with socket.io-client")
@pytest.mark.timeout(180)
def test_the_javascript_of_a_page_does_what_it_says(page_with_javascript: str, reader: Any, tmp_path: Path) -> None:
    (tmp_path / "folder" / "node_modules").symlink_to(Path(os.environ["EVENTYARD_NODE_MODULES"]) / "node_modules")
    reader.read(page_with_javascript, javascript=True)


def test_the_links_of_a_page_lead_somewhere(page: str, page_text: Callable[[str], str]) -> None:
    text = page_text(page)
    for target, anchor in _LINK.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors(path.read_text("utf-8")), f"{page} links to {target}#{anchor}"


def test_every_page_of_docs_is_reached_from_an_index(page_text: Callable[[str], str]) -> None:
    linked: set[Path] = set()
    for index in ROOT.glob("docs/**/index.md"):
        text = page_text(index.relative_to(ROOT).as_posix())
        linked |= {(index.parent / target).resolve() for target, _ in _LINK.findall(text)}
    assert set(ROOT.glob("docs/**/*.md")) - linked == {ROOT / "docs" / "index.md"}


def test_the_readme_is_short(page_text: Callable[[str], str]) -> None:
    assert len(page_text("README.md").splitlines()) < 200


def test_the_test_line_of_the_readme_is_the_one_of_ci(page_text: Callable[[str], str]) -> None:
    line = next(line for line in page_text("README.md").splitlines() if line.endswith("bin/nox"))
    assert page_text(".ci/run").rstrip().splitlines()[-1] == line


def test_the_run_line_of_the_readme_is_one_line_and_installs_all_plugins(page_text: Callable[[str], str]) -> None:
    (line,) = [
        line for line in page_text("README.md").splitlines() if line.endswith("eventyard serve") and "venv" in line
    ]
    assert "$(printf -- '-e %s ' plugins/*)" in line
    assert all((path / "pyproject.toml").is_file() for path in ROOT.glob("plugins/*"))
