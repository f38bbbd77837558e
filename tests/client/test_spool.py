"""The file in which events wait, whatever happens to it and to those who write it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard.client import SpoolError
from eventyard.client.publication import spool as module
from eventyard.client.publication.spool import Place, Spool
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A path at which there is no file yet."""
    return tmp_path / "spool.ndjson"


def body(number: int, size: int = 0) -> bytes:
    """An event, as a spool takes it."""
    return json.dumps({"n": number, "x": "x" * size}).encode()


def waiting(path: Path) -> list[bytes]:
    """The events that wait in a file."""
    spool = Spool(path, fsync=False)
    events = [spool.read(place) for place in spool.open()]
    spool.close()
    return events


def opened(path: Path) -> Spool:
    """A spool of a file that has none waiting."""
    spool = Spool(path, fsync=False)
    assert spool.open() == []
    return spool


def test_events_that_were_not_confirmed_wait_for_the_next_who_opens_it(path: Path) -> None:
    spool = opened(path)
    places = [spool.append(body(number)) for number in range(5)]
    assert [spool.read(place) for place in places] == [body(number) for number in range(5)]
    spool.confirm(places[1].end)
    spool.close()
    assert waiting(path) == [body(number) for number in range(2, 5)]
    assert waiting(path) == [body(number) for number in range(2, 5)]


def test_each_line_is_json_and_each_event_an_object(path: Path) -> None:
    spool = opened(path)
    places = [spool.append(body(number)) for number in range(3)]
    spool.confirm(places[0].end)
    spool.close()
    values = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [value for value in values if isinstance(value, dict)] == [json.loads(body(n)) for n in range(3)]
    assert values[3:] == [places[2].end - places[0].end]


def test_the_file_is_empty_when_nothing_waits(path: Path) -> None:
    spool = opened(path)
    places = [spool.append(body(number)) for number in range(3)]
    spool.confirm(places[0].end)
    spool.confirm(places[2].end)
    assert path.read_bytes() == b""
    place = spool.append(body(3))
    assert spool.read(place) == body(3)
    spool.close()
    assert waiting(path) == [body(3)]


def test_confirming_again_or_less_changes_nothing(path: Path) -> None:
    spool = opened(path)
    places = [spool.append(body(number)) for number in range(3)]
    spool.confirm(places[1].end)
    before = path.read_bytes()
    spool.confirm(places[1].end)
    spool.confirm(places[0].end)
    assert path.read_bytes() == before
    spool.close()


def test_the_file_stays_small_while_something_always_waits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DELIVERED_BYTES", 10_000)
    spool = opened(path)
    places = [spool.append(body(0, 100))]
    for number in range(1, 2000):
        places.append(spool.append(body(number, 100)))
        spool.confirm(places[number - 1].end)
        assert path.stat().st_size < 20_500
        assert spool.read(places[number]) == body(number, 100)
    spool.close()
    assert waiting(path) == [body(1999, 100)]


def test_a_last_line_that_was_not_written_whole_is_cut_off(path: Path) -> None:
    path.write_bytes(body(0) + b"\n" + body(1))
    assert waiting(path) == [body(0)]
    assert path.read_bytes() == body(0) + b"\n"


