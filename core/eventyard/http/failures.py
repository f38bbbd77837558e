"""What a request is told when it could not be done."""

import logging
import traceback
from math import ceil
from typing import Any

from eventyard.errors import (
    BodyTooLarge,
    DeadLetterError,
    JournalError,
    MalformedBody,
    RateLimited,
    UnsupportedMediaType,
)
from eventyard.http.answer import Answer
from eventyard.http.problems import problem_answer

__all__ = ["answer_to"]

log = logging.getLogger(__name__)


def answer_to(error: BaseException, method: str, path: str, *, debug: bool) -> Answer:
    """The answer to a request at which ``error`` was raised.

    Args:
        error: What was raised.
        method: Method of the request.
        path: Its path.
        debug: Whether the answer to a request at which the server itself failed has the traceback.
    """
    match error:
        case BodyTooLarge():
            return problem_answer(413, "too_large", str(error))
        case UnsupportedMediaType():
            return problem_answer(415, "media_type", str(error))
        case MalformedBody():
            return problem_answer(400, "malformed", str(error))
        case JournalError():
            detail = f"try again: {error}" if method == "GET" else f"nothing was kept, try again: {error}"
            return problem_answer(503, "unavailable", detail, headers={"Retry-After": "1"})
        case RateLimited():
            return problem_answer(429, "rate_limited", str(error), headers={"Retry-After": str(ceil(error.seconds))})
        case DeadLetterError():
            return problem_answer(503, "unavailable", str(error), headers={"Retry-After": "1"})
    log.error("failed to answer %s %s", method, path, exc_info=error)
    members: dict[str, Any] = {"traceback": traceback.format_exception(error)} if debug else {}
    return problem_answer(500, "failure", f"the server failed with {type(error).__name__}; its log has more", **members)
