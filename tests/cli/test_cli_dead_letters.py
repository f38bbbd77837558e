"""``eventyard dead-letters``: list, show, retry, discard."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard import BufferPolicy, Event, EventType, Issue, Plugin, hookimpl
from eventyard.server import Server
from eventyard.settings import Settings

Cli = Callable[..., Result]

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:eventyard:wish/1.0.0",
    "type": "object",
}


class WishPlugin(Plugin):
    """Owns ``wish``, and grants none until it is told to; the 51st may be the last thing that a server does."""

    def __init__(self) -> None:
        self.grants = False
        self.granted = 0
        self.last: threading.Thread | None = None

    @hookimpl
    def event_types(self) -> list[EventType]:
        return [
            EventType(name="wish", schema=SCHEMA, namespace="/wishes", policy=BufferPolicy.buffer_if_no_clients(1000))
        ]

    @hookimpl
    async def validate(self, event: Event) -> list[Issue]:
        if not self.grants:
            return [Issue("granted", "/data", "not today")]
        self.granted += 1
        if self.last is not None and self.granted == 51:
            self.last.start()
            await asyncio.sleep(4)
        return []

    @hookimpl
    def decode(self, source: str, body: Any, headers: Any) -> list[Event] | None:
        return [Event.create("wish", source="/well", data=body)] if source == "well" else None


@pytest.fixture
def plugin() -> WishPlugin:
    return WishPlugin()


@pytest.fixture
def server(plugin: WishPlugin) -> Iterator[Server]:
    with Server(Settings().with_changes(host="127.0.0.1", port=0), {"wish": plugin}) as running:
        yield running


@pytest.fixture(autouse=True)
def found_by_the_commands(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETIO_PORT", server.url.rpartition(":")[2])


def wish(identity: str, event_type: str = "wish", **data: Any) -> dict[str, Any]:
    return {"type": event_type, "source": "/test", "id": identity, "data": data}


def post(server: Server, path: str, body: bytes, content_type: str = "application/json") -> None:
    headers = {"Content-Type": content_type, "User-Agent": "well/1"}
    with urllib.request.urlopen(urllib.request.Request(server.url + path, body, headers)):
        pass


def test_no_letters_are_told_in_words(cli: Cli) -> None:
    result = cli("dead-letters", "list")
    assert (result.exit_code, result.stdout) == (0, "There are no dead letters.\n")


def test_a_list_has_a_line_for_each_letter(cli: Cli, server: Server) -> None:
    server.publish(wish("a"), wish("b", "xyzzy"))
    post(server, "/v1/hooks/well", b"{}")
    heading, *rows = cli("dead-letters", "list").stdout.splitlines()
    assert heading.split() == ["NUMBER", "TIME", "INTAKE", "TYPE", "RETRIES", "REASON"]
    cells = [row.split(maxsplit=5) for row in rows]
    assert [[row[0], *row[2:]] for row in cells] == [
        ["1", "server", "wish", "0", "/data: not today"],
        ["2", "server", "xyzzy", "0", "/type: no installed plugin owns this event type"],
        ["3", "well", "wish", "0", "/data: not today"],
    ]


def test_a_list_is_filtered_and_cut(cli: Cli, server: Server) -> None:
    """Also over several pages."""
    server.publish(*(wish(f"e{number}", f"t{number % 3}") for number in range(450)))

    def numbers(*options: str) -> list[int]:
        answer = json.loads(cli("dead-letters", "list", "--json", *options).stdout)
        return [letter["number"] for letter in answer["dead_letters"]]

    assert numbers() == list(range(1, 451))
    assert numbers("--count", "201") == list(range(1, 202))
    assert numbers("--after", "440", "--type", "t0") == [442, 445, 448]
    assert numbers("--type", "t0", "--type", "t1", "-n", "3") == [1, 2, 4]


def test_a_list_as_json_says_how_many_there_are(cli: Cli, server: Server) -> None:
    server.publish(wish("a"), wish("b", "xyzzy"), wish("c"))
    cli("dead-letters", "discard", "1")
    answer = json.loads(cli("dead-letters", "list", "--json", "--type", "wish").stdout)
    assert (answer["total"], answer["kept"], answer["matching"]) == (3, 2, 1)
    assert [letter["body"]["id"] for letter in answer["dead_letters"]] == ["c"]


def test_a_letter_is_shown_whole(cli: Cli, server: Server) -> None:
    post(server, "/v1/hooks/well", '{"for": "späte Äpfel"}'.encode())
    cli("dead-letters", "retry", "1")
    shown = cli("dead-letters", "show", "1").stdout
    for line in (
        "dead letter 1, foreign body of well",
        "type        wish",
        "retried     1 times, last 20",
        "  /data: not today  (",
        "  user-agent: well/1",
        '  "for": "späte Äpfel"',
    ):
        assert line in shown
    letter = json.loads(cli("dead-letters", "show", "1", "--json").stdout)
    assert (letter["number"], letter["body"], letter["retries"]) == (1, {"for": "späte Äpfel"}, 1)


@pytest.mark.parametrize("command", ["list", "show"])
def test_nothing_of_a_letter_can_control_the_terminal(cli: Cli, server: Server, command: str) -> None:
    """Not what is JSON, not what is not, and not the names in it."""
    lines = [
        json.dumps(wish("\x1b[2J", "\x9b31m", **{"\x1b]0;x\x07": "\x1b[31m\x9b\u202e"}), ensure_ascii=False).encode(),
        b"\x1b[2J\xc2\x9b no json \x07",
    ]
    post(server, "/v1/events", b"\n".join(lines), "application/x-ndjson")
    runs = [["show", "1"], ["show", "2"]] if command == "show" else [["list"]]
    written = "".join(cli("dead-letters", *arguments).stdout for arguments in runs)
    assert written
    assert [character for character in written if not character.isprintable() and character != "\n"] == []


def test_retried_letters_are_told_with_their_places(cli: Cli, server: Server, plugin: WishPlugin) -> None:
    server.publish(wish("a"), wish("b"), wish("c", "xyzzy"))
    plugin.grants = True
    server.publish(wish("b"))
    result = cli("dead-letters", "retry", "2", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1: accepted, wishes 2",
        "2: duplicate, wishes 1",
        "1 accepted, 1 duplicate, 0 rejected",
    ]


def test_a_retry_ends_with_1_when_a_letter_is_refused_again_or_is_not_there(
    cli: Cli, server: Server, plugin: WishPlugin
) -> None:
    server.publish(wish("a"), wish("b", "xyzzy"))
    plugin.grants = True
    result = cli("dead-letters", "retry", "2")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "0 accepted, 0 duplicate, 1 rejected")
    result = cli("dead-letters", "retry", "1", "77", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (answer["accepted"], answer["gone"]) == (1, 1)
    assert [(each["number"], each["status"]) for each in answer["results"]] == [(1, "accepted"), (77, "gone")]


def test_letters_are_retried_by_type_or_all_in_portions(cli: Cli, server: Server, plugin: WishPlugin) -> None:
    """Those that are refused again are passed over."""
    server.publish(*(wish(f"e{number}", "xyzzy" if number % 3 == 0 else "wish") for number in range(120)))
    plugin.grants = True
    result = cli("dead-letters", "retry", "--type", "wish")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "80 accepted, 0 duplicate, 0 rejected")
    result = cli("dead-letters", "retry", "--all")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "0 accepted, 0 duplicate, 40 rejected")
    assert "Retrying" not in result.stderr


def test_many_numbers_go_in_several_requests(cli: Cli, server: Server, plugin: WishPlugin) -> None:
    server.publish(*(wish(f"e{number}") for number in range(120)))
    plugin.grants = True
    result = cli("dead-letters", "retry", *(str(number) for number in range(1, 121)))
    assert result.stdout.splitlines()[-1] == "120 accepted, 0 duplicate, 0 rejected"


def test_nothing_to_retry_is_done(cli: Cli) -> None:
    result = cli("dead-letters", "retry", "--all")
    assert (result.exit_code, result.stdout) == (0, "0 accepted, 0 duplicate, 0 rejected\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("retry",),
        ("retry", "1", "--all"),
        ("retry", "--type", "wish", "--all"),
        ("retry", "one"),
        ("retry", "0"),
        ("show",),
        ("show", "-1"),
        ("discard",),
        ("list", "--count", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("dead-letters", *arguments).exit_code == 2


def test_a_letter_that_is_not_there_cannot_be_shown(cli: Cli) -> None:
    result = cli("dead-letters", "show", "7")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no dead letter '7'" in result.stderr


def test_discarded_letters_are_gone(cli: Cli, server: Server) -> None:
    server.publish(wish("a"), wish("b"), wish("c"))
    result = cli("dead-letters", "discard", "1", "9", "3")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "2 discarded\n", "there is no dead letter 9\n")
    assert json.loads(cli("dead-letters", "discard", "2", "--json").stdout) == {"discarded": [2], "gone": []}
    assert cli("dead-letters", "list").stdout == "There are no dead letters.\n"


def test_a_number_given_twice_is_discarded_once(cli: Cli, server: Server) -> None:
    server.publish(wish("a"))
    result = cli("dead-letters", "discard", "1", "1")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 discarded\n", "")


@pytest.mark.parametrize("arguments", [("list",), ("show", "1"), ("retry", "--all"), ("retry", "1"), ("discard", "1")])
def test_a_server_that_does_not_answer_ends_with_2(cli: Cli, server: Server, arguments: tuple[str, ...]) -> None:
    server.stop()
    result = cli("dead-letters", *arguments)
    assert result.exit_code == 2
    assert "no server answers" in result.stderr


def test_the_token_is_needed_where_there_is_one(cli: Cli, tmp_path: Path) -> None:
    settings = Settings().with_changes(host="127.0.0.1", port=0, token="secret", data_dir=str(tmp_path))
    with Server(settings) as guarded:
        assert cli("dead-letters", "list", "--url", guarded.url).exit_code == 2
        assert cli("dead-letters", "list", "--url", guarded.url, "--token", "secret").exit_code == 0


def test_what_was_done_before_the_server_went_away_is_told(cli: Cli, server: Server, plugin: WishPlugin) -> None:
    """It goes while the second portion is under way."""
    server.publish(*(wish(f"e{number}") for number in range(60)))
    plugin.grants = True
    plugin.last = threading.Thread(target=server.stop)
    result = cli("dead-letters", "retry", "--all")
    plugin.last.join()
    assert result.exit_code == 2
    assert "no server answers" in result.stderr
    assert result.stdout.splitlines()[-1] == "50 accepted, 0 duplicate, 0 rejected"
