"""Help is complete, and costs next to nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import click
import pytest
from click.testing import Result
from eventyard import __version__
from eventyard.cli import main

Cli = Callable[..., Result]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands below ``group``, with the words that run them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = list(commands(main))
# What takes longer to import than a person should wait for a help page.
HEAVY = {"aiohttp", "asyncio", "jsonschema", "pluggy", "prometheus_client", "psutil", "socketio", "ssl", "yaml"}
PROGRAM = """
import json, sys
from eventyard.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)))
"""


def test_the_commands_are_there() -> None:
    assert {" ".join(path) for path, _ in ALL} == {
        "serve",
        "doctor",
        "token",
        "token create",
        "token list",
        "token revoke",
        "emit",
        "tail",
        "export",
        "replay",
        "schema",
        "schema list",
        "schema show",
        "schema validate",
        "schema check",
        "schema diff",
        "schema infer",
        "schema docs",
        "schema types",
        "schema asyncapi",
        "plugins",
        "plugins list",
        "plugins explain",
        "plugins check",
        "plugins new",
        "dead-letters",
        "dead-letters list",
        "dead-letters show",
        "dead-letters retry",
        "dead-letters discard",
        "config",
        "config show",
        "config validate",
    }


@pytest.mark.parametrize(
    ("path", "command"), ALL, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_and_option_is_explained(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help, path
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, (path, parameter.name)


@pytest.mark.parametrize(
    ("path", "command"), ALL, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_listing_has_json(path: tuple[str, ...], command: click.Command) -> None:
    if not isinstance(command, click.Group) and path not in {("serve",), ("export",)}:
        assert "--json" in [option for parameter in command.params for option in parameter.opts]


@pytest.mark.parametrize("path", [(), *(path for path, _ in ALL)], ids=" ".join)
def test_help_imports_nothing_heavy(path: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *path, "--help"], capture_output=True, check=True, text=True, timeout=30
    )
    assert done.stdout.startswith("Usage: ")
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "click" in loaded
    assert not loaded & HEAVY


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").output == f"eventyard, version {__version__}\n"


@pytest.mark.parametrize("arguments", [(), ("plugins",), ("serve", "--no-such-option"), ("config", "nonsense")])
def test_wrong_usage_ends_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).exit_code == 2


def test_a_misspelt_command_is_told_with_the_nearest_one(cli: Cli) -> None:
    result = cli("srve")
    assert result.exit_code == 2
    assert result.stderr.endswith("Error: No such command 'srve'; did you mean 'serve'?\n")


def test_a_mistake_is_shown_without_a_traceback(cli: Cli) -> None:
    result = cli("config", "show", "--config", "missing.toml")
    assert result.exit_code == 2
    assert result.stderr == "Error: there is no configuration file missing.toml (runtime argument config)\n"
