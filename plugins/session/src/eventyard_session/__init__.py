"""Agent sessions, and whether they work, wait, are idle or have ended, on the namespace ``/sessions``."""

from eventyard_session.namespace import SessionNamespace
from eventyard_session.plugin import SessionPlugin

__all__ = ["SessionNamespace", "SessionPlugin"]
