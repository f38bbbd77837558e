"""The tree reads as the architecture, and imports point one way."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import eventyard
import eventyard.client
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = Path(eventyard.__file__).parent

#: Rooms from the lowest to the highest; a room imports only rooms of lower rows.
LAYERS = [
    {"errors", "spelling"},
    {"events"},
    {"hooks", "metrics", "access", "client"},
    {"schemas", "settings"},
    {"plugins", "journal", "dead_letters", "redaction"},
    {"pipeline"},
    {"delivery"},
    {"live"},
    {"catalogue"},
    {"http"},
    {"server"},
    {"conformance", "diagnosis"},
    {"testing"},
    {"cli"},
]
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}

SOURCES = sorted(PACKAGE.rglob("*.py"))
#: Of the plugins in the box, and of those in the documentation.
PLUGIN_SOURCES = sorted([*ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("docs/examples/*/src/**/*.py")])


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path, *, for_type_checkers: bool = False) -> Iterator[str]:
    """The rooms that a module imports when it runs, or those that it imports for type checkers alone."""
    tree = ast.parse(path.read_text())
    checking = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if (node in checking) is not for_type_checkers:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            head, _, rest = name.partition(".")
            if head == "eventyard" and rest:
                yield rest.partition(".")[0]


def upward_of(room: str, imported: Iterator[str]) -> set[str]:
    """Those of ``imported`` that do not stand below ``room``."""
    return {other for other in imported if other != room and HEIGHT[other] >= HEIGHT[room]}


def test_every_room_has_its_place() -> None:
    rooms = {room_of(path) for path in SOURCES} - {"__init__", "__main__"}
    assert rooms == HEIGHT.keys()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_lead_down(path: Path) -> None:
    """Lower layers never know the server or the command line."""
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        return
    assert upward_of(room, imported_rooms(path)) == set()


def test_only_this_import_leads_up_for_type_checkers() -> None:
    """The specification of the hooks says what ``namespaces`` gives and what ``lifespan`` takes."""
    found = {
        str(path.relative_to(PACKAGE)): upward_of(room_of(path), imported_rooms(path, for_type_checkers=True))
        for path in SOURCES
        if room_of(path) in HEIGHT
    }
    assert {path: rooms for path, rooms in found.items() if rooms} == {"hooks/specification.py": {"live", "server"}}


@pytest.mark.parametrize("path", [*SOURCES, *PLUGIN_SOURCES], ids=lambda path: path.name)
def test_a_file_holds_one_concept(path: Path) -> None:
    """More than 300 lines hold more than one."""
    assert len(path.read_text().splitlines()) <= 300


MODULES = [
    name for _, name, _ in pkgutil.walk_packages(eventyard.__path__, "eventyard.") if name != "eventyard.__main__"
]


def isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as import sorters order them."""
    rank = 0 if name.isupper() else 1 if name.lstrip("_")[0].isupper() else 2
    return rank, name


@pytest.mark.parametrize("name", ["eventyard", *MODULES])
def test_the_public_names_are_sorted_and_there(name: str) -> None:
    if name == "eventyard.schemas.fast":
        pytest.importorskip("jsonschema_rs", reason="the extra 'fast' is not installed")
    module = importlib.import_module(name)
    public = list(module.__all__)
    assert public == sorted(public, key=isort_key)
    assert len(set(public)) == len(public)
    assert all(hasattr(module, each) for each in public)


def test_the_public_interface_is_this() -> None:
    """A name more is a promise more; a name less breaks somebody's plugin."""
    assert eventyard.__all__ == [
        "AsyncServer",
        "BufferMode",
        "BufferPolicy",
        "EarlierVersion",
        "Event",
        "EventType",
        "EventyardError",
        "Finding",
        "Issue",
        "MalformedBody",
        "Namespace",
        "Outcome",
        "Plugin",
        "Route",
        "Server",
        "ServerProxy",
        "Settings",
        "Status",
        "__version__",
        "elapsed_ms",
        "get_server",
        "hookimpl",
        "moment",
        "timestamp",
    ]


def test_the_public_interface_of_the_client_is_this() -> None:
    assert eventyard.client.__all__ == [
        "BufferFull",
        "Buffering",
        "ClientError",
        "Counts",
        "Cursor",
        "CursorFileError",
        "EventsRejected",
        "Gap",
        "History",
        "InvalidEvent",
        "Lost",
        "Message",
        "Missing",
        "NotDelivered",
        "Publisher",
        "Ready",
        "Received",
        "Refused",
        "Rejection",
        "SpoolError",
        "State",
        "Subscriber",
        "SyncPublisher",
        "SyncSubscriber",
        "Unreachable",
        "subscribe",
    ]


@pytest.mark.parametrize("path", PLUGIN_SOURCES, ids=lambda path: path.name)
def test_plugins_use_the_public_interface_alone(path: Path) -> None:
    """Whatever they need, everybody can have."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "eventyard":
            assert node.module == "eventyard"
            assert {alias.name for alias in node.names} <= set(eventyard.__all__)
        elif isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] == "eventyard" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_time_of_day_is_read_in_one_place(path: Path) -> None:
    """Whoever reads it elsewhere cannot be tested with a clock that stands still."""
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert not called & {"datetime.now", "datetime.today", "datetime.utcnow", "time.time", "time.time_ns"}


@pytest.mark.parametrize("name", ["eventyard", "eventyard.cli", "eventyard.client"])
def test_importing_costs_no_server(name: str) -> None:
    """The command line answers in milliseconds; Socket.IO alone takes 0.2 s to import."""
    program = f"import sys, {name}; print(sorted({{'aiohttp', 'jsonschema', 'pluggy', 'socketio'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
