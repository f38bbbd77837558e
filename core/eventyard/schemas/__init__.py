"""JSON Schemas: the profile they keep to, the engines that check values against them, and who owns which."""

from eventyard.schemas.engine import ENGINES, Engine, Validator, load_engine
from eventyard.schemas.finding import Finding
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.profile import check_schema
from eventyard.schemas.store import SchemaEntry, SchemaStore

__all__ = [
    "ENGINES",
    "Engine",
    "Finding",
    "SchemaEntry",
    "SchemaIdentity",
    "SchemaStore",
    "Validator",
    "check_schema",
    "load_engine",
]
