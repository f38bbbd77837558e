"""Who is let in, and to what: host names, web origins, tokens."""

from eventyard.access.credentials import Credentials
from eventyard.access.grant import EVERYTHING, Grant, Scope
from eventyard.access.hosts import HostAllowList, is_loopback
from eventyard.access.json_web_tokens import JsonWebTokens
from eventyard.access.origins import Origin, Origins
from eventyard.access.rate_limit import RateLimit, SenderLimits, client_name
from eventyard.access.token_file import StoredToken, TokenFile

__all__ = [
    "EVERYTHING",
    "Credentials",
    "Grant",
    "HostAllowList",
    "JsonWebTokens",
    "Origin",
    "Origins",
    "RateLimit",
    "Scope",
    "SenderLimits",
    "StoredToken",
    "TokenFile",
    "client_name",
    "is_loopback",
]
