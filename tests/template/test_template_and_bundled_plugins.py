"""What the template makes looks exactly like the plugins in the box."""

import ast
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from eventyard.plugins import BUNDLED, PluginManager
from eventyard.plugins.ownership import RESERVED_NAMES, RESERVED_NAMESPACES

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "plugin_template" / "eventyard_plugin_template"
#: Those with event types.
BOX = ["agent", "error", "file", "session", "system", "tool"]
#: The modules that every plugin has; the others are named after what it is about.
MODULES = ["__init__.py", "namespace.py", "plugin.py", "settings.py"]

Render = Callable[..., Path]


@pytest.fixture(params=[{}, {"enrich": True}, {"emit": True}, {"enrich": True, "emit": True}], ids=str)
def made(request: pytest.FixtureRequest, render: Render) -> Path:
    """A plugin with each combination of options."""
    return render(event_type="deployment", **request.param)


def project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


def without_names(folder: Path, name: str) -> dict[str, Any]:
    """The ``pyproject.toml`` of a plugin, without its names and what is said of it."""
    text = (folder / "pyproject.toml").read_text("utf-8")
    for its_own, instead in (
        (f"eventyard-{name}", "D"),
        (f"eventyard_{name}", "P"),
        (f"{name.title()}Plugin", "XPlugin"),
        (f"\n{name} = ", "\nN = "),
    ):
        text = text.replace(its_own, instead)
    return tomllib.loads(re.sub(r'description = "Eventyard plugin: .*"', 'description = ""', text))


def layout(folder: Path, name: str) -> set[str]:
    """The paths of a plugin's files, with what is named after it, or what it is about, taken out."""
    found = set()
    for path in folder.rglob("*"):
        relative = path.relative_to(folder).as_posix().replace(f"eventyard_{name}", "P")
        if path.is_dir() or "__pycache__" in relative or ".egg-info" in relative:
            continue
        found.add(re.sub(r"schemas/[^/]+/", "schemas/T/", relative))
    return found


def outline(path: Path, name: str) -> set[str]:
    """The names that a module defines, with the plugin's taken out."""
    class_name = name.title().replace("_", "")
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name.replace(class_name, "X"))
        elif isinstance(node, ast.Assign):
            found |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign):
            found.add(ast.unparse(node.target))
    return {each for each in found if not each.startswith("_") or each == "__all__"}


@pytest.mark.parametrize("name", BOX)
def test_the_files_lie_where_those_of_the_box_lie(made: Path, name: str) -> None:
    common = layout(ROOT / "plugins" / name, name) & layout(made, "deploy")
    assert common >= {
        *("LICENSE", "README.md", "pyproject.toml", "src/P/py.typed", "src/P/schemas/T/1.0.0.json"),
        *(f"src/P/{module}" for module in MODULES),
        *("tests/test_P_conformance.py", "tests/test_P_plugin.py"),
    }


def test_it_adds_nothing_but_modules_tests_and_what_the_repository_has_for_all(made: Path) -> None:
    more = layout(made, "deploy") - layout(ROOT / "plugins" / "file", "file")
    assert more == {".github/workflows/test.yml", ".gitignore", "src/P/item.py", "src/P/items.py"}


@pytest.mark.parametrize("name", BOX)
def test_the_project_is_described_in_the_same_words(made: Path, name: str) -> None:
    """Only names and what is said of it differ; the settings of tools are those of the whole repository in the box."""
    mine, theirs = (without_names(*each) for each in ((made, "deploy"), (ROOT / "plugins" / name, name)))
    assert mine.keys() - theirs.keys() == {"dependency-groups"}
    assert mine["tool"].keys() - theirs["tool"].keys() == {"mypy", "pytest", "ruff"}
    assert {table: mine[table] for table in theirs} | {"tool": {"hatch": mine["tool"]["hatch"]}} == theirs


def test_lint_and_types_are_those_of_the_repository(made: Path) -> None:
    """It asks for less, and for nothing else."""
    mine, ours = project(made)["tool"], project(ROOT)["tool"]
    assert {key: mine["ruff"][key] for key in ("line-length", "target-version")} == {
        key: ours["ruff"][key] for key in ("line-length", "target-version")
    }
    assert set(mine["ruff"]["lint"]["select"]) <= set(ours["ruff"]["lint"]["select"])
    assert set(mine["ruff"]["lint"]["ignore"]) <= set(ours["ruff"]["lint"]["ignore"])
    assert mine["ruff"]["lint"]["pydocstyle"] == ours["ruff"]["lint"]["pydocstyle"]
    assert mine["mypy"]["strict"] is ours["mypy"]["strict"] is True
    assert mine["pytest"]["ini_options"]["filterwarnings"] == ours["pytest"]["ini_options"]["filterwarnings"]
    assert mine["pytest"]["ini_options"]["addopts"] == ours["pytest"]["ini_options"]["addopts"]


@pytest.mark.parametrize("name", BOX)
@pytest.mark.parametrize("module", ["plugin.py", "settings.py", "namespace.py"])
def test_a_module_defines_what_its_like_in_the_box_defines(made: Path, name: str, module: str) -> None:
    mine = outline(made / "src" / "eventyard_deploy" / module, "deploy")
    assert mine <= outline(ROOT / "plugins" / name / "src" / f"eventyard_{name}" / module, name)


@pytest.mark.parametrize("name", BOX)
def test_the_readme_has_the_same_parts(made: Path, name: str) -> None:
    def headings(folder: Path) -> list[str]:
        return re.findall(r"^## (.*)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)

    common = [heading for heading in headings(made) if heading in headings(ROOT / "plugins" / name)]
    assert common == ["Event types", "State", "Settings"]


def test_the_licence_is_that_of_the_repository() -> None:
    assert (TEMPLATE / "project" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_names_that_are_taken_are_those_of_the_server_and_the_box() -> None:
    questions = yaml.safe_load((TEMPLATE / "questions.yml").read_text("utf-8"))
    taken = {name: questions[name]["default"] for name in questions if name.startswith(("taken", "reserved"))}
    manager = PluginManager.load()
    types = sorted(name for name, owned in manager.types.items() if owned.owner.name in BUNDLED)
    namespaces = {name for name, (_, owner) in manager.namespaces.items() if owner.distribution.name in BUNDLED}
    packages = {path.parent.name for path in ROOT.glob("*/eventyard_*/__init__.py")}
    assert taken == {
        "taken_plugins": sorted(name.removeprefix("eventyard-").replace("-", "_") for name in BUNDLED),
        "taken_distributions": sorted(packages),
        "taken_types": types,
        "reserved_types": sorted(RESERVED_NAMES),
        "taken_namespaces": sorted(namespaces | RESERVED_NAMESPACES - {"/"}),
    }


def test_it_needs_the_version_of_eventyard_that_it_came_with_or_one_that_keeps_its_promises() -> None:
    """What is deprecated in the next minor version works on in that and the one after it."""
    from eventyard import __version__

    major, minor, _ = __version__.split(".")
    text = (TEMPLATE / "project" / "pyproject.toml.jinja").read_text("utf-8")
    assert set(re.findall(r"\"eventyard(?:\[.*?\])?(>=[^\"]*)\"", text)) == {
        f">={major}.{minor},<{major}.{int(minor) + 3}"
    }
