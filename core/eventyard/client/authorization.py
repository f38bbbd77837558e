"""The header ``Authorization`` (RFC 6750 §2.1)."""

import re
from collections.abc import Mapping
from typing import Final

from eventyard.client.errors import ClientError

__all__ = ["authorization"]

_SENDABLE: Final = re.compile(r"[ -~]*")


def authorization(token: str | None) -> Mapping[str, str]:
    """The header that shows ``token``; none without one.

    Raises:
        ClientError: It has characters that a header cannot carry; the message does not repeat it.
    """
    if not token:
        return {}
    if _SENDABLE.fullmatch(token) is None:
        message = "the token cannot be sent: it has other characters than printable ASCII, such as the end of a line"
        raise ClientError(message)
    return {"Authorization": f"Bearer {token}"}
