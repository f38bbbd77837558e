"""Keeping secrets out of what is shown."""

import re
from typing import Any, Final

from eventyard.settings.key import known_keys

__all__ = ["MASK", "masked"]

#: What is shown in place of a secret.
MASK: Final = "********"

# Only the plugin knows which of its settings are secret, and it may not be loaded when settings are shown.
_SECRET_NAME = re.compile(r"token|secret|passw|credential|authorization|(^|[_.-])key$", re.IGNORECASE)


def masked(key: str, value: Any) -> Any:
    """``value`` as it may be shown: the mask for a secret that is set, else ``value`` itself.

    Secret are the settings that the schema marks ``writeOnly``, and the settings of plugins that are named like one.
    """
    if key in known_keys():
        return MASK if known_keys()[key].is_secret and value else value
    return _masked_by_name(key, value)


def _masked_by_name(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {member: _masked_by_name(member, inner) for member, inner in value.items()}
    if isinstance(value, list):
        return [_masked_by_name(name, inner) for inner in value]
    return MASK if value and not isinstance(value, bool) and _SECRET_NAME.search(name) else value
