"""JSON Schemas: the profile they keep to, the engines that check values against them, and who owns which."""

from eventyard.schemas.check import check_document, check_file
from eventyard.schemas.engine import ENGINES, Engine, Validator, load_engine
from eventyard.schemas.files import SchemaFile, parse_schema, read_schemas
from eventyard.schemas.finding import Finding
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.profile import check_schema
from eventyard.schemas.revisions import PREFIX, read_revision
from eventyard.schemas.store import SHARED, SchemaEntry, SchemaStore

__all__ = [
    "ENGINES",
    "PREFIX",
    "SHARED",
    "Engine",
    "Finding",
    "SchemaEntry",
    "SchemaFile",
    "SchemaIdentity",
    "SchemaStore",
    "Validator",
    "check_document",
    "check_file",
    "check_schema",
    "load_engine",
    "parse_schema",
    "read_revision",
    "read_schemas",
]
