"""What is chosen by name."""

from collections.abc import Sequence

__all__ = ["names_in"]


def names_in(choice: Sequence[str]) -> list[str]:
    """The names in ``choice``; a text is one name, and not the list of its characters."""
    return [choice] if isinstance(choice, str) else list(choice)
