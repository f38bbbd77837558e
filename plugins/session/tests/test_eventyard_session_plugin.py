"""What the plugin declares."""

from eventyard import BufferPolicy
from eventyard_session import SessionNamespace, SessionPlugin


def test_the_plugin_owns_its_types() -> None:
    """The plugin declares its event types, each in the namespace that it handles."""
    types = list(SessionPlugin().event_types())

    assert [event_type.name for event_type in types] == [
        "session_start",
        "session_end",
        "user_prompt",
        "turn_end",
        "notification",
        "permission_request",
        "hook_event",
    ]
    assert {event_type.namespace for event_type in types} == {"/sessions"}
    assert SessionNamespace.name == "/sessions"
    assert list(SessionPlugin().namespaces()) == [SessionNamespace]


def test_events_wait_for_a_client() -> None:
    """As many events of each type are kept as the server's settings say."""
    assert {event_type.policy for event_type in SessionPlugin().event_types()} == {BufferPolicy.buffer_if_no_clients()}
