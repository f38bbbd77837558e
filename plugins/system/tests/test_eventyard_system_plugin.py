"""What the plugin declares."""

from eventyard import BufferPolicy
from eventyard_system import SystemNamespace, SystemPlugin


def test_the_plugin_owns_its_types() -> None:
    """The plugin declares its event types, each in the namespace that it handles."""
    types = list(SystemPlugin().event_types())

    assert [event_type.name for event_type in types] == ["connection_status", "heartbeat"]
    assert {event_type.namespace for event_type in types} == {"/system"}
    assert SystemNamespace.name == "/system"
    assert list(SystemPlugin().namespaces()) == [SystemNamespace]


def test_nothing_is_journaled() -> None:
    """The events go to whoever is there."""
    assert {event_type.policy for event_type in SystemPlugin().event_types()} == {BufferPolicy.always_send()}
