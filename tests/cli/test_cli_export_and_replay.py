"""A recording: written by ``export``, played by ``replay``."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from eventyard import BufferPolicy, EarlierVersion, EventType, Plugin, Server, Settings, hookimpl
from eventyard.cli.event_file import Entry
from eventyard.cli.replay import paced

Cli = Callable[..., Result]


def note(identity: str, second: int = 0, session: str | None = None) -> dict[str, object]:
    event: dict[str, object] = {
        "type": "note",
        "source": "/test",
        "id": identity,
        "time": f"2026-01-31T12:00:{second:02}Z",
        "data": {"text": identity},
    }
    return event | ({"session": session} if session else {})


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.usefixtures("url")
def test_all_that_is_kept_is_written_in_order(cli: Cli, server: Server, tmp_path: Path) -> None:
    """More than one page, and non-ASCII text as it is."""
    server.publish(*(note(f"n{number}") for number in range(990)))
    server.publish(note("ü"))
    recording = tmp_path / "recording.ndjson"
    result = cli("export", str(recording))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "991 events written to" in result.stderr
    written = lines(recording.read_text("utf-8"))
    assert [event["id"] for event in written] == [*(f"n{number}" for number in range(990)), "ü"]
    assert written[0]["sequence"] == "00000000000000000001"


@pytest.mark.usefixtures("url")
def test_filters_choose_by_stream_type_and_session(cli: Cli, server: Server) -> None:
    server.publish(note("a", session="s1"), note("b", session="s2"), note("c"))
    assert [each["id"] for each in lines(cli("export", "--session", "s2").stdout)] == ["b"]
    assert lines(cli("export", "--type", "pulse").stdout) == []
    assert len(lines(cli("export", "--stream", "notes", "--type", "note").stdout)) == 3
    wrong = cli("export", "--stream", "nots")
    assert wrong.exit_code == 2
    assert "the server has no stream 'nots'; there are" in wrong.stderr


class MemoPlugin(Plugin):
    """Owns ``memo``, which goes to ``/notes`` too."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:memo/1.0.0",
            "type": "object",
        }
        policy = BufferPolicy.buffer_if_no_clients()
        return [EventType(name="memo", schema=schema, namespace="/notes", policy=policy)]


def test_what_is_not_kept_any_more_is_told(cli: Cli, note_plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memo is older than the notes that had to go."""
    settings = Settings().with_changes(host="127.0.0.1", port=0)
    with Server(settings, {"note": note_plugin, "memo": MemoPlugin()}) as server:
        monkeypatch.setenv("SOCKETIO_PORT", server.url.rpartition(":")[2])
        server.publish(note("m") | {"type": "memo"}, *(note(f"n{number}") for number in range(1200)))
        result = cli("export")
    assert len(lines(result.stdout)) == 1001
    assert "200 events of notes are not kept any more" in result.stderr


@pytest.mark.usefixtures("url")
def test_a_recording_plays_on_another_server_and_twice_adds_nothing(
    cli: Cli, server: Server, note_plugin: Plugin, tmp_path: Path
) -> None:
    server.publish(note("a"), note("b"), note("c", second=59))
    recording = tmp_path / "recording.ndjson"
    cli("export", str(recording))
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "other"))
    with Server(settings, {"note": note_plugin}) as other:
        played = ["replay", str(recording), "--fast", "--url", other.url]
        assert cli(*played).stdout == "3 accepted, 0 duplicate, 0 rejected\n"
        assert cli(*played).stdout == "0 accepted, 3 duplicate, 0 rejected\n"
        again = lines(cli("export", "--url", other.url).stdout)
    kept = lines(recording.read_text("utf-8"))
    assert [(each["id"], each["time"], each["data"]) for each in again] == [
        (each["id"], each["time"], each["data"]) for each in kept
    ]


class WordyPlugin(Plugin):
    """Owns ``note`` 2.0.0, in which the text is made of words; its 1.0.0 is another plugin's ``note``."""

    def __init__(self, first: Plugin) -> None:
        self._first = next(each for each in first.event_types() if each.name == "note")

    @hookimpl
    def event_types(self) -> list[EventType]:
        words = {"type": "array", "items": {"type": "string", "maxLength": 100}}
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:note/2.0.0",
            "type": "object",
            "required": ["words"],
            "properties": {"words": words},
        }
        earlier = EarlierVersion(schema=self._first.schema, upcast=lambda data: {"words": data["text"].split()})
        return [EventType(name="note", schema=schema, namespace="/notes", policy=self._first.policy, earlier=[earlier])]


