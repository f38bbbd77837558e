"""Uses the plugins of the examples, whichever version of them is installed; prints what it sees."""

import asyncio
import json

import aiohttp
import socketio
from aiohttp import web
from eventyard import AsyncServer, Settings

SHA = "c0ffee254729296a45a3885639ac7e10f9d54979"
CALL = {
    "type": "tool_start",
    "source": "/smoke",
    "id": "t1",
    "session": "s1",
    "data": {"tool": "Bash", "input": {"command": "git commit"}, "cwd": "/shop"},
}
COMMIT = {
    "type": "git_commit",
    "source": "/git",
    "id": SHA,
    "data": {"repository": "/shop", "sha": SHA, "summary": "Round half to even"},
}
HOOK = {
    "hook_event_name": "PreToolUse",
    "session_id": "c1",
    "tool_name": "Bash",
    "tool_use_id": "call_1",
    "tool_input": {"command": "ls"},
}


async def main() -> None:
    """Start a server with the installed plugins, and a receiver of webhooks."""
    received = asyncio.Queue[str]()

    async def take(request: web.Request) -> web.Response:
        await received.put((await request.json())["type"])
        return web.Response(status=204)

    application = web.Application()
    application.router.add_post("/hook", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0)
    await site.start()
    table = {"endpoints": [{"url": f"http://localhost:{runner.addresses[0][1]}/hook", "types": ["git_commit"]}]}
    settings = Settings().with_changes(port=0, journal={"durability": "memory"}, plugin={"webhook": table})
    async with AsyncServer(settings) as server, aiohttp.ClientSession(server.url) as http:
        outcomes = await server.publish(CALL, COMMIT)
        async with http.post("/v1/hooks/codex", json=HOOK) as response:
            status = response.status
        async with socketio.AsyncSimpleClient() as client:
            await client.connect(server.url, namespace="/git")
            state = (await client.call("get_state"))["snapshot"]
        async with http.get("/v1/streams/tools/events?session=c1") as response:
            tools = (await response.json())["events"]
        async with asyncio.timeout(10):
            posted = await received.get()
        async with http.get("/health") as response:
            health = await response.json()
        seen = {
            "active": sorted(plugin["name"] for plugin in health["plugins"] if plugin["status"] == "active"),
            "outcomes": [outcome.status for outcome in outcomes],
            "committed by": [each["session"] for each in state["repositories"]["/shop"]["recent"]],
            "codex": [status, *(event["data"]["tool"] for event in tools)],
            "posted": posted,
            "failed calls": server.metrics.to_json()["eventyard_hook_errors"]["samples"],
        }
    await runner.cleanup()
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
