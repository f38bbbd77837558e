"""The page ``docs/performance.md``: its figures and plots are made of the results, the rest is written by hand.

``python -m benchmarks.page RESULTS.json``
"""

import os
import sys
from pathlib import Path
from typing import Final

from benchmarks.plots import draw_plots
from benchmarks.report import case_tables, machine_table, target_table
from benchmarks.results import Results

__all__ = ["write_page"]

_PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
#: Between these lines of the page stands what is made.
_BEGIN: Final = "<!-- figures -->"
_END: Final = "<!-- end of the figures -->"


def write_page(results: Results, page: Path = _PAGE) -> None:
    """Put ``results`` into ``page``, with plots in a folder of the same name beside it.

    Raises:
        ValueError: The page does not say where figures belong, or something went wrong with a case: its figures would
            be missing, and nobody would notice.
    """
    if results.problems:
        message = f"not all went well: {results.problems}"
        raise ValueError(message)
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(_BEGIN)
    _, end, behind = rest.partition(_END)
    if not begin or not end:
        message = f"{page} has no lines {_BEGIN} and {_END}"
        raise ValueError(message)
    folder = page.with_suffix("")
    for old in folder.glob("*.svg"):
        old.unlink()
    plots = draw_plots(results, folder)
    pictures = [f"![{title}]({os.path.relpath(path, page.parent)})" for title, path in plots]
    parts = [target_table(results), *pictures, case_tables(results), "### Machine", machine_table(results)]
    page.write_text("\n\n".join([before + begin, *parts, end + behind]), "utf-8")


if __name__ == "__main__":
    write_page(Results.read(Path(sys.argv[1])))
