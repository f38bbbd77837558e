"""Why something failed, in one line."""

__all__ = ["reason_of"]


def reason_of(error: BaseException) -> str:
    """Type and text of ``error``; of a group, which says nothing itself, those of all that it holds."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(dict.fromkeys(map(reason_of, error.exceptions)))
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
