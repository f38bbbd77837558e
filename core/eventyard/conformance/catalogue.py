"""What is demanded of every plugin."""

from typing import Final

from eventyard.conformance.blocking import blocking
from eventyard.conformance.check import Check
from eventyard.conformance.client_events import client_events
from eventyard.conformance.counterexamples import counterexamples
from eventyard.conformance.enrichment import enrichment
from eventyard.conformance.examples import examples
from eventyard.conformance.foreign_bodies import foreign_bodies
from eventyard.conformance.isolation import isolation
from eventyard.conformance.loading import loading
from eventyard.conformance.own_schemas import own_schemas
from eventyard.conformance.own_settings import own_settings
from eventyard.conformance.ownership import ownership
from eventyard.conformance.readme import readme
from eventyard.conformance.robustness import robustness
from eventyard.conformance.signatures import signatures
from eventyard.conformance.state import state
from eventyard.conformance.upcasting import upcasting

__all__ = ["CHECKS"]

#: The checks, in the order in which a person would look at them.
CHECKS: Final = (
    Check(
        "loading",
        "a server starts with it and stops again",
        "it would be quarantined, and nothing of it would work",
        loading,
    ),
    Check(
        "signatures",
        "its hooks take what they are given",
        "they would expect what does not come, which type checkers find only where they look",
        signatures,
    ),
    Check(
        "ownership",
        "its name, types, namespaces and schema ids are its own among all that is installed",
        "a server with both plugins would not start",
        ownership,
    ),
    Check(
        "settings",
        "its settings are described, and it does without any of them being set",
        "users find out by trial, or by reading its code",
        own_settings,
    ),
    Check(
        "schemas",
        "its schemas keep to the portable profile, and are documented",
        "validators and languages would not agree on what is valid, and readers would guess",
        own_schemas,
    ),
    Check(
        "examples",
        "each example is accepted, as an event of its type",
        "who copies one would have the event refused",
        examples,
    ),
    Check(
        "counterexamples",
        "values of the wrong kind and events that lack something are refused",
        "whoever reads the events would have to check them again",
        counterexamples,
    ),
    Check(
        "robustness",
        "hooks and states take every event that the schemas take",
        "one unusual event would cost its enrichment or the state; ten in a row, the plugin",
        robustness,
    ),
    Check(
        "upcasting",
        "data of every earlier version becomes data of the current one",
        "senders of an earlier version would have valid events refused",
        upcasting,
    ),
    Check(
        "enrichment",
        "enriching adds the same whenever it is asked, and leaves alone what the sender said",
        "an event that is sent twice would differ from itself, and a sender would be misquoted",
        enrichment,
    ),
    Check(
        "state",
        "states are JSON, made of events alone, and stay as they were given out",
        "clients would see a state that no event accounts for, or another one after a restart",
        state,
    ),
    Check(
        "client_events",
        "client events are answered, whatever clients send",
        "any client could have the plugin quarantined by ten mistakes in a row",
        client_events,
    ),
    Check(
        "foreign_bodies",
        "foreign bodies are decoded, or refused as malformed",
        "a new version of an agent would have the plugin quarantined, and its users blind",
        foreign_bodies,
    ),
    Check(
        "blocking",
        "no call holds up the event loop for long",
        "all clients wait while it does",
        blocking,
    ),
    Check(
        "isolation",
        "two servers of one process share nothing through it",
        "tests, and programs that embed servers, would see each other's state",
        isolation,
    ),
    Check(
        "readme",
        "the README of its distribution names what it brings, and its examples are true",
        "it is all that people see before they install it",
        readme,
    ),
)
