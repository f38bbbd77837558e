"""What is checked of the versions of an event type before the first event comes."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from eventyard import BufferPolicy, EarlierVersion, EventType, Plugin, hookimpl
from eventyard.errors import EventyardError, OwnershipError, PluginError
from eventyard.plugins import OwnedType, PluginManager, PluginStatus

Install = Callable[..., None]


def schema(version: str, required: str = "sha", **members: Any) -> dict[str, Any]:
    """A schema of ``git_commit`` with one required member."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:eventyard:git_commit/{version}",
        "type": "object",
        "required": [required],
        "properties": {required: {"type": "string", "maxLength": 64}},
        "examples": [{required: "c0ffee"}],
    } | members


def keep(data: dict[str, Any]) -> dict[str, Any]:
    return data


def rename(data: dict[str, Any]) -> dict[str, Any]:
    data["hash"] = data.pop("sha")
    return data


class Git(Plugin):
    """Owns ``git_commit`` with the given versions."""

    def __init__(self, current: Mapping[str, Any], earlier: Sequence[Any]) -> None:
        self._current = current
        self._earlier = earlier

    @hookimpl
    def event_types(self) -> list[EventType]:
        policy = BufferPolicy.buffer_if_no_clients()
        return [
            EventType(name="git_commit", schema=self._current, namespace="/git", policy=policy, earlier=self._earlier)
        ]


def registered(current: Mapping[str, Any], *earlier: Any) -> OwnedType:
    """The type, as a manager owns it."""
    manager = PluginManager()
    manager.register("git", Git(current, earlier))
    return manager.types["git_commit"]


def ways(owned: OwnedType) -> dict[str, list[str]]:
    """The steps from each version to the current one."""
    return {version.version: [str(step).split(maxsplit=1)[1] for step in version.steps] for version in owned.versions}


def test_the_versions_are_put_in_order_newest_first() -> None:
    """By number, not as text, and whatever the order in which the plugin lists them."""
    owned = registered(
        schema("1.10.0"),
        EarlierVersion(schema=schema("1.9.0")),
        EarlierVersion(schema=schema("1.0.0")),
        EarlierVersion(schema=schema("1.2.0")),
    )
    assert [version.version for version in owned.versions] == ["1.10.0", "1.9.0", "1.2.0", "1.0.0"]
    assert owned.version == "1.10.0"


def test_the_way_to_the_current_version_is_made_of_single_steps() -> None:
    """Where there is nothing to do between two up-casters, it is one step."""
    owned = registered(
        schema("3.1.0", "hash"),
        EarlierVersion(schema=schema("1.0.0")),
        EarlierVersion(schema=schema("1.1.0")),
        EarlierVersion(schema=schema("1.2.0"), upcast=keep),
        EarlierVersion(schema=schema("2.0.0"), upcast=rename),
        EarlierVersion(schema=schema("3.0.0", "hash")),
    )
    assert ways(owned) == {
        "3.1.0": [],
        "3.0.0": ["3.0.0 → 3.1.0"],
        "2.0.0": ["2.0.0 → 3.0.0", "3.0.0 → 3.1.0"],
        "1.2.0": ["1.2.0 → 2.0.0", "2.0.0 → 3.0.0", "3.0.0 → 3.1.0"],
        "1.1.0": ["1.1.0 → 1.2.0", "1.2.0 → 2.0.0", "2.0.0 → 3.0.0", "3.0.0 → 3.1.0"],
        "1.0.0": ["1.0.0 → 1.2.0", "1.2.0 → 2.0.0", "2.0.0 → 3.0.0", "3.0.0 → 3.1.0"],
    }
    assert owned.upcast("urn:eventyard:git_commit/1.0.0", {"sha": "decaf"}) == {"hash": "decaf"}


def test_a_version_within_a_major_may_have_an_up_caster_too() -> None:
    owned = registered(schema("1.1.0"), EarlierVersion(schema=schema("1.0.0"), upcast=lambda data: data | {"by": "me"}))
    assert owned.upcast("urn:eventyard:git_commit/1.0.0", {"sha": "decaf"}) == {"sha": "decaf", "by": "me"}


