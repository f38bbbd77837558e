"""The template of a plugin's distribution, which ``eventyard plugins new`` renders with copier."""

from pathlib import Path
from typing import Final

__all__ = ["TEMPLATE"]

#: The folder of the template.
TEMPLATE: Final = Path(__file__).parent
