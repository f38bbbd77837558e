"""One checked, immutable object with everything that can be set, and where each value comes from."""

from eventyard.settings.address import ServerAddress, server_address
from eventyard.settings.groups import (
    DeliverySettings,
    JournalSettings,
    JwtSettings,
    LimitSettings,
    PluginSelection,
    RedactionSettings,
    ValidationSettings,
)
from eventyard.settings.loader import LoadedSettings, load_settings
from eventyard.settings.origin import Layer, Origin
from eventyard.settings.problem import InvalidSettings, Problem
from eventyard.settings.regular_expression import objection_to
from eventyard.settings.secrets import masked
from eventyard.settings.settings import Settings

__all__ = [
    "DeliverySettings",
    "InvalidSettings",
    "JournalSettings",
    "JwtSettings",
    "Layer",
    "LimitSettings",
    "LoadedSettings",
    "Origin",
    "PluginSelection",
    "Problem",
    "RedactionSettings",
    "ServerAddress",
    "Settings",
    "ValidationSettings",
    "load_settings",
    "masked",
    "objection_to",
    "server_address",
]
