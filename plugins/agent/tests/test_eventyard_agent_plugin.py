"""What the plugin declares, and what it adds to subagent events."""

from typing import Any

import pytest
from eventyard import BufferMode, Event
from eventyard_agent import AgentNamespace, AgentPlugin


def test_all_types_go_to_the_namespace_and_wait_for_a_client() -> None:
    """All types go to ``/agents`` and are kept until a client has had them."""
    plugin = AgentPlugin()
    types = list(plugin.event_types())
    assert [each.name for each in types] == ["subagent_start", "subagent_stop", "subagent_link"]
    assert {each.namespace for each in types} == {AgentNamespace.name} == {"/agents"}
    assert {each.policy.mode for each in types} == {BufferMode.BUFFER_IF_NO_CLIENTS}
    assert list(plugin.namespaces()) == [AgentNamespace]


@pytest.mark.parametrize(
    ("attributes", "added"),
    [
        ({"agent": "a1"}, {"subject": "a1"}),
        ({"agent": "a1", "subject": "reviewer"}, None),
        ({}, None),
    ],
    ids=["absent", "said by the sender", "unknown"],
)
def test_the_subject_is_the_subagent(attributes: dict[str, Any], added: object) -> None:
    """An event without a subject gets the subagent's id, if it has one."""
    event = Event.create("subagent_start", source="/test", data={"agent_type": "reviewer"}, **attributes)
    assert AgentPlugin().enrich(event) == added
