"""Looking for what keeps events from being seen: this machine, its settings, its plugins, its server."""

from eventyard.diagnosis.connections import look_at_connections
from eventyard.diagnosis.data_directory import look_at_data_directory
from eventyard.diagnosis.installation import look_at_installation
from eventyard.diagnosis.plugins import look_at_plugins
from eventyard.diagnosis.round_trip import look_at_round_trip
from eventyard.diagnosis.running_server import asks_for_token, look_at_server
from eventyard.diagnosis.settings import look_at_settings

__all__ = [
    "asks_for_token",
    "look_at_connections",
    "look_at_data_directory",
    "look_at_installation",
    "look_at_plugins",
    "look_at_round_trip",
    "look_at_server",
    "look_at_settings",
]
