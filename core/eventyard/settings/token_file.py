"""Where the tokens of a server are."""

from pathlib import Path

from eventyard.access import TokenFile
from eventyard.settings.settings import Settings

__all__ = ["token_file"]


def token_file(settings: Settings) -> TokenFile | None:
    """The file with the tokens; a server that keeps nothing has none."""
    if settings.journal.durability == "memory":
        return None
    return TokenFile(Path(settings.data_dir).absolute() / "tokens.json")
