"""How a tool call ended, read from what the tool answered."""

import re
from collections.abc import Iterator
from typing import Any, Final

from eventyard_claude_code.fields import Fields, cut

__all__ = ["RESPONSE", "batch_outcome_of", "outcome_of", "response_text"]

#: The member of a body that holds the tool's response, with its aliases.
RESPONSE: Final = ("tool_response", "tool_result", "tool_output")

#: How a refusal reads: "This command requires approval", "Permission to use Bash has been denied", "The tool use was
#: rejected", "… you haven't granted it yet".
_DENIAL: Final = re.compile(
    r"\b(approval|blocked by|declined|denied|haven.t granted|not granted|rejected)\b", re.IGNORECASE
)

#: A refusal is short; a longer text that holds such a word is more likely the output of a tool.
_DENIAL_LIMIT: Final = 1000

#: How the response to a failed call begins: "Exit code 1", "Error: …", "<tool_use_error>…".
_FAILURE: Final = re.compile(r"\s*(error\b|exit code [1-9]|<tool_use_error>)", re.IGNORECASE)

#: How many characters of a response's words are taken out of it; the response itself is kept whole.
_WORDS_LIMIT: Final = 16_384


def outcome_of(response: Fields) -> str:
    """The outcome of a call that Claude Code itself did not report as failed.

    What the response says is about the call itself; fields like ``exitCode``, in which a tool may answer about some
    other program, are not looked at.
    """
    if response.flag("interrupted", "is_interrupt"):
        return "cancelled"
    if response.flag("is_error", "isError") or response.flag("success") is False or response.text("error"):
        return "failed"
    return "success"


def response_text(response: Any, fields: Fields) -> str | None:
    """The words of a tool's response: the text itself, the text of its content blocks, or its error.

    Args:
        response: The response.
        fields: Reads its members.
    """
    return cut("\n".join(_texts(response, fields)), _WORDS_LIMIT) or None


def _texts(response: Any, fields: Fields) -> Iterator[str]:
    match response:
        case str():
            yield response
        case list():
            for block in response:
                if text := fields.within(block).text("text"):
                    yield text
        case dict():
            members = fields.within(response)
            if text := members.text("error", "message", "stderr"):
                yield text
            elif (content := members.value("content")) is not None and not isinstance(content, dict):
                yield from _texts(content, fields)


def batch_outcome_of(response: Fields, text: str | None) -> str:
    """The outcome of a call of which only its batch tells, by what the response says.

    It counts where the call's own hook never came: because the call was not allowed, or because nobody listened then.

    Args:
        response: The response.
        text: Its words.
    """
    if text is not None and len(text) <= _DENIAL_LIMIT and _DENIAL.search(text):
        return "denied"
    if text is not None and _FAILURE.match(text):
        return "failed"
    return outcome_of(response)
