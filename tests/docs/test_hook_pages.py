"""Every hook has a page, and the page says what the specification says."""

import inspect
import re
from collections.abc import Callable

import pytest
from eventyard import Plugin
from eventyard.plugins.contract import COROUTINE_HOOKS, HOOKS


@pytest.fixture(params=HOOKS)
def hook(request: pytest.FixtureRequest) -> str:
    """The name of each hook."""
    name: str = request.param
    return name


@pytest.fixture
def hook_page(hook: str, page_text: Callable[[str], str]) -> str:
    """The text of the hook's page."""
    return page_text(f"docs/hooks/{hook}.md")


@pytest.fixture
def facts(hook: str, page_tables: Callable[[str], list[list[str]]]) -> dict[str, str]:
    """The table at the top of the hook's page."""
    return {row[0]: row[1] for row in page_tables(f"docs/hooks/{hook}.md") if len(row) == 2}


def test_the_signature_is_that_of_the_specification(hook: str, hook_page: str) -> None:
    (specified,) = re.findall(r"^ *(def .*):$", inspect.getsource(getattr(Plugin, hook)), re.MULTILINE)
    assert re.findall(r"^def .*$", hook_page, re.MULTILINE) == [specified]


def test_the_title_is_the_hook(hook: str, hook_page: str) -> None:
    assert hook_page.splitlines()[0] == f"# {hook}"


def test_since_is_that_of_the_specification(hook: str, facts: dict[str, str]) -> None:
    documented = inspect.getdoc(getattr(Plugin, hook)) or ""
    assert re.findall(r"^Since: (.*)\.$", documented, re.MULTILINE) == [facts["since"]]


def test_it_says_whether_a_coroutine_will_do(hook: str, facts: dict[str, str]) -> None:
    assert facts["coroutine"] == ("yes" if hook in COROUTINE_HOOKS else "no")


def test_it_says_when_what_and_what_an_exception_costs(facts: dict[str, str]) -> None:
    assert list(facts)[:6] == ["called", "order", "gives", "an exception", "coroutine", "since"]


def test_it_has_an_example_with_its_output(hook: str, block_texts: Callable[[str, str], list[str]]) -> None:
    examples = [text for text in block_texts(f"docs/hooks/{hook}.md", "python") if f"def {hook}(self" in text]
    assert any("@hookimpl" in text and "AsyncServer" in text for text in examples)
    assert block_texts(f"docs/hooks/{hook}.md", "text")
