"""Plugins: found, checked, owned, and resolved into the calls of each event type."""

from eventyard.plugins.calls import HookCall, HookFault, first_result
from eventyard.plugins.chains import STAGE_HOOKS, Chain
from eventyard.plugins.distribution import BUNDLED, CORE, Distribution
from eventyard.plugins.installed import InstalledPlugin, PluginStatus
from eventyard.plugins.manager import PluginManager
from eventyard.plugins.ownership import OwnedType

__all__ = [
    "BUNDLED",
    "CORE",
    "STAGE_HOOKS",
    "Chain",
    "Distribution",
    "HookCall",
    "HookFault",
    "InstalledPlugin",
    "OwnedType",
    "PluginManager",
    "PluginStatus",
    "first_result",
]
