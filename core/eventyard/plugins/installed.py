"""A plugin as the manager knows it, whether it works or not."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from eventyard.plugins.distribution import Distribution

__all__ = ["InstalledPlugin", "PluginStatus"]


class PluginStatus(StrEnum):
    """Whether a plugin takes part."""

    ACTIVE = "active"
    #: Left out by ``--disable``, ``--only`` or ``--no-third-party``.
    DISABLED = "disabled"
    #: Failed to import or to register, or kept raising while running.
    QUARANTINED = "quarantined"


@dataclass(slots=True, eq=False)
class InstalledPlugin:
    """A plugin as the manager knows it, whether it works or not.

    Attributes:
        name: Name of its entry point, by which the user disables, requires and configures it.
        distribution: The distribution that brought it.
        target: What the entry point names, for example ``eventyard_tool:ToolPlugin``.
        plugin: The plugin object; ``None`` while it is not loaded.
        status: Whether it takes part.
        reason: Why it does not.
        types: Names of the event types that it owns.
        namespaces: Namespaces whose handler it ships.
        hooks: Names of the hooks that it implements, in the order of the specification.
        applies_to: Its ``applies_to``, as it was when the plugin was registered: which events its stage hooks are
            called for.
        errors: How many calls of each hook raised.
    """

    name: str
    distribution: Distribution
    target: str
    plugin: object | None = None
    status: PluginStatus = PluginStatus.ACTIVE
    reason: str | None = None
    types: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    applies_to: Literal["*"] | tuple[str, ...] | None = None
    errors: dict[str, int] = field(default_factory=dict)

    def quarantine(self, reason: str) -> None:
        """Take the plugin out, with the reason that ``plugins list`` and ``/health`` show."""
        self.status = PluginStatus.QUARANTINED
        self.reason = reason

    def to_json(self) -> dict[str, object]:
        """The plugin as a JSON object for listings."""
        return {
            "name": self.name,
            "distribution": self.distribution.name,
            "version": self.distribution.version,
            "status": self.status.value,
            "reason": self.reason,
            "types": list(self.types),
            "namespaces": list(self.namespaces),
            "hooks": list(self.hooks),
            "target": self.target,
            "errors": dict(self.errors),
        }
