"""The checks of a plugin as a distribution has it: its README, its name, and what else is installed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from eventyard.conformance import CHECKS, Candidate, Evidence
from eventyard.errors import PluginError

Install = Callable[..., None]
BY_NAME = {check.name: check for check in CHECKS}

DEPLOY = """
    from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

    class DeployNamespace(Namespace):
        name = "/deployments"

        def __init__(self):
            super().__init__()
            self.last = None

        def apply(self, event):
            self.last = event.data["environment"]

        def snapshot(self):
            return {"last": self.last}

    class ThePlugin(Plugin):
        config_schema = {"type": "object", "properties": {"limit": {"type": "integer", "default": 5}}}

        @hookimpl
        def event_types(self):
            schema = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": "urn:eventyard:deployment/1.0.0",
                "type": "object",
                "properties": {"environment": {"type": "string"}},
            }
            policy = BufferPolicy.always_send()
            return [EventType(name="deployment", schema=schema, namespace="/deployments", policy=policy)]

        @hookimpl
        def namespaces(self):
            return [DeployNamespace]
"""

README = """
Brings `deployment` in `/deployments`.

| name | default |
|---|---|
| `limit` | 5 |

```json
{"specversion": "1.0", "id": "e1", "source": "/ci", "type": "deployment", "data": {"environment": "test"}}
```

```json
{"last": "test"}
```
"""


def objections(check: str, name: str) -> list[str]:
    """What a check has against an installed plugin."""
    (candidate,) = Candidate.named(name, Evidence())
    verdict = asyncio.run(BY_NAME[check].examine(candidate))
    return [str(objection) for objection in verdict.objections]


def test_a_readme_that_names_all_and_is_true_passes(install: Install) -> None:
    install("eventyard-deploy", "deploy", DEPLOY, readme=README)
    assert objections("readme", "eventyard-deploy") == []


@pytest.mark.parametrize(
    ("instead_of", "there_is", "told"),
    [
        (README, "", "README: the distribution has none"),
        ("`deployment`", "things", "README: it does not name the type `deployment`"),
        ("`/deployments`", "a namespace", "README: it does not name the namespace `/deployments`"),
        ("| `limit` | 5 |", "", "README: it does not name the setting `limit`"),
        ("| `limit` | 5 |", "| `limit` | 6 |", "README: it says that the default of `limit` is 6, and it is 5"),
        ('"environment": "test"', '"environment": 7', "README: an event in it is not valid: /data/environment: "),
        (
            '{"last": "test"}',
            '{"last": "staging"}',
            "README: its state of /deployments is not the one that its events lead to: at /last the first is ",
        ),
    ],
)
def test_what_is_wrong_with_a_readme_is_told(install: Install, instead_of: str, there_is: str, told: str) -> None:
    install("eventyard-deploy", "deploy", DEPLOY, readme=README.replace(instead_of, there_is))
    assert any(objection.startswith(told) for objection in objections("readme", "deploy"))


def test_the_readme_of_an_editable_distribution_is_the_one_in_its_folder(install: Install, tmp_path: Path) -> None:
    """What was installed may be older."""
    install("eventyard-deploy", "deploy", DEPLOY, readme=README)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nreadme = "README.md"\n')
    (folder / "README.md").write_text("Brings `deployment` in `/deployments`, with the setting `limit`.")
    direct_url = f'{{"url": "{folder.as_uri()}", "dir_info": {{"editable": true}}}}'
    (tmp_path / "site" / "eventyard_deploy-1.0.dist-info" / "direct_url.json").write_text(direct_url)
    assert objections("readme", "deploy") == []
    (folder / "README.md").write_text("More will be said.")
    assert len(objections("readme", "deploy")) == 3


def test_two_installed_plugins_that_claim_one_type_are_told(install: Install) -> None:
    """Both are the other's problem."""
    install("eventyard-deploy", "deploy", DEPLOY, version="1.2")
    install("other-deploy", "other", DEPLOY.replace("/deployments", "/others"), version="0.4")
    for name in ("deploy", "other"):
        (objection,) = objections("ownership", name)
        assert "'deployment' has two owners: " in objection
        assert "eventyard-deploy 1.2" in objection
        assert "other-deploy 0.4" in objection


def test_a_plugin_that_cannot_be_imported_does_not_load(install: Install) -> None:
    install("broken-plugin", "broken", "raise RuntimeError('no database')")
    (objection,) = objections("loading", "broken")
    assert objection == ("required plugin 'broken' of broken-plugin 1.0 cannot be used: RuntimeError: no database")


def test_a_schema_outside_the_profile_does_not_load_and_the_rule_is_told(install: Install) -> None:
    install("eventyard-deploy", "deploy", DEPLOY.replace('"type": "string"', '"type": "string", "pattern": "a"'))
    (objection,) = objections("loading", "deploy")
    assert "schema 'urn:eventyard:deployment/1.0.0' of eventyard-deploy 1.0 leaves the schema profile: " in objection
    assert "pattern at /properties/environment/pattern: " in objection


def test_a_broken_plugin_beside_it_does_no_harm(install: Install) -> None:
    install("broken-plugin", "broken", "raise SystemExit(3)")
    assert objections("ownership", "tool") == []
    assert objections("loading", "tool") == []


def test_a_plugin_is_tried_with_the_plugins_whose_events_it_observes() -> None:
    """Which those are follows from what it declares and requires."""
    (tool,), (claude_code,) = (Candidate.named(name, Evidence()) for name in ("tool", "claude-code"))
    assert set(tool.companions) == {"agent", "session"}
    assert set(claude_code.companions) == {"agent", "error", "file", "session", "tool"}


def test_the_name_may_be_that_of_the_distribution_or_of_the_plugin() -> None:
    names = ("eventyard-claude-code", "Eventyard_Claude.Code", "claude_code", "claude-code")
    assert {candidate.name for name in names for candidate in Candidate.named(name, Evidence())} == {"claude_code"}


def test_a_name_that_nobody_has_is_told_with_the_nearest_one() -> None:
    with pytest.raises(PluginError, match=r"no installed distribution 'eventyard-toool' .* mean 'eventyard-tool'"):
        Candidate.named("eventyard-toool", Evidence())
