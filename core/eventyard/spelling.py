"""What somebody may have meant who wrote a name that does not exist."""

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` was most likely meant to be, or ``None``.

    Names with dots are also compared by their last part: ``engin`` finds ``validation.engine``. A word that a single
    name begins with means that name: ``cors`` finds ``cors_origins``.
    """
    # Only mistakes pay for the import: the command line must answer in milliseconds.
    from difflib import get_close_matches  # noqa: PLC0415

    by_spelling: dict[str, str] = {}
    for name in known:
        by_spelling.setdefault(name.rpartition(".")[2].lower(), name)
        by_spelling[name.lower()] = name
    matches = [spelling for spelling in by_spelling if spelling.startswith(f"{word.lower()}_")]
    if len(matches) != 1:
        matches = get_close_matches(word.lower(), by_spelling, n=1, cutoff=0.5)
    return by_spelling[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'name'?`` for the end of an error message, or nothing."""
    near = nearest(word, known)
    return "" if near is None else f"; did you mean {near!r}?"
