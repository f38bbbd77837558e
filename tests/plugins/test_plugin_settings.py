"""A plugin's own table of settings: checked, and completed with the defaults of its schema."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from eventyard import AsyncServer, Plugin, Settings
from eventyard.errors import PluginError

ENDPOINT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": {"type": "string"},
        "types": {"type": "array", "items": {"type": "string"}, "default": ["error"]},
        "retry": {"type": "object", "properties": {"attempts": {"type": "integer", "minimum": 1, "default": 5}}},
    },
}


class Configured(Plugin):
    config_schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "default": 5},
            "endpoints": {"type": "array", "items": ENDPOINT, "default": []},
            "named": {"type": "object", "additionalProperties": ENDPOINT, "default": {"spare": {"url": "http://b"}}},
            "proxy": ENDPOINT,
            "timeouts": {"type": "object", "properties": {"read": {"type": "number", "default": 2}}},
        },
    }

    def configure(self, table: Mapping[str, Any]) -> None:
        self.table = table


def configured(**table: Any) -> Mapping[str, Any]:
    """The table that the plugin is given when the user writes ``table``."""
    plugin = Configured()
    settings = Settings().with_changes(plugin={"configured": table}, journal={"durability": "memory"})
    AsyncServer(settings, {"configured": plugin})
    return plugin.table


WHOLE = {"url": "http://b", "types": ["error"], "retry": {"attempts": 5}}


def test_what_the_user_leaves_out_has_its_default() -> None:
    """Also a table of which every member has one; a table that must be written in part is not made up."""
    assert configured() == {"limit": 5, "endpoints": [], "named": {"spare": WHOLE}, "timeouts": {"read": 2}}


@pytest.mark.parametrize(
    ("table", "complete"),
    [
        ({"endpoints": [{"url": "http://b"}]}, {"endpoints": [WHOLE]}),
        ({"named": {"a": {"url": "http://b", "retry": {}}}}, {"named": {"a": WHOLE}}),
        ({"proxy": {"url": "http://b", "types": []}}, {"proxy": WHOLE | {"types": []}}),
        ({"timeouts": {"read": 3}}, {"timeouts": {"read": 3}}),
    ],
    ids=["in a list", "under any name", "in a table", "said by the user"],
)
def test_defaults_are_filled_in_at_every_depth(table: dict[str, Any], complete: dict[str, Any]) -> None:
    assert {key: configured(**table)[key] for key in complete} == complete


def test_a_default_is_nobody_elses() -> None:
    """What a plugin does to its table does not change the next one's."""
    configured()["named"]["spare"]["types"].append("tool_stop")
    assert configured()["named"]["spare"]["types"] == ["error"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"endpoints": [{"types": []}]}, 'plugin.configured.endpoints.0: the field "url" is required'),
        ({"endpoints": [{"url": "u", "retry": {"attempts": 0}}]}, "plugin.configured.endpoints.0.retry.attempts: "),
        (
            {"endpoints": [{"url": "u"}, {"url": "u", "type": []}]},
            "plugin.configured.endpoints.1.type is no setting of this plugin; did you mean 'types'?",
        ),
        (
            {"named": {"a": {"ur": "u"}}},
            "plugin.configured.named.a.ur is no setting of this plugin; did you mean 'url'?",
        ),
        ({"proxy": {"types": []}}, 'plugin.configured.proxy: the field "url" is required'),
    ],
)
def test_a_wrong_setting_deep_in_the_table_is_told_with_its_place(table: dict[str, Any], told: str) -> None:
    with pytest.raises(PluginError) as caught:
        configured(**table)
    assert told in str(caught.value)
