"""A bare python-socketio server on aiohttp: what comes by ``POST /v1/events`` is emitted, and nothing else is done.

It has the fastest parts that it can have: orjson for JSON, uvloop as the event loop.
"""

import asyncio
from typing import Any

import orjson
import socketio
import uvloop
from aiohttp import web

#: Where events of other types than those of tools go.
NAMESPACES = {"file_operation": "/files", "connection_status": "/system"}
TOOLS = "/tools"


class Json:
    """orjson as python-socketio wants a JSON module to be."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """``value`` as JSON."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """The value of a JSON text."""
        return orjson.loads(text)


async def main() -> None:
    """Serve until the process is ended."""
    server = socketio.AsyncServer(async_mode="aiohttp", json=Json, namespaces=[TOOLS, *NAMESPACES.values()])

    async def publish(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        events = body if isinstance(body, list) else [body]
        for event in events:
            await server.emit(event["type"], event, namespace=NAMESPACES.get(event["type"], TOOLS))
        return web.Response(status=202, body=b'{"accepted":%d,"rejected":0}' % len(events))

    application = web.Application(client_max_size=16 * 1024 * 1024)
    application.router.add_post("/v1/events", publish)
    server.attach(application)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(main())
