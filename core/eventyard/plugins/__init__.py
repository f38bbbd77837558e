"""Plugins: found, checked, owned, and resolved into the calls of each event type."""

from eventyard.plugins.calls import HookCall, HookFault, first_result
from eventyard.plugins.chains import STAGE_HOOKS, Chain
from eventyard.plugins.discovery import discover
from eventyard.plugins.distribution import BUNDLED, CORE, Distribution
from eventyard.plugins.installed import InstalledPlugin, PluginStatus
from eventyard.plugins.manager import PluginManager
from eventyard.plugins.ownership import OwnedType
from eventyard.plugins.provenance import Provenance
from eventyard.plugins.type_version import TypeVersion
from eventyard.plugins.upcasting import UpcastError, UpcastStep

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
    "Provenance",
    "TypeVersion",
    "UpcastError",
    "UpcastStep",
    "discover",
    "first_result",
]
