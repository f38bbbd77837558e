"""The JSON Schemas that Eventyard and its plugins share, as package data.

``envelope/<version>`` is the schema of every event, ``common/<version>`` holds definitions for the schemas of plugins,
``config`` describes the configuration file.
"""

import json
from importlib.resources import files
from typing import Any

__all__ = ["read_schema"]


def read_schema(name: str) -> dict[str, Any]:
    """Read a packaged schema.

    Args:
        name: Path of the schema without its suffix, for example ``envelope/1.0.0``.

    Raises:
        FileNotFoundError: There is no schema of that name.
    """
    schema: dict[str, Any] = json.loads(files(__name__).joinpath(*f"{name}.json".split("/")).read_bytes())
    return schema
