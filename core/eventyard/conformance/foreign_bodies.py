"""Foreign bodies are decoded, or refused as malformed."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from itertools import cycle
from typing import Any, Final

import orjson

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.client_events import GARBAGE
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.trial import Trial

__all__ = ["foreign_bodies"]

_NOT_FOUND: Final = 404

#: What a member of a body is replaced by.
_REPLACEMENTS: Final[tuple[Any, ...]] = (None, True, -1, "", "text", [], [None], {}, {"a": [1]})


async def foreign_bodies(candidate: Candidate) -> AsyncIterator[Objection]:
    """Post bodies, good ones and garbage, to the sources that the plugin knows."""
    given = candidate.evidence.bodies
    if "decode" not in candidate.among(candidate.load([])).hooks:
        return
    async with Trial(candidate) as trial:
        guessed = dict.fromkeys((candidate.name, candidate.name.replace("_", "-")))
        sources = [source for source in given or guessed if await _post(trial, source, {}) != _NOT_FOUND]
        for source in given.keys() - set(sources):
            yield Objection("decode", f"it does not know the source {source!r}, of which bodies are given")
        if not sources and not given:
            text = f"its sources are not known, only that {' and '.join(map(repr, guessed))} are none: it was not tried"
            yield Objection("decode", text, warning=True)
        for source in sources:
            for body in given.get(source, ()):
                if refusal := await _refusal(trial, source, body):
                    yield Objection(f"decode of {source}", f"the body {told(body)} is refused: {refusal}")
            for body in (*GARBAGE, *_damaged(given.get(source, ()))):
                await _post(trial, source, body)
    for objection in trial.objections():
        yield objection


async def _post(trial: Trial, source: str, body: Any) -> int:
    headers = {"Content-Type": "application/json"}
    async with trial.http.post(f"/v1/hooks/{source}", data=orjson.dumps(body), headers=headers) as response:
        return response.status


async def _refusal(trial: Trial, source: str, body: Any) -> str | None:
    """Why the events of ``body`` are not accepted."""
    before = (await _letters(trial))["total"]
    await _post(trial, source, body)
    letters = await _letters(trial, before)
    return "; ".join(issue["message"] for letter in letters["dead_letters"] for issue in letter["issues"]) or None


async def _letters(trial: Trial, after: int = 0) -> Any:
    async with trial.http.get("/v1/dead-letters", params={"after": after}) as response:
        return await response.json()


def _damaged(bodies: Iterable[Any]) -> Iterator[Any]:
    """The bodies without one of their members, or with another value in its place; not each value in each place."""
    replacements = cycle(_REPLACEMENTS)
    for body in bodies:
        if isinstance(body, Mapping):
            for name in body:
                yield {each: value for each, value in body.items() if each != name}
                yield {**body, name: next(replacements)}
