"""Distributions that tests install, by writing what pip would write."""

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with one plugin: ``install("eventyard-git", "git", source, version="1.0")``."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    modules: list[str] = []

    def write(distribution: str, name: str, source: str, version: str = "1.0", target: str = "ThePlugin") -> None:
        module = distribution.replace("-", "_")
        modules.append(module)
        (site / f"{module}.py").write_text(textwrap.dedent(source))
        info = site / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[eventyard.plugins]\n{name} = {module}:{target}\n")
        importlib.invalidate_caches()

    yield write
    for module in modules:
        sys.modules.pop(module, None)


_GIT_PLUGIN = """
    from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

    class GitNamespace(Namespace):
        name = "/git"

    class ThePlugin(Plugin):
        @hookimpl
        def event_types(self):
            schema = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": "urn:eventyard:git_commit/1.0.0",
                "title": "A commit",
                "type": "object",
                "required": ["sha"],
                "properties": {"sha": {"type": "string", "maxLength": 64}},
                "examples": [{"sha": "c0ffee"}],
            }
            policy = BufferPolicy.buffer_if_no_clients()
            return [EventType(name="git_commit", schema=schema, namespace="/git", policy=policy)]

        @hookimpl
        def namespaces(self):
            return [GitNamespace]
"""


@pytest.fixture
def git_plugin() -> str:
    """The source of a plugin ``ThePlugin`` that owns the type ``git_commit`` in ``/git``."""
    return textwrap.dedent(_GIT_PLUGIN)
