"""The pages that are made of the code say what the code says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_up_to_date() -> None:
    """``nox -s pages`` writes them anew."""
    command = [sys.executable, str(ROOT / "docs" / "_reference"), "--check"]
    checked = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert checked.returncode == 0, checked.stdout + checked.stderr
