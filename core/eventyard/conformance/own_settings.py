"""The plugin's settings are described, and it does without any of them being set."""

from collections.abc import AsyncIterator, Mapping

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.objection import Objection
from eventyard.errors import SchemaError
from eventyard.schemas.document import metaschema_errors, plain_document

__all__ = ["own_settings"]


async def own_settings(candidate: Candidate) -> AsyncIterator[Objection]:
    """Look at ``config_schema``; that its defaults satisfy it is seen when the plugin is loaded."""
    schema = getattr(candidate.among(candidate.load([])).plugin, "config_schema", None)
    if schema is None:
        return
    try:
        document = plain_document(schema)
    except SchemaError as error:
        yield Objection("config_schema", str(error))
        return
    errors = list(metaschema_errors(document))
    for pointer, message in errors:
        yield Objection("config_schema", f"{pointer or '/'}: {message}")
    properties = {} if errors else document.get("properties", {})
    for name, rule in properties.items():
        if not isinstance(rule, Mapping):
            yield Objection(f"setting {name}", "it says nothing of its value", warning=True)
            continue
        if missing := [word for word in ("title", "description") if not rule.get(word)]:
            yield Objection(f"setting {name}", f"it has no {' and no '.join(missing)}", warning=True)
        if "default" not in rule and "properties" not in rule and name not in document.get("required", ()):
            yield Objection(f"setting {name}", "it has no default, and is not required either", warning=True)
