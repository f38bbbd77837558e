"""Who is let in: host names, web origins and credentials."""

from eventyard.access.credentials import Credentials
from eventyard.access.hosts import HostAllowList, is_loopback
from eventyard.access.origins import Origin, Origins

__all__ = ["Credentials", "HostAllowList", "Origin", "Origins", "is_loopback"]
