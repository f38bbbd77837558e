"""The event type of commits, and the namespace ``/git``.

Nothing is imported here: the command behind each commit must not load a server.
"""

__all__: list[str] = []
