"""A sink that posts events to webhooks."""

from eventyard_webhook.plugin import WebhookPlugin

__all__ = ["WebhookPlugin"]
