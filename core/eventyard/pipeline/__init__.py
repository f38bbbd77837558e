"""The stages that an event goes through, in their fixed order."""

from eventyard.pipeline.announcer import Announcer
from eventyard.pipeline.commits import Audience
from eventyard.pipeline.errands import Errands
from eventyard.pipeline.fitting import read_foreign
from eventyard.pipeline.foreign import ForeignBodies
from eventyard.pipeline.guards import Limits
from eventyard.pipeline.pipeline import Pipeline, Reply
from eventyard.pipeline.reading import Loaded, Unreadable, load, parse, read
from eventyard.pipeline.receipt import long_receipt, receipt
from eventyard.pipeline.reports import SERVER_SOURCE, plugin_fault, read_failure
from eventyard.pipeline.retried import Retried, RetryStatus
from eventyard.pipeline.retrying import Retrying
from eventyard.pipeline.stages import PipelineLimits
from eventyard.pipeline.stored import StoredEvents

__all__ = [
    "SERVER_SOURCE",
    "Announcer",
    "Audience",
    "Errands",
    "ForeignBodies",
    "Limits",
    "Loaded",
    "Pipeline",
    "PipelineLimits",
    "Reply",
    "Retried",
    "RetryStatus",
    "Retrying",
    "StoredEvents",
    "Unreadable",
    "load",
    "long_receipt",
    "parse",
    "plugin_fault",
    "read",
    "read_failure",
    "read_foreign",
    "receipt",
]
