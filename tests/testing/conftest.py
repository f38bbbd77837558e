"""Test runs of an author of plugins."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

RunPytest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_pytest(tmp_path: Path) -> RunPytest:
    """Write a test file, and run pytest on it in a process of its own, with warnings as errors."""

    def run(source: str, *options: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
        (folder / "test_it.py").write_text(textwrap.dedent(source))
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio", "-q", *options]
        # What this run has set for itself is not for that one.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
        environment["PYTEST_DEBUG_TEMPROOT"] = str(tmp_path)
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    return run
