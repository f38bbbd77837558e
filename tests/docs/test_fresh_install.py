"""The tutorial works, word for word, for somebody who has nothing but Python and our wheels.

``nox -s tutorial`` builds the wheels and says by ``EVENTYARD_WHEELS`` in which folder they lie.
"""

import os
import subprocess
import venv
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif("EVENTYARD_WHEELS" not in os.environ, reason="it takes long: nox -s tutorial")


@pytest.fixture
def fresh_environment(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """A new virtual environment with the wheels, what they require, and nothing else."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=True, symlinks=True)
    (core,) = Path(os.environ["EVENTYARD_WHEELS"]).glob("eventyard-*.whl")
    plugins = [str(path) for path in Path(os.environ["EVENTYARD_WHEELS"]).glob("eventyard_*.whl")]
    pip = [str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, f"eventyard[template,testing] @ {core.as_uri()}", *plugins], check=True)
    return environment | {
        # Of this environment, nothing is to be found.
        "PATH": f"{place / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "PIP_DISABLE_PIP_VERSION_CHECK": "true",
        # One more than the page says: what pip thinks of its settings on this machine is not the page's business.
        "PIP_QUIET": "1",
        "PYTEST_ADDOPTS": "",
    }


@pytest.mark.timeout(300)
def test_the_tutorial_works_in_an_environment_with_nothing_but_our_wheels(
    tmp_path: Path, fresh_environment: dict[str, str], reader_of: Any
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with closing(reader_of(folder, fresh_environment)) as reader:
        reader.read("docs/tutorial.md")