@pytest.mark.usefixtures("url")
def test_an_old_recording_plays_on_a_server_with_a_newer_version_of_the_type(
    cli: Cli, server: Server, note_plugin: Plugin, tmp_path: Path
) -> None:
    """The events of the recording name the version that they were made for."""
    server.publish(note("a b"), note("c"))
    recording = tmp_path / "recording.ndjson"
    cli("export", str(recording))
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "newer"))
    with Server(settings, {"wordy": WordyPlugin(note_plugin)}) as newer:
        played = cli("replay", str(recording), "--speed", "max", "--url", newer.url)
        assert played.stdout == "2 accepted, 0 duplicate, 0 rejected\n"
        again = lines(cli("export", "--url", newer.url).stdout)
    assert [(each["dataschema"], each["data"]) for each in again] == [
        ("urn:eventyard:note/2.0.0", {"words": ["a", "b"]}),
        ("urn:eventyard:note/2.0.0", {"words": ["c"]}),
    ]


@pytest.mark.usefixtures("url")
def test_a_refused_event_is_told_with_its_line(cli: Cli, tmp_path: Path) -> None:
    recording = tmp_path / "recording.ndjson"
    recording.write_text(f"{json.dumps(note('a'))}\n{json.dumps(note('b') | {'type': 'nothing'})}\n{{broken\n")
    result = cli("replay", str(recording), "--speed", "1000")
    assert result.exit_code == 1
    assert f"{recording}:2: /type: no installed plugin owns this event type" in result.stderr
    assert f"{recording}:3: not JSON" in result.stderr
    assert result.stdout == "1 accepted, 0 duplicate, 2 rejected\n"
    told = json.loads(cli("replay", str(recording), "--speed", "max", "--json").stdout)
    assert (told["duplicate"], sorted(problem["line"] for problem in told["problems"])) == (1, [2, 3])


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "inf", "nan"])
def test_a_pace_that_is_none_is_wrong_usage(cli: Cli, tmp_path: Path, speed: str) -> None:
    (tmp_path / "recording").write_text("")
    result = cli("replay", str(tmp_path / "recording"), "--speed", speed)
    assert result.exit_code == 2
    assert "expected a number above 0, or max" in result.stderr


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("speed", "expected"),
    [
        (1.0, [(0.0, ["a", "b"]), (2.0, ["c"]), (10.0, ["d", "late", "timeless", "e"])]),
        (4.0, [(0.0, ["a", "b"]), (0.5, ["c"]), (2.5, ["d", "late", "timeless", "e"])]),
    ],
)
def test_events_come_with_the_pauses_of_their_times(speed: float, expected: list[tuple[float, list[str]]]) -> None:
    """One that is earlier than those before it, or has no time, comes at once."""
    recorded = [note("a"), note("b"), note("c", 2), note("d", 10), note("late", 1), note("timeless"), note("e", 10)]
    del recorded[5]["time"]
    groups: Iterator[list[Entry]] = iter([[Entry(line, event)] for line, event in enumerate(recorded, 1)])
    clock = Clock()
    played = [
        (round(clock() - 100, 3), [entry.value["id"] for entry in entries])
        for entries in paced(groups, speed, clock, clock.sleep)
    ]
    assert [events for _, events in played] == [events for _, events in expected]
    assert [seconds for seconds, _ in played] == [seconds for seconds, _ in expected]


@pytest.mark.usefixtures("url")
def test_a_type_that_no_plugin_owns_is_told_with_the_nearest(cli: Cli, server: Server) -> None:
    """And asked for all the same: events of it may be kept though its plugin has gone."""
    server.publish(note("a"))
    result = cli("export", "--type", "notee")
    assert result.exit_code == 0
    assert "Warning: no installed plugin owns 'notee'; did you mean 'note'?" in result.stderr
    assert "'note';" not in cli("export", "--type", "note").stderr
