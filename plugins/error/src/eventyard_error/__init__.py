"""Errors of agents, plugins and the server, on the namespace ``/errors``."""

from eventyard_error.namespace import ErrorNamespace
from eventyard_error.plugin import ErrorPlugin

__all__ = ["ErrorNamespace", "ErrorPlugin"]
