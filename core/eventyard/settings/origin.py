"""Where a setting's value comes from."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DEFAULT", "Layer", "Origin"]


class Layer(StrEnum):
    """The layers of configuration, the weakest first."""

    DEFAULT = "default"
    PRESET = "preset"
    FILE = "file"
    ENVIRONMENT = "environment"
    ARGUMENT = "argument"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    Attributes:
        layer: The layer that gave it.
        place: Where in that layer: the preset's name, the file, the environment variable, the argument; empty for
            defaults.
        key: The key as it stands in a file, with its table; empty elsewhere.
    """

    layer: Layer
    place: str = ""
    key: str = ""

    def __str__(self) -> str:
        match self.layer:
            case Layer.DEFAULT:
                return "default"
            case Layer.PRESET:
                return f"preset {self.place}"
            case Layer.FILE:
                return f"{self.place}, {self.key}" if self.key else self.place
            case Layer.ENVIRONMENT:
                return f"environment variable {self.place}"
            case Layer.ARGUMENT:
                return f"runtime argument {self.place}"


#: The origin of what nobody has set.
DEFAULT = Origin(Layer.DEFAULT)