@pytest.mark.parametrize("upcast", [functools.partial(rename), functools.partial(lambda _, data: data, "bound"), dict])
def test_an_up_caster_is_anything_that_can_be_called_with_the_data(upcast: Any) -> None:
    owned = registered(schema("2.0.0") | {"required": []}, EarlierVersion(schema=schema("1.0.0"), upcast=upcast))
    assert set(owned.upcast("urn:eventyard:git_commit/1.0.0", {"sha": "decaf"}).values()) == {"decaf"}


async def coroutine(data: dict[str, Any]) -> dict[str, Any]:
    return data


class AsyncCallable:
    async def __call__(self, data: dict[str, Any]) -> dict[str, Any]:
        return data


def fails(data: dict[str, Any]) -> dict[str, Any]:
    raise LookupError("no such thing")


OLD = schema("1.0.0")
NEW = schema("2.0.0", "hash")


@pytest.mark.parametrize(
    ("current", "earlier", "told"),
    [
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=rename), EarlierVersion(schema=OLD, upcast=rename)],
            "version 1.0.0 is listed twice",
            id="two schemas of one $id",
        ),
        pytest.param(
            NEW,
            [
                EarlierVersion(schema=OLD, upcast=rename),
                EarlierVersion(schema=OLD | {"$id": "urn:acme:git_commit/1.0.0"}, upcast=rename),
            ],
            "version 1.0.0 is listed twice",
            id="two schemas of one number",
        ),
        pytest.param(OLD, [EarlierVersion(schema=OLD)], "version 1.0.0 is listed twice", id="the current one again"),
        pytest.param(
            OLD,
            [EarlierVersion(schema=NEW)],
            "the earlier version 2.0.0 is newer than the current one, 1.0.0",
            id="a newer one",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD)],
            "version 1.0.0 needs an up-caster to 2.0.0, which is of another major",
            id="no up-caster",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=rename), EarlierVersion(schema=schema("1.1.0"))],
            "version 1.1.0 needs an up-caster to 2.0.0, which is of another major",
            id="an up-caster of the wrong version",
        ),
        pytest.param(
            schema("3.0.0", "hash"),
            [EarlierVersion(schema=OLD, upcast=rename)],
            "1.0.0 is followed by 3.0.0; a version of major 2 is missing",
            id="a gap",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=coroutine)],  # type: ignore[arg-type]  # the mistake under test
            "the up-caster of version 1.0.0 is a coroutine function, but must be a plain one",
            id="a coroutine",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=AsyncCallable())],  # type: ignore[arg-type]  # the mistake under test
            "the up-caster of version 1.0.0 is a coroutine function, but must be a plain one",
            id="an object that gives a coroutine",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=lambda data, extra: data)],  # type: ignore[arg-type,misc]  # the mistake under test
            r"the up-caster of version 1.0.0 takes (data, extra), expected one argument, the data",
            id="a wrong signature",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast="rename")],  # type: ignore[arg-type]  # the mistake under test
            "the up-caster of version 1.0.0 is a str, expected a function",
            id="no function",
        ),
        pytest.param(NEW, [OLD], "earlier has a dict, expected EarlierVersion", id="a schema alone"),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD | {"$id": "urn:eventyard:git_push/1.0.0"}, upcast=rename)],
            "the schema's $id 'urn:eventyard:git_push/1.0.0' must end in 'git_commit/<major>.<minor>.<patch>'",
            id="another type's $id",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD | {"examples": []}, upcast=rename)],
            "version 1.0.0 has no example to try its way to 2.0.0 on",
            id="no example",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=rename, examples=[{"sha": "a"}, {"sha": 1}])],
            "example 2 of version 1.0.0 is not valid: /sha: ",
            id="a wrong example",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=fails)],
            "example 1 of version 1.0.0 cannot be up-cast: git_commit 1.0.0 → 2.0.0: LookupError: no such thing",
            id="an up-caster that fails",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=keep)],
            "example 1 of version 1.0.0 cannot be up-cast: git_commit 1.0.0 → 2.0.0: gave data that 2.0.0 refuses: /: ",
            id="an up-caster that gives something else",
        ),
        pytest.param(
            NEW,
            [EarlierVersion(schema=OLD, upcast=lambda data: None)],  # type: ignore[arg-type,return-value]  # the mistake under test
            "cannot be up-cast: git_commit 1.0.0 → 2.0.0: TypeError: gave NoneType, expected a mapping",
            id="an up-caster that gives nothing",
        ),
        pytest.param(
            schema("1.1.0", "hash"),
            [EarlierVersion(schema=OLD)],
            "cannot be up-cast: git_commit 1.0.0 → 1.1.0: the data satisfies 1.0.0, but not 1.1.0, which succeeds it",
            id="a minor that is not compatible",
        ),
    ],
)
def test_versions_that_do_not_fit_together_are_an_error_that_names_type_and_owner(
    current: Mapping[str, Any], earlier: Sequence[Any], told: str
) -> None:
    with pytest.raises(PluginError) as refusal:
        registered(current, *earlier)
    named = "plugin 'git' of embedded 0 cannot be used: event type 'git_commit' of embedded 0: "
    assert str(refusal.value).startswith(named)
    assert told in str(refusal.value)


