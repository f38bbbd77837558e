"""Settings tests see no configuration of the machine that they run on."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def user_config_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration directory: empty, and the only place where a file is looked for."""
    for name in os.environ:
        if name.startswith(("SOCKETIO_", "EVENTYARD_")):
            monkeypatch.delenv(name)
    directory = tmp_path / "user-config" / "eventyard"
    directory.mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: directory)
    return directory
