"""Which ``Host`` a request may name.

A web page of an attacker can have its own name resolve to 127.0.0.1 (DNS rebinding) and is then same-origin with a
local server. The name in ``Host`` gives it away.
"""

import ipaddress
from collections.abc import Iterable
from typing import Final

__all__ = ["HostAllowList", "host_name", "is_loopback"]

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class HostAllowList:
    """The host names under which the server answers; ports do not matter."""

    def __init__(self, bind: str, extra: Iterable[str]) -> None:
        """Allow loopback names, the address ``bind`` that the server listens on, and ``extra``."""
        names = {bind.lower(), *(name.lower() for name in extra)}
        self._names = _LOOPBACK_NAMES | names | {f"[{name}]" for name in names if ":" in name and name[0] != "["}

    def allows(self, host: str | None) -> bool:
        """Whether a request with the header ``Host: <host>`` is answered."""
        return host is not None and host_name(host) in self._names


def host_name(host: str) -> str:
    """The name in a ``Host`` header, in lower case, without the port."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[: name.find("]") + 1]
    return name.partition(":")[0]


def is_loopback(address: str) -> bool:
    """Whether only programs on this machine reach a server that binds ``address``."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
