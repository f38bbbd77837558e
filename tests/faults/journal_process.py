"""A journal in a process of its own: what happens to the disk or to the process happens to nothing else."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

__all__ = ["Died", "JournalProcess"]

_PROGRAM: Final = Path(__file__).with_name("journal_program.py")


class Died(Exception):
    """The process has ended; the message is what it said of the reason."""


class JournalProcess:
    """A process that has opened the journal of a directory.

    Attributes:
        epoch: Of the journal.
    """

    def __init__(
        self, data_dir: Path, environment: Mapping[str, str], *, capacity: int = 1_000_000, durability: str = "full"
    ) -> None:
        """Open the journal in ``data_dir``, which keeps ``capacity`` events with a ``durability``.

        Raises:
            Died: It has ended before it was open.
        """
        self._process = subprocess.Popen(
            [sys.executable, _PROGRAM, data_dir, str(capacity), durability],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment},
        )
        try:
            answer = self._answer()
            if "refused" in answer:
                raise Died(answer["refused"])
            self.epoch: str = answer["epoch"]
        except BaseException:
            self.kill()
            raise

    def append(self, identities: Sequence[str], size: int = 10) -> list[int] | None:
        """Append events, each with ``size`` characters; gives their offsets, or ``None`` when they were refused.

        Raises:
            Died: It has ended before it answered.
        """
        answer = self._ask({"append": identities, "size": size})
        return None if isinstance(answer, dict) else answer

    def refusal(self, identity: str, size: int) -> str:
        """Why an event with ``size`` characters cannot be appended."""
        answer: dict[str, str] = self._ask({"append": [identity], "size": size})
        return answer["refused"]

    def read(self, after: int = 0) -> dict[str, Any]:
        """The ``offsets`` and ``holes`` behind an offset, as a client would get them; or why they are ``refused``."""
        answer: dict[str, Any] = self._ask({"after": after})
        return answer

    def report(self) -> dict[str, Any]:
        """What the file has: the ``head``, and by id the offsets of what is ``kept`` and ``known``."""
        answer: dict[str, Any] = self._ask({})
        return answer

    def close(self) -> None:
        """Have it close the journal.

        Raises:
            Died: It was killed meanwhile.
        """
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._process.wait() != 0:
            raise Died

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            # What it did not take any more is lost with it.
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _ask(self, command: object) -> Any:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Died from None
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Died
        return json.loads(line)
