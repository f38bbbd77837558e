"""The Socket.IO server of claude-mpm, as its own launcher starts it; run by an interpreter that has it installed."""

import logging
import socket
import threading
from importlib import import_module

# By default it logs every event several times.
logging.disable(logging.CRITICAL)


def main() -> None:
    """Serve until the process is ended."""
    package = import_module("claude_mpm.services.socketio.server.main")
    # It has to be told a port, and shares one that is taken without a word.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = package.SocketIOServer("127.0.0.1", port)
    server.start_sync()
    print(f"http://127.0.0.1:{port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
