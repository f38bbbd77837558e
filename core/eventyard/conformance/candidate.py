"""A plugin that is to be checked, and how it is loaded for that."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from eventyard.conformance.companions import companions_of
from eventyard.conformance.evidence import Evidence
from eventyard.errors import EventyardError, PluginError
from eventyard.plugins import Distribution, InstalledPlugin, PluginManager, discover
from eventyard.plugins.calls import contained
from eventyard.plugins.contract import instance_of
from eventyard.plugins.distribution import EMBEDDED, normalized
from eventyard.server import AsyncServer
from eventyard.settings import Settings
from eventyard.spelling import did_you_mean

__all__ = ["Candidate", "Unloadable"]

T = TypeVar("T")

#: Failures are to be told, not to end in a quarantine.
_MANY_FAILURES: Final = 1_000_000

#: More than any event that a schema may reasonably allow.
_MANY_BYTES: Final = 16_777_216


class Unloadable(Exception):
    """A plugin cannot be loaded, so that nothing else can be said of it."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A plugin that is to be checked.

    Attributes:
        name: Its name.
        distribution: What brought it; :data:`EMBEDDED` for a class that no installed distribution announces.
        create: Makes the plugin object; ``None`` for an installed plugin, which is loaded as every server loads it.
        evidence: What its author says besides.
    """

    name: str
    distribution: Distribution
    create: Callable[[], object] | None = None
    evidence: Evidence = field(default_factory=Evidence)

    def __str__(self) -> str:
        return f"plugin {self.name}" + ("" if self.create else f" ({self.distribution})")

    @classmethod
    def of(cls, plugin: Any, evidence: Evidence) -> "Candidate":
        """The candidate for a plugin class or object; the installed plugin, where a distribution announces it."""
        own = plugin if inspect.isclass(plugin) else type(plugin)
        for installed, entry_point in discover():
            # Only what may be it is imported.
            if entry_point.module.partition(".")[0] == own.__module__.partition(".")[0]:
                try:
                    announced = entry_point.load()
                except contained():
                    continue
                if announced is plugin:
                    return cls(name=installed.name, distribution=installed.distribution, evidence=evidence)
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", own.__name__.removesuffix("Plugin") or own.__name__)
        return cls(name=words.lower(), distribution=EMBEDDED, create=lambda: instance_of(plugin), evidence=evidence)

    @classmethod
    def named(cls, name: str, evidence: Evidence) -> list["Candidate"]:
        """The plugins of the installed distribution ``name``, or the installed plugin of that name.

        Raises:
            PluginError: There is neither.
        """
        wanted = normalized(name)
        installed = [plugin for plugin, _ in discover()]
        found = [each for each in installed if wanted == each.distribution.name]
        found = found or [each for each in installed if wanted == normalized(each.name)]
        if not found:
            message = f"no installed distribution {name!r} announces a plugin, and no plugin has this name"
            known = [known for each in installed for known in (each.distribution.name, each.name)]
            raise PluginError(message + did_you_mean(name, known))
        return [cls(name=each.name, distribution=each.distribution, evidence=evidence) for each in found]

    @cached_property
    def companions(self) -> tuple[str, ...]:
        """The installed plugins that it is loaded with, because it has to do with their event types."""
        alone = self.load([])
        return companions_of(self.among(alone), alone)

    def among(self, plugins: PluginManager) -> InstalledPlugin:
        """The candidate as ``plugins``, which loaded it, know it."""
        return next(each for each in plugins.plugins if each.name == self.name)

    def load(self, companions: Iterable[str] | None = None) -> PluginManager:
        """Load it anew.

        Args:
            companions: The installed plugins that are loaded with it; :attr:`companions`, when omitted.

        Raises:
            Unloadable: It cannot.
        """
        return self._made(PluginManager.load, self.companions if companions is None else companions)

    def serve(self) -> AsyncServer:
        """A new server with it and its companions, not yet started.

        Raises:
            Unloadable: It cannot.
        """
        return self._made(AsyncServer, self.companions)

    def _made(self, make: Callable[[Settings, dict[str, object]], T], companions: Iterable[str]) -> T:
        wanted = {*companions, *([] if self.create else [self.name])}
        settings = Settings().with_changes(
            port=0,
            max_event_size=_MANY_BYTES,
            journal={"durability": "memory"},
            plugins={
                "disable": [plugin.name for plugin, _ in discover() if plugin.name not in wanted],
                "required": [] if self.create else [self.name],
                "max_failures": _MANY_FAILURES,
            },
            plugin={self.name: dict(self.evidence.settings)} if self.evidence.settings else {},
        )
        try:
            return make(settings, {self.name: self.create()} if self.create else {})
        except EventyardError as error:
            raise Unloadable(str(error)) from error
        except contained() as error:
            message = f"{self}: {type(error).__name__}: {error}"
            raise Unloadable(message) from error
