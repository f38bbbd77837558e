"""The AsyncAPI document: valid by AsyncAPI's own schema, complete, and true to the schemas that it was made of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
from eventyard.catalogue import Catalogue, asyncapi_document
from referencing import Registry
from referencing.jsonschema import DRAFT7


def references(value: Any) -> Iterator[str]:
    """All values of ``$ref``."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def found(document: Any, reference: str) -> Any:
    """What ``reference`` leads to."""
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def test_it_is_valid_by_the_schema_of_asyncapi(catalogue: Catalogue, node_modules: Path) -> None:
    specification = json.loads((node_modules / "@asyncapi" / "specs" / "schemas" / "3.0.0.json").read_bytes())
    registry: Registry[Any] = Registry()
    validator = jsonschema.Draft7Validator(specification, registry=registry)
    assert [error.message for error in validator.iter_errors(asyncapi_document(catalogue, "localhost:8765"))] == []


def test_every_reference_leads_within_the_document(catalogue: Catalogue) -> None:
    document = asyncapi_document(catalogue, "localhost:8765")
    for reference in references(document):
        assert reference.startswith("#/")
        assert found(document, reference) is not None


def test_every_namespace_is_a_channel_with_its_messages(catalogue: Catalogue) -> None:
    document = asyncapi_document(catalogue, "localhost:8765")
    for each in catalogue.types:
        channel = document["channels"][each.namespace.strip("/")]
        assert channel["x-socketio"] == {"namespace": each.namespace}
        assert each.name in channel["messages"]
        assert each.name in document["channels"]["ingest"]["messages"]
    assert document["operations"]["ingest.publish"]["action"] == "receive"
    assert document["operations"]["tools.send"]["action"] == "send"


def test_the_translated_schemas_take_the_examples_and_refuse_others(catalogue: Catalogue) -> None:
    document = asyncapi_document(catalogue, "localhost:8765")
    resource = DRAFT7.create_resource(document)
    registry: Registry[Any] = Registry().with_resource("urn:document", resource)
    for each in catalogue.types:
        schema = {"$ref": f"urn:document#/components/messages/{each.name}/payload"}
        validator = jsonschema.Draft7Validator(schema, registry=registry)
        for example in each.current.examples:
            event = {"specversion": "1.0", "id": "1", "source": "/x", "type": each.name, "data": example}
            assert list(validator.iter_errors(event | {"time": "2026-01-31T12:00:00Z"})) == []
            assert not validator.is_valid(event)
            assert not validator.is_valid(event | {"time": "2026-01-31T12:00:00Z", "type": "other"})
        if each.current.schema.get("required"):
            assert not validator.is_valid(event | {"time": "2026-01-31T12:00:00Z", "data": {}})


async def test_the_server_has_it_with_its_own_address(http: aiohttp.ClientSession) -> None:
    async with http.get("/v1/asyncapi.json") as response:
        document = await response.json()
    assert document["asyncapi"] == "3.0.0"
    assert document["servers"]["live"]["host"].startswith(("localhost:", "127.0.0.1:"))
