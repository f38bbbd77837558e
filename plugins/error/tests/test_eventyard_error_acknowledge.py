"""How a client acknowledges an error."""

from typing import Any

import pytest
from eventyard import Event, EventyardError, Issue, Outcome, Status
from eventyard_error import ErrorNamespace

ERROR = Event(
    {
        "specversion": "1.0",
        "id": "e1",
        "source": "/claude-code/s1",
        "type": "error",
        "time": "2026-11-23T10:00:00Z",
        "session": "s1",
        "data": {"message": "Exit code 3", "kind": "tool_failed"},
    }
)


class CommittingNamespace(ErrorNamespace):
    """Commits at once what the handler publishes, and keeps it to be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[Event] = []
        self.apply(ERROR)

    async def publish(self, event: Event) -> Outcome:
        committed = Event({**event, "id": "a1", "time": "2026-11-23T10:00:01Z"})
        self.published.append(committed)
        self.apply(committed)
        return Outcome("a1", Status.ACCEPTED, "errors", 2)


class RefusingNamespace(CommittingNamespace):
    """Refuses what the handler publishes, as a third-party ``validate`` hook may."""

    async def publish(self, event: Event) -> Outcome:
        return Outcome("a1", Status.REJECTED, issues=(Issue("policy", "/data/by", "Only ada acknowledges."),))


class FailingNamespace(CommittingNamespace):
    """Cannot keep what the handler publishes, as on a full disk."""

    async def publish(self, event: Event) -> Outcome:
        raise EventyardError("the disk is full")


async def test_acknowledging_resolves_the_error() -> None:
    """The client is told that it worked, and the error leaves the state."""
    namespace = CommittingNamespace()

    answer = await namespace.on_acknowledge("c1", {"source": "/claude-code/s1", "id": "e1"})

    assert answer == {"ok": True}
    assert namespace.snapshot()["errors"] == []


async def test_the_acknowledgement_is_an_event() -> None:
    """It says which error, who and why, belongs to the error's session, and satisfies its schema."""
    namespace = CommittingNamespace()

    await namespace.on_acknowledge(
        "c1", {"source": "/claude-code/s1", "id": "e1", "by": "ada", "note": "A typo.", "colour": "red"}
    )

    (event,) = namespace.published
    assert event.type == "error_acknowledged"
    assert event.source == "/eventyard/errors"
    assert event.session == "s1"
    assert event.causationid == "e1"
    assert event.data == {
        "error_source": "/claude-code/s1",
        "error_id": "e1",
        "by": "ada",
        "note": "A typo.",
    }


async def test_a_second_acknowledgement_is_told_so() -> None:
    """What is resolved cannot be resolved again, and nothing is published."""
    namespace = CommittingNamespace()
    await namespace.on_acknowledge("c1", {"source": "/claude-code/s1", "id": "e1"})

    answer = await namespace.on_acknowledge("c2", {"source": "/claude-code/s1", "id": "e1"})

    assert answer == {"ok": False, "error": "there is no unresolved error with this source and id"}
    assert len(namespace.published) == 1


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        pytest.param(None, "expected an object", id="nothing"),
        pytest.param("e1", "expected an object", id="a text"),
        pytest.param([{"source": "/claude-code/s1", "id": "e1"}], "expected an object", id="a list"),
        pytest.param({"id": "e1"}, "source: expected a text of 1 to 1024 characters", id="no source"),
        pytest.param({"source": "/claude-code/s1"}, "id: expected a text of 1 to 256 characters", id="no id"),
        pytest.param({"source": "/claude-code/s1", "id": 1}, "id: expected a text", id="an id that is a number"),
        pytest.param({"source": "/claude-code/s1", "id": ""}, "id: expected a text", id="an empty id"),
        pytest.param({"source": "/claude-code/s1", "id": "e1", "by": ["ada"]}, "by: expected a text", id="by a list"),
        pytest.param(
            {"source": "/claude-code/s1", "id": "e1", "note": "n" * 4097},
            "note: expected a text of 1 to 4096 characters",
            id="a note that is too long",
        ),
    ],
)
async def test_a_mistake_is_explained(body: Any, complaint: str) -> None:
    """The answer says what was expected; nothing is published, and the error stays."""
    namespace = CommittingNamespace()

    answer = await namespace.on_acknowledge("c1", body)

    assert answer["ok"] is False
    assert answer["error"].startswith(complaint)
    assert namespace.published == []
    assert len(namespace.snapshot()["errors"]) == 1


async def test_nothing_sent_is_a_mistake_too() -> None:
    """A client that emits the event without an argument gets an answer."""
    assert (await CommittingNamespace().on_acknowledge("c1"))["ok"] is False


async def test_a_refused_acknowledgement_is_explained() -> None:
    """The client hears what the pipeline's issues say, and the error stays."""
    namespace = RefusingNamespace()

    answer = await namespace.on_acknowledge("c1", {"source": "/claude-code/s1", "id": "e1", "by": "bob"})

    assert answer == {"ok": False, "error": "Only ada acknowledges."}
    assert len(namespace.snapshot()["errors"]) == 1


async def test_an_acknowledgement_that_cannot_be_kept_is_explained() -> None:
    """What was not committed has not happened."""
    namespace = FailingNamespace()

    answer = await namespace.on_acknowledge("c1", {"source": "/claude-code/s1", "id": "e1"})

    assert answer == {"ok": False, "error": "the disk is full"}
    assert len(namespace.snapshot()["errors"]) == 1
