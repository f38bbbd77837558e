"""How much is done, and what becomes of the figures."""

import pytest

from .effort import Effort
from .figures import Figures

_FIGURES = pytest.StashKey[Figures]()


@pytest.fixture(scope="session")
def effort() -> Effort:
    """How much is done."""
    return Effort.of_environment()


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where what was measured goes."""
    return pytestconfig.stash.setdefault(_FIGURES, Figures())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the figures, where all of it was done."""
    figures = config.stash.get(_FIGURES, None)
    if figures is not None and Effort.of_environment().full:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(figures.table()))
        figures.write()
