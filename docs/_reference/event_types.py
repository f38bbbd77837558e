"""The page about the event types in the box: what ``eventyard schema docs`` makes."""

from eventyard.catalogue import Catalogue, markdown_page
from eventyard.plugins import BUNDLED, PluginManager, discover
from eventyard.settings import Settings

__all__ = ["page"]


def page() -> str:
    """The page, without what other plugins bring that happen to be installed."""
    bundled = [plugin.name for plugin, _ in discover() if plugin.distribution.name in BUNDLED]
    return markdown_page(Catalogue.of(PluginManager.load(Settings().with_changes(plugins={"only": bundled}))))
