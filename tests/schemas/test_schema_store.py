"""The store: each schema has one owner, keeps to the profile, and is compiled once."""

from typing import Any

import eventyard
import pytest
from eventyard.errors import OwnershipError, SchemaError
from eventyard.schemas import Engine, SchemaStore

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:acme:git.commit/1.2.3",
    "title": "Commit",
    "description": "A commit was made.",
    "type": "object",
    "properties": {"path": {"$ref": "urn:eventyard:common/1.0.0#/$defs/path"}},
    "examples": [{"path": "/a"}, {}],
}


@pytest.fixture
def store(engine: Engine) -> SchemaStore:
    """A store without schemas of plugins."""
    return SchemaStore(engine)


def test_a_schema_is_known_by_its_id_with_owner_type_and_version(store: SchemaStore) -> None:
    entry = store.add(SCHEMA, "acme-git 2.0")
    assert (entry.id, entry.type, entry.version, entry.owner) == (
        "urn:acme:git.commit/1.2.3",
        "git.commit",
        "1.2.3",
        "acme-git 2.0",
    )
    assert entry.schema == SCHEMA
    assert entry.warnings == ()


def test_a_schema_may_refer_to_the_shared_ones(store: SchemaStore) -> None:
    store.add(SCHEMA, "acme-git 2.0")
    validator = store.compile("urn:acme:git.commit/1.2.3")
    assert validator.is_valid({"path": "/a"})
    assert [issue.pointer for issue in validator.issues({"path": ""}, "/data")] == ["/data/path"]
    assert store.compile("urn:acme:git.commit/1.2.3") is validator


def test_a_second_claim_names_both_owners(store: SchemaStore) -> None:
    store.add(SCHEMA, "acme-git 2.0")
    with pytest.raises(OwnershipError, match=r"'urn:acme:git.commit/1.2.3' has two owners: acme-git 2.0 and other 1.0"):
        store.add(SCHEMA, "other 1.0")


def test_the_cores_ids_are_the_cores(store: SchemaStore) -> None:
    schema = {**SCHEMA, "$id": "urn:eventyard:envelope/1.0.0"}
    with pytest.raises(OwnershipError, match=f"eventyard {eventyard.__version__} and acme-git 2.0"):
        store.add(schema, "acme-git 2.0")


def test_a_removed_schema_can_be_claimed_anew(store: SchemaStore) -> None:
    store.add(SCHEMA, "acme-git 2.0")
    store.remove("urn:acme:git.commit/1.2.3")
    with pytest.raises(KeyError):
        store.compile("urn:acme:git.commit/1.2.3")
    assert store.add(SCHEMA, "other 1.0").owner == "other 1.0"


def test_a_schema_outside_the_profile_is_refused_with_rule_place_and_reason(store: SchemaStore) -> None:
    schema = {**SCHEMA, "properties": {"a": {"title": "A", "description": "A.", "format": "email"}}, "$anchor": "a"}
    with pytest.raises(SchemaError) as refusal:
        store.add(schema, "acme-git 2.0")
    text = str(refusal.value)
    assert text.startswith("schema 'urn:acme:git.commit/1.2.3' of acme-git 2.0 leaves the schema profile: ")
    assert "banned_keyword at /$anchor: $anchor is left out; refer by JSON pointer" in text
    assert "format at /properties/a/format: format is 'email'" in text


def test_what_leaves_the_soft_rules_is_kept_as_a_warning(store: SchemaStore) -> None:
    entry = store.add({**SCHEMA, "examples": []}, "acme-git 2.0")
    assert [finding.rule for finding in entry.warnings] == ["examples"]


def test_the_store_has_the_envelope(store: SchemaStore) -> None:
    schema = store.shared["envelope/1.0.0"]
    assert schema["$id"] == "urn:eventyard:envelope/1.0.0"
    assert all(store.envelope.is_valid(example) for example in schema["examples"])


def test_added_attributes_are_checked_without_the_others(store: SchemaStore) -> None:
    assert store.additions.is_valid({"subject": "Bash", "branch": "main"})
    assert not store.additions.is_valid({"subject": 1})
    assert not store.additions.is_valid({"Not-A-Name": "x"})
