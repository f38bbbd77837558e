"""The conformance of a plugin as a class of tests."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard.conformance import CHECKS

RunPytest = Callable[..., Any]

PLUGIN = """
    from eventyard import BufferPolicy, EventType, Plugin, hookimpl
    from eventyard.testing import PluginConformance

    class GitPlugin(Plugin):
        @hookimpl
        def event_types(self):
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
        def enrich(self, event):
            return {"project": event.data["branch"]}
"""


def test_each_check_is_a_test_and_a_failure_tells_plugin_type_and_hook(run_pytest: RunPytest) -> None:
    """A traceback through the test kit would help nobody."""
    done = run_pytest(PLUGIN + "\n    class TestConformance(PluginConformance):\n        plugin = GitPlugin\n")
    assert done.returncode == 1
    assert f"2 failed, {len(CHECKS) - 2} passed" in done.stdout
    assert "plugin git\n  - enrich: it failed with KeyError: 'branch' for the git_commit {" in done.stdout
    assert "expected by the check 'robustness': hooks and states take every event that the schemas take; else, " in (
        done.stdout
    )
    assert "  - git_commit 1.0.0: /properties/branch: title and description expected, because " in done.stdout
    assert "test_it.py::TestConformance::test_conformance[schemas]" in done.stdout
    assert "plugin_conformance.py" not in done.stdout


def test_warnings_count_unless_told_otherwise_and_checks_can_be_left_out_with_a_reason(run_pytest: RunPytest) -> None:
    source = PLUGIN + (
        "\n    class TestConformance(PluginConformance):\n"
        "        plugin = GitPlugin\n"
        "        strict = False\n"
        "        exempt = {'robustness': 'our senders always name the branch'}\n"
    )
    done = run_pytest(source, "-rs", "-k", "schemas or robustness")
    assert done.returncode == 0
    assert "1 passed, 1 skipped" in done.stdout
    assert "our senders always name the branch" in done.stdout


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("pass", "TestConformance is expected to set either plugin or distribution"),
        ("exempt = {'roboustness': 'typed in haste'}\n        plugin = GitPlugin", "did you mean 'robustness'?"),
        ("distribution = 'eventyard-toll'", "did you mean 'eventyard-tool'?"),
    ],
)
def test_a_class_that_says_something_wrong_fails(run_pytest: RunPytest, body: str, told: str) -> None:
    done = run_pytest(PLUGIN + f"\n    class TestConformance(PluginConformance):\n        {body}\n", "-k", "settings")
    assert done.returncode == 1
    assert told in done.stdout


def test_all_plugins_of_a_distribution_may_be_meant(run_pytest: RunPytest) -> None:
    source = """
        from eventyard.testing import PluginConformance

        class TestConformance(PluginConformance):
            distribution = "eventyard-file"
    """
    done = run_pytest(source, "-k", "schemas or readme")
    assert "2 passed" in done.stdout
