"""How much is done, and what becomes of the figures."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .disk import FaultyDisk, build
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


@pytest.fixture(scope="session")
def faulty_disk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], FaultyDisk]:
    """Stand between a server and its data directory: ``faulty_disk(data_dir)``."""
    library = build(tmp_path_factory.mktemp("disk"))
    return lambda data_dir: FaultyDisk(library, data_dir)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the figures, where all of it was done."""
    figures = config.stash.get(_FIGURES, None)
    if figures is not None and Effort.of_environment().full:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(figures.table()))
        figures.write()
