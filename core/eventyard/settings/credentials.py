"""Whom the settings let in."""

from pathlib import Path

from eventyard.access import Credentials, JsonWebTokens, TokenFile
from eventyard.settings.settings import Settings

__all__ = ["credentials_of", "token_file"]


def credentials_of(settings: Settings) -> Credentials:
    """All tokens that are good for a server with these settings.

    Raises:
        SettingsError: JSON Web Tokens cannot be checked as the settings say.
        TokenFileError: The file with the tokens cannot be used.
    """
    own = settings.jwt
    web_tokens = JsonWebTokens.of(
        secret=own.secret, public_key=own.public_key, audience=own.audience, issuer=own.issuer
    )
    return Credentials(settings.token, token_file(settings), web_tokens)


def token_file(settings: Settings) -> TokenFile | None:
    """The file with the tokens; a server that keeps nothing has none."""
    if settings.journal.durability == "memory":
        return None
    return TokenFile(Path(settings.data_dir).absolute() / "tokens.json")
