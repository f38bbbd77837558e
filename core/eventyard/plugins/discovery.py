"""Which plugins are installed and which of them the user wants."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from eventyard.errors import OwnershipError, PluginError
from eventyard.hooks import ENTRY_POINT_GROUP
from eventyard.plugins.distribution import BUNDLED, Distribution
from eventyard.plugins.installed import InstalledPlugin, PluginStatus
from eventyard.settings import PluginSelection
from eventyard.spelling import did_you_mean

__all__ = ["discover", "select"]


def discover() -> list[tuple[InstalledPlugin, EntryPoint]]:
    """The plugins that installed distributions announce, by distribution and entry-point name.

    pluggy's own loader is not used: it stops at the first plugin that cannot be imported, takes the file system's
    order, and passes over a second distribution with the same entry-point name without a word.

    Raises:
        OwnershipError: Two distributions announce plugins of one name.
    """
    found: dict[str, tuple[InstalledPlugin, EntryPoint]] = {}
    # A distribution may be visible twice on sys.path, for example from a source tree and its editable install.
    announced = {(Distribution.of(point), point.name, point.value): point for point in _entry_points()}
    for (distribution, name, value), point in sorted(announced.items(), key=lambda item: item[0]):
        if name in found:
            first = found[name][0].distribution
            message = f"two distributions announce a plugin {name!r}: {first} and {distribution}; uninstall one of them"
            raise OwnershipError(message)
        found[name] = InstalledPlugin(name, distribution, value), point
    return list(found.values())


def _entry_points() -> Iterable[EntryPoint]:
    return entry_points(group=ENTRY_POINT_GROUP)


def select(plugins: Iterable[InstalledPlugin], selection: PluginSelection) -> None:
    """Mark as disabled what the user left out.

    Raises:
        PluginError: ``only``, ``disable`` or ``required`` name a plugin that is not installed, or a required one is
            left out.
    """
    by_name = {plugin.name: plugin for plugin in plugins}
    for key in ("only", "disable", "required"):
        for name in getattr(selection, key):
            if name not in by_name:
                message = f"plugins.{key} names {name!r}, but no installed distribution announces that plugin"
                raise PluginError(message + did_you_mean(name, by_name))
    for plugin in by_name.values():
        if plugin.name in selection.disable:
            reason = "named by plugins.disable"
        elif selection.only and plugin.name not in selection.only:
            reason = "not named by plugins.only"
        elif not selection.third_party and plugin.distribution.name not in BUNDLED:
            reason = f"{plugin.distribution.name} is a third party's, and plugins.third_party is off"
        else:
            continue
        if plugin.name in selection.required:
            message = f"plugin {plugin.name!r} ({plugin.distribution}) is required, but left out: {reason}"
            raise PluginError(message)
        plugin.status, plugin.reason = PluginStatus.DISABLED, reason
