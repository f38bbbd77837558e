"""Schema files as they were in a revision of a Git repository."""

import subprocess
from collections.abc import Iterator
from typing import Final

from eventyard.errors import SchemaError
from eventyard.schemas.files import SchemaFile, is_schema_name, parse_schema

__all__ = ["PREFIX", "read_revision"]

#: What the name of a file or folder in a revision begins with: ``git:main:schemas``.
PREFIX: Final = "git:"

#: How many seconds ``git`` may take.
_PATIENCE: Final = 60


def read_revision(name: str) -> Iterator[SchemaFile]:
    """The schema in the file ``git:<revision>:<path>``, or all in that folder; see :func:`.files.read_schemas`.

    Args:
        name: The path is relative to the working directory, as with a file outside Git.

    Raises:
        SchemaError: There is no such revision, file or folder, or the folder has no schema.
    """
    revision, colon, path = name.removeprefix(PREFIX).partition(":")
    if not revision or revision.startswith("-") or not colon or not path:
        message = f"{name} is expected to be git:<revision>:<path>, as in git:main:schemas"
        raise SchemaError(message)
    # A name that begins with a colon would be a pattern.
    listed = _git(name, "ls-tree", "-r", "-z", "--name-only", revision, "--", f"./{path}").decode().split("\0")
    paths = [each for each in listed if each]
    is_file = len(paths) == 1 and paths[0].rstrip("/") == path.removeprefix("./").rstrip("/")
    found = paths if is_file else sorted(filter(is_schema_name, paths))
    if not found:
        message = f"there is no schema at {name}"
        raise SchemaError(message)
    for each in found:
        content = _git(name, "cat-file", "blob", f"{revision}:./{each}")
        folder, _, file = f"/{each}".rpartition("/")
        yield parse_schema(
            f"{PREFIX}{revision}:{each}", content, (folder.rpartition("/")[2], file.removesuffix(".json"))
        )


def _git(name: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and no argument that git could take for an option
            ["git", *arguments],  # noqa: S607  # whichever git the person uses
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{name} cannot be read: git cannot be run: {error}"
        raise SchemaError(message) from error
    if done.returncode:
        message = f"{name} cannot be read: {done.stderr.decode(errors='replace').strip()}"
        raise SchemaError(message)
    return done.stdout