def test_what_is_no_event_is_told_and_passed_over(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(body(0) + b"\n\0\0\0\n\n[]\n{broken\n\xff\n" + body(1) + b"\n")
    assert waiting(path) == [body(0), body(1)]
    assert [each.message for each in caplog.records] == [
        f"line {number} of the spool {path} is no event and is passed over" for number in (2, 3, 4, 5, 6)
    ]


def test_it_belongs_to_one_publisher_at_a_time(path: Path) -> None:
    spool = opened(path)
    with pytest.raises(SpoolError, match=f"the spool {path} is in use: another publisher keeps its events there"):
        Spool(path, fsync=False).open()
    spool.close()
    assert waiting(path) == []


@pytest.mark.parametrize("fsync", [False, True])
def test_it_is_nobody_elses_business(path: Path, tmp_path: Path, fsync: bool) -> None:
    """Also when the part that was delivered has been cut off, whatever is in the place of the copy."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    path.with_name(f"{path.name}.new").symlink_to(elsewhere)
    spool = Spool(path, fsync=fsync)
    spool.open()
    assert path.stat().st_mode & 0o777 == 0o600
    places = [spool.append(b'{"text":"%s"}' % (b"x" * 1_000_000)) for _ in range(8)]
    spool.confirm(places[6].end)
    assert path.stat().st_size < 2_000_000
    assert path.stat().st_mode & 0o777 == 0o600
    assert elsewhere.read_text() == "mine"
    spool.close()


def test_a_file_that_cannot_be_there_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SpoolError, match=f"the spool {path} cannot be read: Is a directory"):
        Spool(path, fsync=False).open()
    path.rmdir()
    assert waiting(path) == []


def test_a_file_that_somebody_cut_is_told(path: Path) -> None:
    spool = opened(path)
    place = spool.append(body(0))
    path.write_bytes(b"")
    with pytest.raises(SpoolError, match="was changed by somebody else"):
        spool.read(place)
    spool.close()


@pytest.mark.parametrize("fsync", [False, True])
def test_an_event_is_made_durable_when_that_is_wanted(path: Path, monkeypatch: pytest.MonkeyPatch, fsync: bool) -> None:
    durable: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: durable.append(os.fstat(file).st_size))
    spool = Spool(path, fsync=fsync)
    spool.open()
    durable.clear()
    spool.append(body(0))
    spool.append(body(1))
    assert durable == ([len(body(0)) + 1, 2 * len(body(0)) + 2] if fsync else [])
    spool.close()


_FULL = """
import resource, signal, sys
from pathlib import Path
from eventyard.client import SpoolError
from eventyard.client.publication.spool import Spool
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spool = Spool(Path(sys.argv[1]), fsync=False)
spool.open()
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
taken = 0
try:
    while True:
        spool.append(b'{"n": %d, "x": "%s"}' % (taken, b"x" * 90))
        taken += 1
except SpoolError as error:
    print(taken, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
spool.append(b'{"n": "last"}')
"""


def test_a_full_disk_is_told_and_leaves_no_half_event(path: Path) -> None:
    """What comes when there is space again is behind what was there before."""
    pytest.importorskip("resource", reason="limits of a process are a thing of Unix")
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True, timeout=30
    )
    taken, _, message = done.stdout.strip().partition(" ")
    assert message == f"the spool {path} cannot be written: File too large"
    numbers = [json.loads(event)["n"] for event in waiting(path)]
    assert numbers == [*range(int(taken)), "last"]
    assert int(taken) > 5


class Model:
    """A spool, with what should be in it: the events that were ever appended, and how many of them were confirmed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.events: list[bytes] = []
        self.confirmed = 0
        self._places: list[Place] = []
        self._spool = opened(path)

    def append(self, size: int) -> None:
        event = body(len(self.events), size)
        self._places.append(self._spool.append(event))
        self.events.append(event)

    def confirm(self, share: float) -> None:
        count = self.confirmed + round(share * (len(self.events) - self.confirmed))
        if count > self.confirmed:
            self._spool.confirm(self._places[count - 1].end)
            self.confirmed = count

    def reopen(self, _: float = 0) -> None:
        self._spool.close()
        self._spool = Spool(self._path, fsync=False)
        places = self._spool.open()
        assert [self._spool.read(place) for place in places] == self.events[self.confirmed :]
        self._places[self.confirmed :] = places

    def close(self) -> bytes:
        self._spool.close()
        return self._path.read_bytes()


OPERATIONS: dict[str, Callable[[Model, Any], None]] = {
    "append": Model.append,
    "confirm": Model.confirm,
    "reopen": Model.reopen,
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 40)),
        st.tuples(st.just("confirm"), st.floats(0, 1)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    max_size=40,
)


@given(steps=STEPS, place=st.floats(0, 1), limit=st.sampled_from([1, 100, 10**9]))
@settings(max_examples=100, deadline=None)
def test_a_file_that_is_cut_at_any_byte_has_all_that_is_whole_in_it_and_nothing_else(
    steps: list[tuple[str, Any]], place: float, limit: int
) -> None:
    """Confirmed events may be there again, in their place; no event is there in part, or is missing."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_DELIVERED_BYTES", limit)
        path = Path(folder) / "spool"
        model = Model(path)
        for name, argument in steps:
            OPERATIONS[name](model, argument)
        content = model.close()
        cut = round(place * len(content))
        path.write_bytes(content[:cut])
        found = waiting(path)
        whole = [event for event in model.events if event + b"\n" in content[:cut]]
        # In order and in one piece: the last of the whole ones.
        assert found == whole[len(whole) - len(found) :]
        unconfirmed = [event for event in model.events[model.confirmed :] if event in whole]
        assert found[len(found) - len(unconfirmed) :] == unconfirmed
        # And it can be gone on with.
        spool = Spool(path, fsync=False)
        spool.open()
        spool.append(body(-1))
        spool.close()
        assert waiting(path) == [*found, body(-1)]
