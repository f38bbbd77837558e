"""The tokens that were made for single programs, in a file of the data directory."""

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from eventyard.access.grant import Grant, Scope
from eventyard.errors import TokenFileError

__all__ = ["StoredToken", "TokenFile"]

#: The version of the file's form.
_VERSION: Final = 1

_TOKEN: Final = re.compile(r"eyk_(?P<key>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token, as far as it is kept: with it, nobody is let in.

    Attributes:
        grant: What whoever has it may do.
        digest: SHA-256 of its secret, in hexadecimal digits. The secret is 32 random bytes, so that a slow hash would
            protect nothing.
        created: When it was made, in seconds since the epoch.
    """

    grant: Grant
    digest: str
    created: float

    def matches(self, secret: str) -> bool:
        """Whether ``secret`` is that of the token."""
        return hmac.compare_digest(_digest(secret), self.digest)

    def to_json(self) -> dict[str, Any]:
        """The token as a JSON object."""
        grant = self.grant
        return {
            "name": grant.name,
            "key": grant.key,
            "sha256": self.digest,
            "scopes": sorted(grant.scopes),
            "namespaces": None if grant.namespaces is None else sorted(grant.namespaces),
            "created": self.created,
            "expires": grant.expires,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """The token that a JSON object tells.

        Raises:
            KeyError: A member is missing.
            TypeError: A member is of another type.
            ValueError: A scope is none that we know.
        """
        namespaces = body["namespaces"]
        expires = body["expires"]
        grant = Grant(
            str(body["name"]),
            frozenset(map(Scope, body["scopes"])),
            None if namespaces is None else frozenset(map(str, namespaces)),
            str(body["key"]),
            None if expires is None else float(expires),
        )
        return cls(grant, str(body["sha256"]), float(body["created"]))


class TokenFile:
    """The file with the tokens; the server reads it, and the command line writes it."""

    def __init__(self, path: Path) -> None:
        """Keep the tokens at ``path``."""
        self.path = path

    @staticmethod
    def parts(token: str) -> tuple[str, str] | None:
        """Key and secret of ``token``; ``None`` when it has not the form of one."""
        match = _TOKEN.fullmatch(token)
        return None if match is None else (match["key"], match["secret"])

    def signature(self) -> tuple[int, int, int] | None:
        """What changes with the file; ``None`` while there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def read(self) -> list[StoredToken]:
        """All tokens, also those that have expired; none when there is no file.

        Raises:
            TokenFileError: It cannot be read, or is none of ours.
        """
        try:
            content = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            message = f"the tokens in {self.path} cannot be read: {error.strerror}"
            raise TokenFileError(message) from error
        try:
            document = json.loads(content)
            version = document["version"]
            if version != _VERSION:
                message = f"the tokens in {self.path} have version {version}, this Eventyard knows {_VERSION}"
                raise TokenFileError(message)
            return [StoredToken.from_json(body) for body in document["tokens"]]
        except (KeyError, TypeError, ValueError) as error:
            message = f"the tokens in {self.path} cannot be read: {type(error).__name__}: {error}"
            raise TokenFileError(message) from error

    def create(
        self,
        name: str,
        scopes: frozenset[Scope],
        *,
        namespaces: frozenset[str] | None,
        now: float,
        expires: float | None,
    ) -> str:
        """Make a token; gives it, for the only time.

        Raises:
            TokenFileError: There is one of that name, or the file cannot be used.
        """
        secret = secrets.token_urlsafe(32)
        key = secrets.token_hex(6)
        with self._changing() as tokens:
            if any(token.grant.name == name for token in tokens):
                message = f"there is a token {name!r} already; revoke it, or take another name"
                raise TokenFileError(message)
            tokens.append(StoredToken(Grant(name, scopes, namespaces, key, expires), _digest(secret), now))
        return f"eyk_{key}_{secret}"

    def revoke(self, name: str) -> StoredToken | None:
        """Take the token of that name out; gives it, if there was one.

        Raises:
            TokenFileError: The file cannot be used.
        """
        with self._changing() as tokens:
            found = next((token for token in tokens if token.grant.name == name), None)
            if found is not None:
                tokens.remove(found)
        return found

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[StoredToken]]:
        """The tokens, which are written when the block has changed them."""
        tokens = self.read()
        before = list(tokens)
        yield tokens
        if tokens != before:
            try:
                self._write(tokens)
            except OSError as error:
                message = f"the tokens in {self.path} cannot be written: {error.strerror}"
                raise TokenFileError(message) from error

    def _write(self, tokens: Sequence[StoredToken]) -> None:
        """Write all at once: a server that reads meanwhile sees the old ones or the new ones."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {"version": _VERSION, "tokens": [token.to_json() for token in tokens]}
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        draft.touch(mode=0o600)
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
