"""The URL of a server."""

from urllib.parse import SplitResult, urlsplit

from eventyard.client.errors import Unreachable

__all__ = ["server_url"]


def server_url(url: str) -> SplitResult:
    """Take ``url`` apart, without the slash at its end.

    Raises:
        Unreachable: It is no HTTP URL.
    """
    try:
        parts = urlsplit(url.rstrip("/"))
        _ = parts.port
    except ValueError as error:
        message = f"{url} is no URL: {error}"
        raise Unreachable(message) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"{url} is no URL of a server; expected one like http://127.0.0.1:8765"
        raise Unreachable(message)
    return parts
