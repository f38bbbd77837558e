"""The plugin does what is demanded of every plugin."""

from eventyard.testing import PluginConformance
from eventyard_webhook import WebhookPlugin


class TestConformance(PluginConformance):
    plugin = WebhookPlugin