def test_an_earlier_schema_keeps_to_the_profile_too() -> None:
    with pytest.raises(
        EventyardError, match=r"git_commit/1\.0\.0' of embedded 0 leaves the schema profile: .*\$anchor"
    ):
        registered(NEW, EarlierVersion(schema=OLD | {"$anchor": "here"}, upcast=rename))


def test_a_refused_plugin_leaves_nothing_behind() -> None:
    """Its schemas can be claimed again, those of all versions."""
    manager = PluginManager()
    with pytest.raises(PluginError):
        manager.register("git", Git(NEW, [EarlierVersion(schema=OLD, upcast=fails)]))
    manager.register("git", Git(NEW, [EarlierVersion(schema=OLD, upcast=rename)]))
    manager.unregister("git")
    manager.register("other", Git(OLD, []))
    assert manager.types["git_commit"].version == "1.0.0"


def test_the_schema_of_an_earlier_version_has_one_owner() -> None:
    class Other(Plugin):
        @hookimpl
        def event_types(self) -> list[EventType]:
            other = {"$id": "urn:acme:git.push/2.0.0"}
            policy = BufferPolicy.always_send()
            return [
                EventType(
                    name="git.push",
                    schema=schema("2.0.0") | other,
                    namespace="/git",
                    policy=policy,
                    earlier=[EarlierVersion(schema=OLD, upcast=keep)],
                )
            ]

    manager = PluginManager()
    manager.register("git", Git(OLD, []))
    with pytest.raises(OwnershipError, match=r"schema 'urn:eventyard:git_commit/1\.0\.0' has two owners: embedded 0"):
        manager.register("other", Other())


def test_an_installed_plugin_whose_up_caster_fails_is_quarantined_with_the_reason(
    install: Install, git_plugin: str
) -> None:
    """The server starts without it, and tells type, versions and distribution."""
    source = git_plugin.replace(
        "policy=policy)",
        """policy=policy, earlier=[
            EarlierVersion(schema=schema | {"$id": "urn:eventyard:git_commit/0.9.0"}, upcast=lambda data: data["no"])
        ])""",
    ).replace("import BufferPolicy,", "import BufferPolicy, EarlierVersion,")
    install("eventyard-git", "git", source, version="1.4")
    manager = PluginManager.load()
    (plugin,) = [plugin for plugin in manager.plugins if plugin.name == "git"]
    assert plugin.status is PluginStatus.QUARANTINED
    assert plugin.reason == (
        "event type 'git_commit' of eventyard-git 1.4: example 1 of version 0.9.0 cannot be up-cast: "
        "git_commit 0.9.0 → 1.0.0: KeyError: 'no'"
    )
    assert "git_commit" not in manager.types
