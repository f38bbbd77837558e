"""One thing that is measured, and where it is measured."""

import contextlib
import gc
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

from benchmarks.contenders import Contender, Installation
from benchmarks.measurement import Figures
from benchmarks.server import SERVER_CORE, ServerProcess

__all__ = ["Bench", "Case", "Incorrect", "undisturbed"]


class Incorrect(Exception):
    """A server did not do what it was measured at; its figures would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that is measured, at one server.

    Attributes:
        name: Scenario, parameters and contender, with slashes between them.
        run: Measures it once.
        contender: The server.
        quick: Whether it belongs to a quick run.
        once: Whether it is measured once instead of several times, since it takes long and varies little.
        slow: Whether it is measured only when it is asked for.
    """

    name: str
    run: Callable[["Bench"], Coroutine[None, None, Figures]]
    contender: Contender
    quick: bool = False
    once: bool = False
    slow: bool = False


@dataclass
class Bench:
    """Where cases are measured.

    Attributes:
        installation: Where the programs are.
        seconds: How long each case is measured, after a warm-up.
        pinned: Whether servers run on a core of their own.
    """

    installation: Installation
    seconds: float
    pinned: bool
    _folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextlib.contextmanager
    def open(cls, installation: Installation, seconds: float, *, pinned: bool) -> Iterator[Self]:
        """A bench with a folder for the servers' state, which is removed at the end."""
        with tempfile.TemporaryDirectory(prefix="eventyard-bench-") as folder:
            yield cls(installation, seconds, pinned, Path(folder))

    @property
    def warm_up(self) -> float:
        """Seconds before a measurement begins."""
        return min(1.0, self.seconds / 2)

    def new_folder(self) -> Path:
        """A path at which there is nothing yet; what is put there is removed at the end."""
        return self._folder / str(next(self._numbers))

    @contextlib.asynccontextmanager
    async def server(
        self,
        contender: Contender,
        settings: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> AsyncIterator[ServerProcess]:
        """A fresh server with no state, which is stopped at the end.

        Args:
            contender: Which one.
            settings: Of Eventyard, by their keys.
            environment: Further environment variables.
        """
        folder = self.new_folder()
        command = contender.command(folder, self.installation, settings or {})
        core = SERVER_CORE if self.pinned else None
        # Some put files there.
        environment = {"HOME": str(folder), **(environment or {})}
        server = await ServerProcess.start(command, folder, core=core, environment=environment)
        try:
            yield server
        finally:
            await server.stop()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection in the load generator meanwhile: it would count as the server's latency."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
