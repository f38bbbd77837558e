"""One checked, immutable object with everything that can be set, and where each value comes from."""

from eventyard.settings.address import ServerAddress, server_address
from eventyard.settings.loader import LoadedSettings, load_settings
from eventyard.settings.origin import Layer, Origin
from eventyard.settings.problem import InvalidSettings, Problem
from eventyard.settings.regular_expression import objection_to
from eventyard.settings.secrets import masked
from eventyard.settings.settings import (
    DeliverySettings,
    JournalSettings,
    JwtSettings,
    PluginSelection,
    RedactionSettings,
    Settings,
    ValidationSettings,
)

__all__ = [
    "DeliverySettings",
    "InvalidSettings",
    "JournalSettings",
    "JwtSettings",
    "Layer",
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
