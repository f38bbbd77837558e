"""Writes the pages of ``docs/reference`` that are made of the code; with ``--check``, says which are out of date."""

import sys
from difflib import unified_diff
from pathlib import Path

import api
import command_line
import event_types

FOLDER = Path(__file__).parent.parent / "reference"
PAGES = {"api": api.page, "command-line": command_line.page, "event-types": event_types.page}

#: Said at the top of each.
_NOTE = "<!-- Made of the code: `nox -s pages` writes it anew. -->\n\n"


def main() -> int:
    """Write the pages, or compare them; 1 when one is out of date."""
    only_check = "--check" in sys.argv
    outdated = False
    for name, make in PAGES.items():
        file = FOLDER / f"{name}.md"
        page = _NOTE + make().rstrip() + "\n"
        before = file.read_text("utf-8") if file.exists() else ""
        if page == before:
            continue
        if only_check:
            outdated = True
            sys.stdout.writelines(
                unified_diff(
                    before.splitlines(keepends=True), page.splitlines(keepends=True), file.name, "the code", n=1
                )
            )
        else:
            file.write_text(page, "utf-8")
            print(f"{file.name} was written")
    return int(outdated)


sys.exit(main())
