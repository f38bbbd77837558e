"""What the plugin declares, and what it adds to file events."""

from typing import Any

import pytest
from eventyard import BufferPolicy, Event
from eventyard_file import FileNamespace, FilePlugin


def operation(path: str, **attributes: Any) -> Event:
    """Something was done to the file ``path``."""
    return Event.create("file_operation", source="/test", data={"operation": "read", "path": path}, **attributes)


def test_operations_go_to_the_namespace_and_are_dropped_when_nobody_listens() -> None:
    """File operations go to ``/files`` and do not wait for a client."""
    plugin = FilePlugin()
    (event_type,) = plugin.event_types()
    assert event_type.name == "file_operation"
    assert event_type.namespace == FileNamespace.name == "/files"
    assert event_type.policy == BufferPolicy.drop_if_no_clients(500)
    assert list(plugin.namespaces()) == [FileNamespace]


def test_the_subject_is_the_path() -> None:
    """An event without a subject gets the path, characters of all scripts included."""
    assert FilePlugin().enrich(operation("/tmp/日本 語.txt")) == {"subject": "/tmp/日本 語.txt"}


def test_a_subject_of_the_sender_stays() -> None:
    """To an event with a subject nothing is added."""
    assert FilePlugin().enrich(operation("app.py", subject="the app")) is None


@pytest.mark.parametrize("path", ["x" * 257, "two\nlines", "app.py\n"], ids=["long", "control character", "line end"])
def test_a_path_that_no_envelope_takes_is_no_subject(path: str) -> None:
    """A path that is too long for an attribute, or has characters that none may have, is in the payload alone."""
    assert FilePlugin().enrich(operation(path)) is None
