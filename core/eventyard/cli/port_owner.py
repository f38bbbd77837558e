"""Who listens at an address that we cannot have."""

import psutil

from eventyard.server import probe

__all__ = ["port_owner"]


def port_owner(host: str, port: int) -> str:
    """Who listens at ``port`` of ``host``, as the end of a sentence."""
    health = probe(host, port)
    if health is not None:
        return f"an Eventyard {health.get('version', '')} that runs already (process {health['pid']})"
    try:
        owners = {
            connection.pid
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
            and connection.pid
        }
        names = [f"{psutil.Process(pid).name()} (process {pid})" for pid in sorted(owners)]
    except psutil.Error:
        names = []
    return " and ".join(names) or "another program"
