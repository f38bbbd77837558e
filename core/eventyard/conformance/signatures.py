"""The hooks are annotated as the specification has them."""

import inspect
from collections.abc import AsyncIterator, Mapping
from typing import Any, get_origin, get_type_hints

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.objection import Objection
from eventyard.hooks import Plugin
from eventyard.live import Namespace
from eventyard.plugins.contract import implementations
from eventyard.server import AsyncServer

__all__ = ["signatures"]

#: What the specification names for type checkers alone.
_NAMES: Mapping[str, Any] = {"AsyncServer": AsyncServer, "Namespace": Namespace}


async def signatures(candidate: Candidate) -> AsyncIterator[Objection]:
    """Compare the parameters of the plugin's hooks with the specification; what has no annotation fits."""
    plugin = candidate.among(candidate.load([]))
    for hook, function in implementations(plugin.plugin):
        specified = _hints(getattr(Plugin, hook))
        for name in inspect.signature(function).parameters:
            if name not in specified:
                # pluggy has let it pass, so it has a default: a parameter of a newer specification.
                continue
            given = _hints(function).get(name, Any)
            if not _takes(given, specified[name]):
                yield Objection(hook, f"its parameter {name} is a {_told(given)}, expected {_told(specified[name])}")


def _hints(function: Any) -> dict[str, Any]:
    try:
        return get_type_hints(function, localns=dict(_NAMES))
    except (AttributeError, NameError, TypeError):
        # Names that are imported for type checkers alone: those have looked at them.
        return {}


def _takes(given: Any, specified: Any) -> bool:
    """Whether a parameter annotated with ``given`` takes what is annotated with ``specified``."""
    if given in (Any, object, specified):
        return True
    given, specified = get_origin(given) or given, get_origin(specified) or specified
    return inspect.isclass(given) and inspect.isclass(specified) and issubclass(specified, given)


def _told(annotation: Any) -> str:
    return annotation.__name__ if inspect.isclass(annotation) and not get_origin(annotation) else str(annotation)
