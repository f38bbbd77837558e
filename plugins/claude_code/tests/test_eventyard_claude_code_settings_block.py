"""The block for Claude Code's settings file, and the settings of the plugin itself."""

import json
from typing import Any

from eventyard_claude_code import ClaudeCodePlugin, settings_block
from jsonschema import Draft202012Validator

URL = "http://127.0.0.1:8765"


def handlers(block: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: handler for name, [group] in block["hooks"].items() for handler in group["hooks"]}


def test_every_known_hook_is_reported_but_the_two_that_hold_claude_code_up(bodies: dict[str, Any]) -> None:
    known = {body["hook_event_name"] for body in bodies.values()}
    assert set(settings_block(URL)["hooks"]) == known - {"WorktreeCreate", "MessageDisplay"}


def test_hooks_are_reported_over_http_where_claude_code_can() -> None:
    found = handlers(settings_block(URL))
    assert {name for name, handler in found.items() if handler["type"] == "command"} == {"SessionStart", "Setup"}
    assert found["PreToolUse"] == {"type": "http", "url": f"{URL}/v1/hooks/claude-code", "timeout": 2}


def test_a_command_hook_prints_nothing_and_always_succeeds() -> None:
    command = handlers(settings_block(URL))["SessionStart"]["command"]
    assert command == (
        "curl -s -m 2 -H 'Content-Type: application/json' --data-binary @-"
        " http://127.0.0.1:8765/v1/hooks/claude-code >/dev/null 2>&1 || true"
    )


def test_timeouts_are_a_few_seconds() -> None:
    """Claude Code counts them in seconds, and waits that long for a server that hangs."""
    assert {handler["timeout"] for handler in handlers(settings_block(URL)).values()} == {2, 3}


def test_the_block_is_shown_when_the_server_starts() -> None:
    """As JSON that can be put into the settings as it is."""
    shown = ClaudeCodePlugin().introduce(URL, needs_token=True)
    assert json.loads(shown[shown.index("{") :]) == settings_block(URL, needs_token=True)


def test_a_token_is_taken_from_the_environment_and_never_written_down() -> None:
    block = settings_block(URL, needs_token=True)
    http = handlers(block)["Stop"]
    assert http["headers"] == {"Authorization": "Bearer $EVENTYARD_TOKEN"}
    assert http["allowedEnvVars"] == ["EVENTYARD_TOKEN"]
    assert '-H "Authorization: Bearer $EVENTYARD_TOKEN"' in handlers(block)["Setup"]["command"]


def test_without_a_token_no_header_is_sent() -> None:
    assert "Authorization" not in json.dumps(settings_block(URL))


def test_an_address_may_end_in_a_slash_and_is_quoted_for_the_shell() -> None:
    found = handlers(settings_block("https://yard.example/a&b/"))
    assert found["Stop"]["url"] == "https://yard.example/a&b/v1/hooks/claude-code"
    assert "'https://yard.example/a&b/v1/hooks/claude-code'" in found["Setup"]["command"]


def test_the_settings_of_the_plugin_have_a_valid_schema_and_valid_defaults() -> None:
    schema = dict(ClaudeCodePlugin.config_schema or {})
    Draft202012Validator.check_schema(schema)
    defaults = {name: rule["default"] for name, rule in schema["properties"].items()}
    assert defaults == {"repeat_window": 5.0, "text_limit": 1024 * 1024}
    Draft202012Validator(schema).validate(defaults)
