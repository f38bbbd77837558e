"""What is installed."""

import platform
from collections.abc import Iterator
from importlib.util import find_spec

from eventyard import __version__
from eventyard.errors import SettingsError
from eventyard.hooks import Finding
from eventyard.schemas import load_engine
from eventyard.settings import Settings

__all__ = ["look_at_installation"]

_FAST = "pip install 'eventyard[fast]'"


def look_at_installation(settings: Settings) -> Iterator[Finding]:
    """Versions, and whether the fast parts are there that ``settings`` allow."""
    yield Finding("ok", f"Eventyard {__version__}, {platform.python_implementation()} {platform.python_version()}")
    try:
        engine = load_engine(settings.validation.engine).name
    except SettingsError as error:
        yield Finding("problem", str(error))
    else:
        if engine == "jsonschema":
            yield Finding(
                "warning", "events are checked by jsonschema, a hundred times slower than jsonschema-rs", _FAST
            )
        else:
            yield Finding("ok", f"events are checked by {engine}")
    if settings.loop != "asyncio" and platform.system() != "Windows":
        if find_spec("uvloop") is None:
            yield Finding("warning", "the event loop is asyncio's own, which is slower than uvloop", _FAST)
        else:
            yield Finding("ok", "the event loop is uvloop")
