"""The source of a plugin that tests install."""

import textwrap

import pytest

_GIT_PLUGIN = """
    from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

    class GitNamespace(Namespace):
        name = "/git"

    class ThePlugin(Plugin):
        @hookimpl
        def event_types(self):
            schema = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": "urn:eventyard:git_commit/1.0.0",
                "title": "A commit",
                "type": "object",
                "required": ["sha"],
                "properties": {"sha": {"type": "string", "maxLength": 64}},
                "examples": [{"sha": "c0ffee"}],
            }
            policy = BufferPolicy.buffer_if_no_clients()
            return [EventType(name="git_commit", schema=schema, namespace="/git", policy=policy)]

        @hookimpl
        def namespaces(self):
            return [GitNamespace]
"""


@pytest.fixture
def git_plugin() -> str:
    """The source of a plugin ``ThePlugin`` that owns the type ``git_commit`` in ``/git``."""
    return textwrap.dedent(_GIT_PLUGIN)
