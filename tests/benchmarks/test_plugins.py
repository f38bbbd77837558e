"""The plugins that benchmarks install."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.dispatch import measure
from benchmarks.plugins import install_plugins


def test_they_are_installed_as_anybodys(tmp_path: Path) -> None:
    environment = {**os.environ, **install_plugins(tmp_path / "plugins", 3)}
    command = [sys.executable, "-m", "eventyard", "plugins", "list", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    states = {plugin["name"]: plugin["status"] for plugin in json.loads(done.stdout)["plugins"]}
    assert [states[f"bench_plugin_{number}"] for number in range(3)] == ["active"] * 3


async def test_the_cost_of_an_event_is_known_for_each_number_of_plugins() -> None:
    for owning in (True, False):
        spent = await measure(owning=owning, rounds=1, events_a_round=2)
        assert list(spent) == [1, 20, 100]
        assert all(us > 0 for us in spent.values())
