"""Tables and pictures of the reference pages show what the code has, no more and no less."""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import eventyard
from eventyard import AsyncServer, Settings
from eventyard.conformance import CHECKS
from eventyard.delivery import ConnectionState
from eventyard.delivery.state import NEXT
from eventyard.plugins import PluginManager
from eventyard.schemas import SchemaStore, load_engine
from eventyard.schemas.rules import RULES
from eventyard.testing import PluginConformance

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "eventyard"

PageTables = Callable[[str], list[list[str]]]


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_readme_lists_the_event_types_with_namespace_policy_and_number(page_tables: PageTables) -> None:
    settings = Settings()
    documented = {
        name: (namespace.strip("`"), policy.strip("`"), int(kept))
        for names, namespace, policy, kept in (row for row in page_tables("README.md") if len(row) == 4)
        for name in code(names)
    }
    installed = {}
    for name, owned in PluginManager.load(settings).types.items():
        policy = owned.type.policy
        kept = settings.max_buffer_size if policy.capacity is None else policy.capacity
        installed[name] = (owned.type.namespace, policy.mode.value, kept)
    assert documented == installed


def test_the_readme_compares_with_the_number_of_hooks_that_are_set_up(page_text: Callable[[str], str]) -> None:
    from eventyard_claude_code import settings_block

    assert f"| {len(settings_block('http://localhost')['hooks'])} of 33 set up" in page_text("README.md")


def test_every_endpoint_is_documented(page_tables: PageTables) -> None:
    server = AsyncServer(Settings().with_changes(port=0, journal={"durability": "memory"}))
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in server._runner.app.router.routes()
        if route.resource is not None and route.method in {"GET", "POST", "DELETE"}
    }
    documented = {name for row in page_tables("docs/http-api.md") for name in code(row[0]) if " /" in name}
    assert documented == routes


def test_every_attribute_of_the_envelope_that_is_documented_exists(page_tables: PageTables) -> None:
    schema = SchemaStore(load_engine()).envelope_schema
    rows = [row for row in page_tables("docs/http-api.md") if len(row) == 2]
    first, last = (next(i for i, row in enumerate(rows) if row[0] == f"`{name}`") for name in ("type", "recordedtime"))
    documented = {name for row in rows[first : last + 1] for name in code(row[0])}
    assert documented <= schema["properties"].keys()
    assert set(schema["required"]) <= documented


def test_every_metric_is_documented(page_tables: PageTables) -> None:
    server = AsyncServer(Settings().with_changes(port=0, journal={"durability": "memory"}))
    families = {
        family.name + ("_total" if family.type == "counter" else "") for family in server.metrics.registry.collect()
    }
    documented = {
        name for row in page_tables("docs/http-api.md") for name in code(row[0]) if name.startswith("eventyard_")
    }
    assert documented == families


def test_the_picture_of_the_states_is_that_of_the_code(block_texts: Callable[[str, str], list[str]]) -> None:
    (picture,) = block_texts("docs/live-protocol.md", "mermaid")
    drawn = set(re.findall(r"(\w+) --> (\w+)", picture))
    assert drawn == {(state.value, following.value) for state, all_next in NEXT.items() for following in all_next}


def test_every_state_is_explained(page_tables: PageTables) -> None:
    names = [row[0].strip("`") for row in page_tables("docs/live-protocol.md")]
    assert [name for name in names if name in set(ConnectionState)] == [state.value for state in ConnectionState]


def test_every_setting_of_a_plugin_is_documented(page_tables: PageTables) -> None:
    documented = {
        code(row[0])[0]: row[1:] for row in page_tables("docs/configuration.md") if row[0].startswith("`plugin.")
    }
    declared = {}
    for plugin in PluginManager.load(Settings()).plugins:
        schema = getattr(plugin.plugin, "config_schema", None) or {}
        for name, rule in schema.get("properties", {}).items():
            default = str(rule["default"]).replace("'", '"')
            declared[f"plugin.{plugin.name}.{name}"] = [f"`{default}`", rule["description"]]
    assert documented == declared


def test_every_rule_for_schemas_is_documented(page_tables: PageTables) -> None:
    documented = {code(row[0])[0]: row[1].replace("`", "") for row in page_tables("docs/schemas.md") if len(row) == 2}
    soft = " (a warning)"
    assert documented == {name: rule.demand + soft * rule.is_soft for name, rule in RULES.items()}


def test_every_public_name_is_explained(page_tables: PageTables) -> None:
    rows = [row for row in page_tables("docs/architecture.md") if len(row) == 2]
    begin = next(i for i, row in enumerate(rows) if "`Plugin`" in row[0])
    documented = [name for row in rows[begin:] for name in code(row[0])]
    assert sorted(documented) == sorted(eventyard.__all__)


def test_every_module_in_the_picture_of_the_way_exists(block_texts: Callable[[str, str], list[str]]) -> None:
    picture, *_ = block_texts("docs/architecture.md", "mermaid")
    named = re.findall(r"<br>([a-z_]+/(?:[a-z_]+\.py)?)", picture)
    assert named
    assert [path for path in named if not (CORE / path).exists()] == []


def rooms(page_tables: PageTables) -> list[str]:
    """The rooms of the core in the order of the layout table, which is that of the layers."""
    found = [code(row[0])[0] for row in page_tables("docs/architecture.md") if row[0].startswith("`core/eventyard/")]
    return [path.removeprefix("core/eventyard/").removesuffix("/").removesuffix(".py") for path in found]


def test_the_layout_table_has_every_room(page_tables: PageTables) -> None:
    there = {path.stem for path in CORE.iterdir() if not path.name.startswith("_") and path.suffix in {"", ".py"}}
    assert set(rooms(page_tables)) == there


def test_imports_point_one_way(page_tables: PageTables) -> None:
    """A room imports only rooms above it in the layout table; imports for type checkers alone do not count."""
    order = rooms(page_tables)
    modules = {path: path.relative_to(CORE).parts[0].removesuffix(".py") for path in CORE.rglob("*.py")}
    wrong = [
        f"{path.relative_to(CORE)} imports {imported}"
        for path, room in modules.items()
        if room in order
        for imported in imported_rooms(path)
        if order.index(imported) > order.index(room)
    ]
    assert wrong == []


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a module imports, wherever in it."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    return {
        node.module.split(".")[1]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("eventyard.")
    }


def test_every_check_of_plugins_is_documented(page_tables: PageTables) -> None:
    rows = [(name.strip("`"), text) for name, text in page_tables("docs/test-a-plugin.md")]
    assert rows[: len(CHECKS)] == [(check.name, check.demand) for check in CHECKS]
    attributes = [name for name in inspect.get_annotations(PluginConformance) if name not in {"plugin", "distribution"}]
    assert [name for name, _ in rows[len(CHECKS) :]] == attributes
