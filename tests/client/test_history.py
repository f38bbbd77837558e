"""Reading what a server keeps."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eventyard import Event, Server, Settings
from eventyard.client import ClientError, History, Missing, Publisher, Refused, SyncPublisher, Unreachable


def call(tool: object, **attributes: Any) -> dict[str, Any]:
    return {"type": "tool_start", "source": "/test", "data": {"tool": str(tool)}, **attributes}


def error(message: str) -> dict[str, Any]:
    return {"type": "error", "source": "/test", "data": {"message": message, "kind": "tool_failed"}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that keeps 1500 events of a type."""
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"), max_buffer_size=1500)
    with Server(settings) as server:
        yield server


def test_all_that_is_kept_comes_in_the_order_in_which_it_was_accepted(server: Server) -> None:
    """From all streams, and more than one page."""
    for number in range(0, 1200, 400):
        server.publish(*[call(each) for each in range(number, number + 400)])
        server.publish(error(str(number)))
    with History(server.url) as history:
        events = list(history)
        assert (history.total, history.read, history.missing) == (1203, 1203, [])
    assert all(isinstance(event, Event) for event in events)
    assert [event.data["tool"] for event in events if event.type == "tool_start"] == [str(n) for n in range(1200)]
    assert [event.type for event in events].index("error") == 400


def test_streams_types_and_sessions_are_chosen(server: Server) -> None:
    server.publish(call("a", session="s1"), call("b", session="s2"), error("c"))

    def found(*streams: str, **wanted: Any) -> list[str]:
        with History(server.url, *streams, **wanted) as history:
            return [event.data.get("tool") or event.data["message"] for event in history]

    assert found("tools") == found("/tools/") == found("tools", "tools") == ["a", "b"]
    assert found(types=["error"]) == ["c"]
    assert found(sessions=["s2"]) == ["b"]
    assert found(types="error", sessions="s1") == []
    assert (found(types="error"), found(sessions="s2")) == (["c"], ["b"])
    assert found("tools", types=["tool_start"], sessions=["s1", "s2"]) == ["a", "b"]


def test_it_can_be_read_twice(server: Server) -> None:
    server.publish(call("a"))
    with History(server.url, "tools") as history:
        assert len(list(history)) == len(list(history)) == 1


def test_what_is_not_kept_any_more_is_counted(server: Server) -> None:
    server.publish({"type": "tool_stop", "source": "/test", "data": {"tool": "first", "outcome": "success"}})
    server.publish(*map(call, range(1600)))
    with History(server.url, "tools") as history:
        assert len(list(history)) == 1501
    assert history.missing == [Missing("tools", 100)]


def test_what_was_trimmed_before_the_first_event_that_is_kept_is_counted_too(server: Server) -> None:
    server.publish(*map(call, range(1600)))
    with History(server.url, "tools") as history:
        assert [event.data["tool"] for event in history] == [str(number) for number in range(100, 1600)]
        assert (history.total, history.read, history.missing) == (1500, 1500, [Missing("tools", 100)])


def test_a_stream_that_is_not_there_is_told(server: Server) -> None:
    with pytest.raises(ClientError, match="the server has no stream 'tool'; there are"), History(server.url, "tool"):
        pass


def test_a_wrong_token_and_no_server_are_told(unused_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=f"no server answers at {unused_url}"), History(unused_url):
        pass
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"), token="secret")
    with Server(settings) as server:
        with pytest.raises(Refused, match="401 Unauthorized"), History(server.url, token="wrong"):
            pass
        with History(server.url, token="secret") as history:
            assert list(history) == []


@pytest.mark.parametrize("client", [History, Publisher, SyncPublisher])
@pytest.mark.parametrize("token", ["geheim\r", "geheim\n", "日本geheim"])
def test_a_token_that_no_header_can_carry_is_told_and_not_shown(client: Callable[..., Any], token: str) -> None:
    with pytest.raises(ClientError, match="the token cannot be sent") as caught:
        client("http://127.0.0.1:8765", token=token)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
