"""What the plugin declares."""

from eventyard import BufferPolicy
from eventyard_error import ErrorNamespace, ErrorPlugin
from eventyard_error.settings import DEFAULTS
from jsonschema import Draft202012Validator


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


def test_the_settings_have_valid_defaults() -> None:
    """Without any setting of its own, the plugin's table is valid."""
    assert ErrorPlugin.config_schema is not None
    Draft202012Validator.check_schema(ErrorPlugin.config_schema)
    Draft202012Validator(ErrorPlugin.config_schema).validate(DEFAULTS)
