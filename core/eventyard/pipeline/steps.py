"""Work that waits for nothing, unless a plugin is asynchronous.

Such work is a generator. It yields what a plugin wants to be awaited, and is given the result; where no plugin wants
that, it runs to its end at once, without a coroutine for each event and a task for each request.
"""

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, Final, TypeAlias, TypeVar

from eventyard.plugins.calls import contained

__all__ = ["HOOK_SECONDS", "Steps", "complete"]

#: How long a coroutine of a plugin may hold up the events behind it.
HOOK_SECONDS: Final = 5.0

_Result = TypeVar("_Result")

#: Work that yields what is to be awaited, and gives a result in the end.
Steps: TypeAlias = Generator[Awaitable[Any], Any, _Result]


async def complete(steps: Steps[_Result], awaited: Awaitable[Any] | None = None) -> _Result:
    """Bring ``steps`` to their end; gives their result.

    What an awaitable raises, also when it takes longer than :data:`HOOK_SECONDS`, is raised where it was yielded.

    Args:
        steps: The work.
        awaited: What it has yielded already.
    """
    try:
        awaited = awaited or next(steps)
        while True:
            try:
                async with asyncio.timeout(HOOK_SECONDS):
                    given = await awaited
            except contained() as error:
                awaited = steps.throw(error)
            else:
                awaited = steps.send(given)
    except StopIteration as end:
        result: _Result = end.value
        return result
    finally:
        steps.close()
