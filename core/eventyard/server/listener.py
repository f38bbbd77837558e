"""The sockets that the server listens on."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Sequence
from typing import Final

from eventyard.errors import AddressInUse, SettingsError

__all__ = ["BACKLOG", "open_sockets", "stop_listening"]

#: How many connections may wait to be accepted.
BACKLOG: Final = 1024


async def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for all addresses of ``host``, with one port.

    ``localhost`` is 127.0.0.1 and ::1 on most machines, and browsers try either. Port 0 takes a free one.
    The port is never shared with another process (``SO_REUSEPORT``): the kernel would split the clients between them.

    Raises:
        AddressInUse: Another process listens there.
        SettingsError: The host is unknown, or the address cannot be bound.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        message = f"host {host!r} cannot be resolved: {error.strerror}"
        raise SettingsError(message) from error
    # IPv4 first, so that it decides a free port.
    addresses = sorted(dict.fromkeys((family, sockaddr) for family, *_, sockaddr in found), key=lambda each: each[0])
    opened: list[socket.socket] = []
    try:
        for family, (address, _, *scope) in addresses:
            bound = _listen(family, (address, port, *scope))
            if bound is not None:
                opened.append(bound)
                port = bound.getsockname()[1]
    except OSError as error:
        for each in opened:
            each.close()
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} of {host} is taken"
            raise AddressInUse(message) from error
        message = f"cannot listen on {host} port {port}: {error.strerror}"
        raise SettingsError(message) from error
    if not opened:
        message = f"host {host!r} has no address on this machine"
        raise SettingsError(message)
    return opened


async def stop_listening(servers: Sequence[asyncio.Server]) -> None:
    """Take no more connections; each that was accepted has its protocol when this gives back.

    asyncio gives a connection its transport one turn of the loop after it was accepted, and its protocol one turn
    later; a server that is closed in between loses it (https://github.com/python/cpython/issues/109564).
    """
    loop = asyncio.get_running_loop()
    # Where the loop accepts by other means, this takes nothing away.
    with contextlib.suppress(NotImplementedError):
        for each in servers:
            for listening in each.sockets:
                loop.remove_reader(listening)
    for _ in range(2):
        await asyncio.sleep(0)
    for each in servers:
        each.close()


def _listen(family: int, sockaddr: tuple[object, ...]) -> socket.socket | None:
    """A listening socket; ``None`` where the machine does not have the address."""
    try:
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(sockaddr)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    bound.setblocking(False)
    return bound
