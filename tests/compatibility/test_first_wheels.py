"""Plugins that were built for an earlier version of the hook contract still work, as wheels and unchanged.

The wheels in ``wheels/<version>`` were built of ``docs/examples`` when that version was the current one. They stay as
they are: what they need is what was promised then.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
VERSIONS = sorted(path.name for path in (FOLDER / "wheels").iterdir())
EXAMPLES = ["codex", "git_commit", "webhook"]


@pytest.fixture(params=VERSIONS)
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Environment variables of a Python that has the old wheels installed."""
    if os.environ.get("EVENTYARD_OLD_WHEELS") == request.param:
        return dict(os.environ)
    # What an installer does with wheels of pure Python, but for their programs.
    site = tmp_path / "site"
    for wheel in (FOLDER / "wheels" / request.param).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    return os.environ | {"PYTHONPATH": str(site)}


def test_the_old_plugins_do_what_they_did(environment: dict[str, str], tmp_path: Path) -> None:
    """None is taken out, none of their calls fails, and they use nothing that is about to go."""
    command = [sys.executable, "-W", "error::DeprecationWarning:eventyard", str(FOLDER / "smoke.py")]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment | {"XDG_DATA_HOME": str(tmp_path)},
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert set(EXAMPLES) <= set(seen.pop("active")), done.stderr
    assert seen == {
        "outcomes": ["accepted", "accepted"],
        "committed by": ["s1"],
        "codex": [204, "Bash"],
        "posted": "git_commit",
        "failed calls": [],
    }


@pytest.mark.skipif("EVENTYARD_OLD_WHEELS" not in os.environ, reason="it takes long: nox -s compatibility")
def test_the_old_plugins_pass_the_checks_of_every_plugin() -> None:
    distributions = [f"eventyard-{name.replace('_', '-')}" for name in EXAMPLES]
    command = [sys.executable, "-m", "eventyard", "plugins", "check", *distributions]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheels_of_each_example_are_kept() -> None:
    """Those of a version of the contract are all there, and of no other than that."""
    for version in VERSIONS:
        wheels = sorted(path.name for path in (FOLDER / "wheels" / version).iterdir())
        assert wheels == [f"eventyard_{name}-0.1.0-py3-none-any.whl" for name in EXAMPLES]
