"""What the plugin declares."""

from eventyard import BufferPolicy
from eventyard_error import ErrorNamespace, ErrorPlugin


def test_the_plugin_owns_its_types() -> None:
    """The plugin declares its event types, each in the namespace that it handles."""
    types = list(ErrorPlugin().event_types())

    assert [event_type.name for event_type in types] == ["error", "error_acknowledged"]
    assert {event_type.namespace for event_type in types} == {"/errors"}
    assert ErrorNamespace.name == "/errors"
    assert list(ErrorPlugin().namespaces()) == [ErrorNamespace]


def test_errors_are_always_kept() -> None:
    """10 000 events of each type are kept, whoever listens."""
    assert {event_type.policy for event_type in ErrorPlugin().event_types()} == {BufferPolicy.always_buffer(10_000)}
