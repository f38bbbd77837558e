"""Every bundled plugin works with the core and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from eventyard import AsyncServer

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

PLUGINS = ["agent", "error", "file", "session", "system", "tool"]


@pytest.mark.parametrize("name", PLUGINS)
async def test_the_examples_of_its_types_flow(start_server: StartServer, connect: Connect, name: str) -> None:
    """The server has no other plugin to tell of errors or clients, and does without."""
    server = await start_server(plugins={"only": [name]})
    (namespace,) = server.namespaces
    client = await connect(server, namespace)
    for event_type, owned in server.plugins.types.items():
        for data in owned.examples:
            event = {"type": event_type, "source": "/example", "session": "s1", "agent": "a1", "data": data}
            (outcome,) = await server.publish(event)
            assert (outcome.status, outcome.issues) == ("accepted", ())
        received = await client.wait(event_type, len(owned.examples))
        assert [each["data"].items() >= data.items() for each, data in zip(received, owned.examples, strict=False)]
    (refused,) = await server.publish({"type": "no_such_type", "source": "/example", "data": {}})
    assert refused.status == "rejected"
    assert (await client.call("get_state"))["snapshot"]
    assert server.metrics.to_json()["eventyard_hook_errors"]["samples"] == []
