"""The server that runs, or does not."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from eventyard import __version__
from eventyard.client.errors import ClientError, Unreachable
from eventyard.client.http_client import Answer, HttpClient
from eventyard.hooks import Finding
from eventyard.server import is_health
from eventyard.settings import ServerAddress

__all__ = ["asks_for_token", "look_at_server"]


def look_at_server(address: ServerAddress) -> Iterator[Finding]:
    """Whether one runs at ``address``, how it is, and whether it lets us in; a problem means that it cannot be used."""
    try:
        with closing(HttpClient(address.url, address.token or None, timeout=5)) as client:
            health = client.get("/health")
            if not is_health(health.body):
                text = f"something else than Eventyard answers at {address.url}: {health.explanation}"
                yield Finding("problem", text, "serve on another --port, or name the right --url")
                return
            yield from _health(address, health.body)
            yield from _entrance(client.get("/v1/streams"))
    except Unreachable as error:
        yield Finding("problem", str(error), "start it: eventyard serve")
    except ClientError as error:
        yield Finding("problem", str(error))


def asks_for_token(address: ServerAddress) -> bool:
    """Whether the server at ``address`` lets nobody in without a token; where none answers, whether we have one."""
    try:
        with closing(HttpClient(address.url, timeout=5)) as client:
            return client.get("/v1/streams").status == 401
    except ClientError:
        return bool(address.token)


def _health(address: ServerAddress, health: Mapping[str, Any]) -> Iterator[Finding]:
    yield Finding("ok", f"Eventyard {health.get('version')} runs at {address.url}, for {_span(health['uptime'])}")
    if health.get("version") != __version__:
        yield Finding("warning", f"it is another version than the one installed here, {__version__}", "start it again")
    for name in ("journal_failure", "dead_letter_failure"):
        if failure := health.get(name):
            yield Finding("problem", str(failure))
    for plugin in health.get("plugins", []):
        if plugin["status"] == "quarantined":
            text = f"its plugin {plugin['name']} ({plugin['distribution']} {plugin['version']}) is quarantined"
            yield Finding("problem", f"{text}: {plugin['reason']}")
    if letters := health.get("dead_letters"):
        what = "dead letter" if letters == 1 else "dead letters"
        yield Finding("warning", f"it keeps {letters} {what}: what it has refused", "eventyard dead-letters list")


def _entrance(answer: Answer) -> Iterator[Finding]:
    if answer.status == 200:
        yield Finding("ok", "it lets us in")
    elif answer.status == 403:
        text = f"it lets us in for some things only, so that no event is sent for a test: {answer.explanation}"
        yield Finding("warning", text, "eventyard token create, with --scope publish and --scope read")
    elif answer.status == 401:
        yield Finding("problem", f"it does not let us in: {answer.explanation}", "set EVENTYARD_TOKEN to its token")
    else:
        yield Finding("problem", f"it does not answer as it should: {answer.explanation}")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
