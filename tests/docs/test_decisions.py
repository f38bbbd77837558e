"""The decisions' pages say what is so."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_dependency_has_its_reason(page_tables: Callable[[str], list[list[str]]]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    names = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in declared}  # type: ignore[index]  # all have a name
    assert {row[0] for row in page_tables("docs/decisions/0002-dependencies.md")} == names


def test_the_decisions_are_numbered_without_a_hole() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]


def test_each_decision_has_the_title_of_the_index(page_text: Callable[[str], str]) -> None:
    for title, page in re.findall(r"\[(.*)\]\((\d.*)\)", page_text("docs/decisions/index.md")):
        assert page_text(f"docs/decisions/{page}").splitlines()[0] == f"# {title}"
