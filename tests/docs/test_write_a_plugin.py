"""Pages that install something work, word for word, in a fresh folder and an environment of their own."""

import sys
import sysconfig
import venv
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def own_environment(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """A virtual environment that sees what this one has, and into which a plugin can be installed without a network."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=True, symlinks=True)
    programs = place / "bin"
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(place), "platbase": str(place)}))
    parents = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    lines = (f"import site; site.addsitedir({parent!r})\n" for parent in sorted(parents))
    (site / "parent.pth").write_text("".join(lines), "utf-8")
    command = programs / "eventyard"
    command.write_text(f"#!{programs / 'python'}\nfrom eventyard.cli import main\n\nmain()\n", "utf-8")
    command.chmod(0o755)
    return environment | {
        "PATH": f"{programs}:{environment['PATH']}",
        "PIP_NO_BUILD_ISOLATION": "false",  # sic: the variable is the option's value, not its name's
        "PIP_NO_INDEX": "true",
        "PIP_NO_DEPS": "true",
        "PIP_DISABLE_PIP_VERSION_CHECK": "true",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the pages are written for a Unix shell")
@pytest.mark.parametrize("name", ["tutorial", "write-a-plugin", "manage-plugins"])
@pytest.mark.timeout(180)
def test_the_page_works_word_for_word(
    tmp_path: Path, own_environment: dict[str, str], reader_of: Any, name: str
) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    with closing(reader_of(folder, own_environment)) as reader:
        reader.read(f"docs/{name}.md")
