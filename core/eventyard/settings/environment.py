"""The environment variables: the specification's six names, and ``SOCKETIO_<KEY>`` for every other setting."""

from collections.abc import Mapping
from typing import Final

from eventyard.settings.flattening import Collected
from eventyard.settings.key import known_keys
from eventyard.settings.origin import Layer, Origin
from eventyard.spelling import nearest

__all__ = ["PRESET_VARIABLE", "read_environment"]

#: The environment variable that chooses the preset.
PRESET_VARIABLE: Final = "SOCKETIO_ENV"

_PREFIX = "SOCKETIO_"


def read_environment(collected: Collected, environ: Mapping[str, str]) -> None:
    """Put the settings of environment variables into ``collected``.

    An empty variable counts as not set, because that is how launchers pass on what they do not have. An unknown
    variable is only a warning: other programs with Socket.IO in them share the prefix.
    """
    known = {PRESET_VARIABLE}
    for key in known_keys().values():
        known.update(key.variables)
        variable = next((name for name in key.variables if environ.get(name)), None)
        if variable is not None:
            collected.put(key.name, key.parse(environ[variable]), Origin(Layer.ENVIRONMENT, variable))
    by_name = {name.removeprefix(_PREFIX): name for name in known}
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in known:
            suggestion = nearest(name.removeprefix(_PREFIX), by_name)
            hint = f"; did you mean {by_name[suggestion]}?" if suggestion else ""
            collected.warnings.append(f"the environment variable {name} sets nothing{hint}")
