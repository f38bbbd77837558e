"""Regular expressions that a person writes."""

import re

__all__ = ["objection_to"]


def objection_to(pattern: str) -> str | None:
    """Why ``pattern`` cannot say what is to be taken out of a text; ``None`` when it can."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    return "matches where nothing is" if compiled.search("") else None
