"""What the server counts and times, in one registry of its own, with names that suit Prometheus.

Labels are bounded: stage, stream, status, mode, plugin, hook. Sessions and clients never become labels.
"""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from eventyard.metrics.tally import Durations, Tallies, Tally

__all__ = ["STAGES", "Metrics"]

#: The stages of the specification's 100 ms budget.
STAGES = ("receive", "validate_enrich", "commit", "broadcast")

# From 50 µs to 2.5 s: the specification allows 10 to 40 ms a stage, a fast machine needs some tens of µs.
_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.1, 0.25, 1.0, 2.5)


class Metrics:
    """The metrics of one server.

    Attributes:
        registry: All of them, for the exposition formats.
        stages: Histogram of seconds a batch spends in a stage, by stage.
        events: Events by ``status``: accepted, duplicate, rejected.
        dropped: Events that were not kept or sent, by ``reason``.
        redacted: Events that a secret was taken out of.
        dead_letters: Dead letters that are kept.
        hook_errors: Failed hook calls by ``plugin`` and ``hook``.
        clients: Connected clients.
        subscribers: Clients by ``stream``.
        transitions: Changes of connection state, by the new ``state``.
        frames: Frames written to clients.
        frame_bytes: Bytes written to clients.
        gaps: Gaps told to clients, by ``reason``.
        refused: Connections and requests refused, by ``reason``.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.stages = {stage: Durations(_SECONDS) for stage in STAGES}
        registry.register(
            Tallies("eventyard_stage_seconds", "Time a batch spends in a stage.", self.stages, label="stage")
        )
        self.accepted, self.duplicate, self.rejected = Tally(), Tally(), Tally()
        events = {"accepted": self.accepted, "duplicate": self.duplicate, "rejected": self.rejected}
        registry.register(Tallies("eventyard_events", "Events by what became of them.", events, label="status"))
        self.dropped = Counter(
            "eventyard_dropped_events", "Events not kept or not sent, by reason.", ["reason"], registry=registry
        )
        self.redacted = Tally()
        registry.register(
            Tallies("eventyard_redacted_events", "Events that a secret was taken out of.", {"": self.redacted})
        )
        self.dead_letters = Gauge("eventyard_dead_letters", "Dead letters that are kept.", registry=registry)
        self.hook_errors = Counter("eventyard_hook_errors", "Failed hook calls.", ["plugin", "hook"], registry=registry)
        self.clients = Gauge("eventyard_clients", "Connected clients.", registry=registry)
        self.subscribers = Gauge("eventyard_subscribers", "Clients by stream.", ["stream"], registry=registry)
        self.transitions = Counter(
            "eventyard_connection_transitions", "Changes of connection state.", ["state"], registry=registry
        )
        self.frames, self.frame_bytes = Tally(), Tally()
        registry.register(Tallies("eventyard_frames", "Frames written to clients.", {"": self.frames}))
        registry.register(Tallies("eventyard_frame_bytes", "Bytes written to clients.", {"": self.frame_bytes}))
        self.gaps = Counter("eventyard_gaps", "Gaps told to clients.", ["reason"], registry=registry)
        self.refused = Counter(
            "eventyard_refused", "Connections and requests refused, by reason.", ["reason"], registry=registry
        )

    def value(self, name: str, **labels: str) -> float:
        """The current value of one sample, 0 before it was first counted."""
        return self.registry.get_sample_value(name, labels) or 0.0

    def to_json(self) -> dict[str, Any]:
        """All samples, by metric and labels: ``{"name": {"help": …, "type": …, "samples": [{"labels", "value"}]}}``."""
        return {
            family.name: {
                "help": family.documentation,
                "type": family.type,
                "samples": [
                    {"name": sample.name, "labels": dict(sample.labels), "value": sample.value}
                    for sample in family.samples
                    if not sample.name.endswith("_created")
                ],
            }
            for family in self.registry.collect()
        }
