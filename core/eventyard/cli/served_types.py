"""What a server has of event types and namespaces."""

from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

from eventyard.spelling import did_you_mean

if TYPE_CHECKING:
    from eventyard.settings import ServerAddress

__all__ = ["served_schemas", "warn_of_unknown_types"]


def served_schemas(address: "ServerAddress") -> list[dict[str, Any]]:
    """What the server tells of its event types.

    Raises:
        Unreachable: No server answers, or it does not let us in.
    """
    from eventyard.client.errors import Unreachable
    from eventyard.client.http_client import HttpClient

    with closing(HttpClient(address.url, address.token)) as client:
        answer = client.get("/v1/schemas")
    if answer.status != HTTPStatus.OK:
        message = f"the server at {address.url} does not let us in: {answer.explanation}"
        raise Unreachable(message)
    schemas: list[dict[str, Any]] = answer.body["schemas"]
    return schemas


def warn_of_unknown_types(types: Sequence[str], schemas: Sequence[dict[str, Any]]) -> None:
    """Tell of those of ``types`` that no plugin owns: they are misspelt, or those of old events."""
    owned = [schema["type"] for schema in schemas]
    for name in types:
        if name not in owned:
            hint = did_you_mean(name, owned)
            click.secho(f"Warning: no installed plugin owns {name!r}{hint}", err=True, fg="yellow")
