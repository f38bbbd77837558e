"""The conformance of a plugin as a class of tests."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import BufferPolicy, Event, EventType, Plugin, hookimpl
from eventyard.conformance import CHECKS
from eventyard.testing import PluginConformance

RunPytest = Callable[..., Any]
BY_NAME = {check.name: check for check in CHECKS}


class GitPlugin(Plugin):
    """Counts on a member that is not required, and does not describe it."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:git_commit/1.0.0",
            "title": "A commit",
            "description": "Something was committed.",
            "type": "object",
            "required": ["sha"],
            "properties": {
                "sha": {"title": "Hash", "description": "Of the commit.", "type": "string", "maxLength": 64},
                "branch": {"type": "string", "maxLength": 256},
            },
            "examples": [{"sha": "c0ffee"}, {"sha": "decaf"}],
        }
        return [EventType(name="git_commit", schema=schema, namespace="/git", policy=BufferPolicy.always_send())]

    @hookimpl
    def enrich(self, event: Event) -> dict[str, Any]:
        return {"project": event.data["branch"]}


def outcome(cls: type[PluginConformance], check: str) -> str:
    """What becomes of one of the tests of a class: ``passed``, or what it says when it fails or is skipped."""
    try:
        cls().test_conformance(BY_NAME[check])
    except (pytest.fail.Exception, pytest.skip.Exception) as ended:
        return f"{type(ended).__name__}: {ended.msg}"
    return "passed"


def test_a_failure_tells_plugin_type_and_hook_what_is_expected_and_why() -> None:
    class Conformance(PluginConformance):
        plugin = GitPlugin

    assert outcome(Conformance, "examples") == "passed"
    told = outcome(Conformance, "robustness")
    assert told.startswith("Failed: plugin git\n  - enrich: it failed with KeyError: 'branch' for the git_commit {")
    assert told.endswith(
        "\nexpected by the check 'robustness': hooks and states take every event that the schemas take; else, one "
        "unusual event would cost its enrichment or the state; ten in a row, the plugin"
    )


def test_warnings_are_failures_unless_told_otherwise() -> None:
    class Strict(PluginConformance):
        plugin = GitPlugin

    class Lenient(Strict):
        strict = False

    assert "  - git_commit 1.0.0: /properties/branch: title and description expected, because " in outcome(
        Strict, "schemas"
    )
    assert outcome(Lenient, "schemas") == "passed"


def test_a_check_can_be_left_out_with_a_reason() -> None:
    class Conformance(PluginConformance):
        plugin = GitPlugin
        exempt = {"robustness": "our senders always name the branch"}

    assert outcome(Conformance, "robustness") == "Skipped: our senders always name the branch"


def test_what_is_left_out_must_be_a_check() -> None:
    class Conformance(PluginConformance):
        plugin = GitPlugin
        exempt = {"roboustness": "typed in haste"}

    told = "Failed: Conformance.exempt names 'roboustness', which is no check; did you mean 'robustness'?"
    assert outcome(Conformance, "examples") == told


@pytest.mark.parametrize("plugin", [None, GitPlugin])
def test_one_plugin_or_distribution_is_named(plugin: object) -> None:
    class Conformance(PluginConformance):
        distribution = None if plugin is None else "eventyard-file"

    Conformance.plugin = plugin
    assert outcome(Conformance, "settings") == "Failed: Conformance is expected to set either plugin or distribution"


def test_all_plugins_of_a_distribution_may_be_meant() -> None:
    class Conformance(PluginConformance):
        distribution = "eventyard-file"

    class Misspelt(PluginConformance):
        distribution = "eventyard-fil"

    assert outcome(Conformance, "schemas") == "passed"
    assert "no installed distribution 'eventyard-fil' announces a plugin" in outcome(Misspelt, "schemas")


def test_each_check_is_a_test_of_its_own(run_pytest: RunPytest) -> None:
    """A traceback through the test kit would help nobody, so there is none."""
    done = run_pytest(
        """
        from eventyard import Plugin
        from eventyard.testing import PluginConformance

        class Empty(Plugin):
            config_schema = {"type": "object", "properties": {"limit": {"type": "integer", "default": 1}}}

        class TestConformance(PluginConformance):
            plugin = Empty
        """
    )
    assert done.returncode == 1
    assert f"1 failed, {len(CHECKS) - 1} passed" in done.stdout
    assert "FAILED test_it.py::TestConformance::test_conformance[settings]" in done.stdout
    assert "plugin empty\n  - setting limit: it has no title and no description\n" in done.stdout
    assert "plugin_conformance.py" not in done.stdout
