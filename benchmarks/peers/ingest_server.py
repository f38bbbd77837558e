"""A bare aiohttp handler that parses what comes by ``POST /v1/events``, and answers: the least that an intake costs."""

import asyncio

import orjson
import uvloop
from aiohttp import web


async def publish(request: web.Request) -> web.Response:
    """Parse the body, and forget it."""
    body = orjson.loads(await request.read())
    count = len(body) if isinstance(body, list) else 1
    return web.Response(status=202, body=b'{"accepted":%d,"rejected":0}' % count)


async def main() -> None:
    """Serve until the process is ended."""
    application = web.Application(client_max_size=16 * 1024 * 1024)
    application.router.add_post("/v1/events", publish)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(main())
