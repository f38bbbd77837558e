"""Types for programs: type checkers take them, and every example of every schema fits."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from eventyard.catalogue import Catalogue, python_module, typescript_declarations
from eventyard.catalogue.type_model import class_name

PYTHON = """
from typing import assert_type
from events import EventyardEvent, ToolStart, ToolStop

def told(event: EventyardEvent) -> str:
    if event["type"] == "tool_start":
        assert_type(event["data"], ToolStart)
        return event["data"]["tool"]
    return event["id"]

"""
TYPESCRIPT = """
import { io, Socket } from "socket.io-client";
import type * as events from "./eventyard";

const socket: Socket<events.EventTypes & events.ProtocolEvents> = io("http://localhost");
socket.on("tool_stop", (event) => {
  const outcome: "success" | "failed" | "denied" | "cancelled" | "unknown" = event.data.outcome;
  console.log(outcome, event.session);
});
socket.on("ready", (ready) => console.log(ready.head));
// @ts-expect-error there is no such event type
socket.on("tol_stop", () => {});

export function told(event: events.EventyardEvent): string {
  return event.type === "tool_start" ? event.data.tool : event.id;
}
// @ts-expect-error the member is required
export const wrong: events.ToolStop = { tool: "Bash" };
"""


def examples(catalogue: Catalogue) -> list[tuple[str, object]]:
    """The name of the type of each example, with the example."""
    return [(class_name(each.name), example) for each in catalogue.types for example in each.current.examples]


@pytest.mark.timeout(300)
def test_mypy_takes_the_python_types_and_every_example(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "events.py").write_text(python_module(catalogue), "utf-8")
    lines = [f"example_{n}: events.{name} = {value!r}" for n, (name, value) in enumerate(examples(catalogue))]
    (tmp_path / "use.py").write_text(f"import events\n{PYTHON}" + "\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "/dev/null", "--no-incremental", "use.py"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.stdout.splitlines()[-1:] == ["Success: no issues found in 1 source file"], done.stdout
    (tmp_path / "use.py").write_text('import events\nwrong: events.ToolStop = {"tool": "Bash"}\n', "utf-8")
    assert subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, timeout=280).returncode == 1


def test_the_python_types_are_a_module_that_runs(catalogue: Catalogue) -> None:
    source = python_module(catalogue)
    ast.parse(source)
    found: dict[str, object] = {}
    exec(source, found)
    assert {f"{class_name(each.name)}Event" for each in catalogue.types} <= found.keys()


@pytest.mark.timeout(120)
def test_tsc_takes_the_typescript_types_and_every_example(
    catalogue: Catalogue, node_modules: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules)
    (tmp_path / "eventyard.d.ts").write_text(typescript_declarations(catalogue), "utf-8")
    lines = [
        f"export const example{n}: events.{name} = {json.dumps(value)};"
        for n, (name, value) in enumerate(examples(catalogue))
    ]
    (tmp_path / "use.ts").write_text(TYPESCRIPT + "\n".join(lines) + "\n", "utf-8")
    command = [
        str(node_modules / ".bin" / "tsc"),
        "--strict",
        "--noEmit",
        "--module",
        "nodenext",
        "--types",
        "",
        "use.ts",
    ]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, "")
