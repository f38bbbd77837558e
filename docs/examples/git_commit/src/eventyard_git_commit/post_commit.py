"""The command ``eventyard-git-commit``: what the hook ``post-commit`` of a repository calls.

A commit must never fail or wait for it, so it gives up after two seconds, and says why only when asked to.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from typing import Any, Final
from urllib.request import Request, urlopen

__all__ = ["last_commit", "main"]

_SECONDS: Final = 2

#: What ``git show`` is asked for, a line each; the summary stands last, because it may be empty.
_FORMAT: Final = "%H%n%P%n%an%n%aI%n%s"


def main() -> None:
    """Post the last commit of the repository in the working directory."""
    parser = argparse.ArgumentParser(prog="eventyard-git-commit", description=main.__doc__)
    address = os.environ.get("EVENTYARD_URL", "http://localhost:8765")
    parser.add_argument("--url", default=address, help="address of the server [%(default)s], or EVENTYARD_URL")
    parser.add_argument("--verbose", action="store_true", help="say what went wrong, and end with 1 then")
    arguments = parser.parse_args()
    try:
        post(last_commit(), arguments.url, os.environ.get("EVENTYARD_TOKEN"))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        if arguments.verbose:
            sys.exit(f"eventyard-git-commit: {error}")


def post(event: dict[str, Any], url: str, token: str | None) -> None:
    """Send ``event`` to the server at ``url``.

    Raises:
        OSError: It cannot be reached, or refuses the event.
        ValueError: ``url`` is no HTTP address.
    """
    if not url.startswith(("http://", "https://")):
        message = f"expected an address like http://localhost:8765, got {url!r}"
        raise ValueError(message)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(url.rstrip("/") + "/v1/events", json.dumps(event).encode(), headers)  # noqa: S310 - it is HTTP
    with urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
        pass


def last_commit() -> dict[str, Any]:
    """The ``git_commit`` event of the last commit in the working directory.

    Raises:
        SubprocessError: There is none, or git failed.
        OSError: There is no git.
    """
    repository = _git("rev-parse", "--show-toplevel").strip()
    sha, parents, author, time, summary = _git("show", "--no-patch", f"--format={_FORMAT}").split("\n", 4)
    # Of a merge, too, what it changes in the branch that was checked out.
    changes = _git("show", "--format=", "--shortstat", "--diff-merges=first-parent")
    branch = _git("branch", "--show-current").strip()
    data: dict[str, Any] = {
        "repository": repository,
        "sha": sha,
        "summary": summary.strip()[:1024],
        "author": author[:256],
        "parents": parents.split()[:64],
        "files_changed": _count("file", changes),
        "insertions": _count("insertion", changes),
        "deletions": _count("deletion", changes),
    }
    if branch:
        data["branch"] = branch
    # The same commit in the same folder is the same event, however often it is told.
    return {"type": "git_commit", "source": "/git", "id": sha, "time": time, "data": data}


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    # Messages of git in the language of its developers, whatever the user's is: they are read here.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0"}
    done = subprocess.run(  # noqa: S603 - no shell, no foreign arguments
        command, capture_output=True, check=True, encoding="utf-8", errors="replace", env=environment, timeout=_SECONDS
    )
    return done.stdout


def _count(what: str, changes: str) -> int:
    found = re.search(rf"(\d+) {what}", changes)
    return int(found[1]) if found else 0
