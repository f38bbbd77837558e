"""The page about the public interface, from the sources of what it names."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final, get_args

from docstring import markdown

__all__ = ["page"]

#: The public modules, each with its heading.
MODULES: Final = {
    "eventyard": "For plugins and programs: `eventyard`",
    "eventyard.errors": "What they may have to catch: `eventyard.errors`",
    "eventyard.client": "For clients: `eventyard.client`",
    "eventyard.testing": "For tests: `eventyard.testing`",
}

#: What is said of the values that are neither classes nor functions, by the names of their types.
_VALUES: Final = {
    "HookimplMarker": "Marks a method of a plugin as the implementation of the hook of the same name. "
    "See [the hooks](../hooks/index.md).",
}

_HEAD: Final = """# Public interface

All that programs and plugins may rely on. What is not here may change at any time.
"""


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for name, title in MODULES.items() for line in _module(name, title))])


def _module(name: str, title: str) -> Iterator[str]:
    yield from (f"## {title}", "")
    module = importlib.import_module(name)
    for public in sorted(module.__all__, key=str.lower):
        if not public.startswith("__"):
            yield from (f"### {public}", "", *_entry(getattr(module, public)), "")


def _entry(thing: Any) -> Iterator[str]:
    if inspect.isclass(thing):
        yield from _class(thing)
    elif inspect.isfunction(thing):
        yield from (*_code(_signature(_node(thing))), markdown(thing.__doc__ or ""))
    elif choices := get_args(thing):
        yield "Any of " + ", ".join(f"`{getattr(choice, '__name__', choice)}`" for choice in choices) + "."
    else:
        yield _VALUES[type(thing).__name__]


def _class(thing: type) -> Iterator[str]:
    node = _node(thing)
    assert isinstance(node, ast.ClassDef)
    bases = [ast.unparse(base) for base in node.bases]
    yield from _code(f"class {thing.__name__}" + (f"({', '.join(bases)})" if bases else ""))
    if is_dataclass(thing):
        by_name = ["*"] if all(field.kw_only for field in fields(thing)) else []
        yield from _code(_call(thing.__name__, by_name + _fields(node)))
    yield from (markdown(thing.__doc__ or ""), "")
    if issubclass(thing, Enum):
        yield from (*(f"- `{member.name}` = `{member.value!r}`" for member in thing), "")
    comments = _comments(thing)
    for part in node.body:
        match part:
            case ast.AnnAssign(target=ast.Name(id=name)) if name in comments:
                yield from (*_code(ast.unparse(part)), markdown(comments[name]), "")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _is_told(part):
                docstring = markdown(ast.get_docstring(part) or "")
                yield from (*_code(_signature(part)), docstring, "")


def _is_told(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is public and says something; what a class does by its dunder methods is in its own docstring."""
    return bool(ast.get_docstring(function)) and (not function.name.startswith("_") or function.name == "__init__")


def _signature(node: ast.AST) -> str:
    """The head of a function as it is written, without its body."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    head = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    shown = [f"@{mark}" for mark in marks if mark in {"classmethod", "property", "staticmethod"}]
    return "\n".join([*shown, _call(f"{head} {node.name}", _parts(ast.unparse(node.args)), returns)])


def _call(name: str, parts: list[str], behind: str = "") -> str:
    """``name(part, part)``, folded where it is long."""
    line = f"{name}({', '.join(parts)}){behind}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), f"){behind}"])


def _parts(arguments: str) -> list[str]:
    """The arguments of a function one by one, their defaults set as the code has them."""
    parts = [""]
    depth = 0
    for character in arguments:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        elif character == "=" and depth == 0 and ":" in parts[-1]:
            parts[-1] += " = "
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _fields(node: ast.ClassDef) -> list[str]:
    """The arguments with which a dataclass is made."""
    return [
        ast.unparse(part)
        for part in node.body
        if isinstance(part, ast.AnnAssign) and "ClassVar" not in ast.unparse(part.annotation)
    ]


def _comments(thing: type) -> dict[str, str]:
    """What is said of class attributes in the comments ``#:`` above them."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    for line in inspect.getsource(thing).splitlines():
        text = line.strip()
        if text.startswith("#:"):
            waiting.append(text[2:].strip())
        else:
            if waiting:
                found[text.partition(":")[0]] = " ".join(waiting)
            waiting = []
    return found


def _node(thing: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]


def _code(text: str) -> tuple[str, ...]:
    return ("```python", text, "```", "")
