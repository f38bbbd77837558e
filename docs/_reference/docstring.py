"""Docstrings, in the style of the code, as Markdown."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

__all__ = ["markdown"]

_SECTION: Final = re.compile(r"(Args|Attributes|Raises|Returns|Yields):")
_ITEM: Final = re.compile(r"    (?=\S)([\w.*, ]+): +(.*)")
_ROLE: Final = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([^`]+)`")


def markdown(docstring: str) -> str:
    """``docstring`` as Markdown: sections as lists, roles and literals as code."""
    return "\n".join(_lines(cleandoc(docstring).splitlines())).strip()


def _lines(lines: list[str]) -> Iterator[str]:
    in_section = in_code = False
    for number, line in enumerate(lines):
        if in_code and line and not line.startswith("    "):
            yield from ("```", "")
            in_code = False
        if in_code:
            yield line[4:]
        elif _SECTION.fullmatch(line):
            in_section = True
            yield from (f"*{line[:-1]}*", "")
        elif line.rstrip() == "::" or (line.endswith("::") and _is_indented(lines, number + 1)):
            text = line.rstrip()[:-2].rstrip()
            yield from ([_inline(text) + ":", ""] if text else [])
            yield "```python"
            in_code = True
        elif in_section and (item := _ITEM.fullmatch(line)):
            names = ", ".join(f"`{name.strip()}`" for name in item[1].split(","))
            yield f"- {names}: {_inline(item[2])}"
        elif in_section and line.startswith("        "):
            yield "  " + _inline(line.strip())
        elif in_section and line.startswith("    "):
            yield _inline(line.strip())
        else:
            in_section = in_section and not line
            yield _inline(line)
    if in_code:
        yield "```"


def _is_indented(lines: list[str], start: int) -> bool:
    following = next((line for line in lines[start:] if line), "")
    return following.startswith("    ")


def _inline(text: str) -> str:
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return _ROLE.sub(lambda match: f"`{match[1].removeprefix('eventyard.')}`", text)
