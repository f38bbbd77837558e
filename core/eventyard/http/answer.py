"""The answer to a request, before it is known how it travels."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from aiohttp import web

__all__ = ["Answer", "Reply", "answer_of"]


class Answer(NamedTuple):
    """The answer to a request.

    Attributes:
        status: HTTP status.
        body: The body; empty with status 204.
        media_type: Media type of the body.
        headers: Further headers.
    """

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = MappingProxyType({})

    def response(self) -> web.Response:
        """The same for aiohttp."""
        if not self.body:
            return web.Response(status=self.status, headers=self.headers)
        return web.Response(body=self.body, status=self.status, headers=self.headers, content_type=self.media_type)


#: Called with the answer to a request, or with what went wrong.
Reply: TypeAlias = Callable[[Answer | BaseException], None]


async def answer_of(taking: Callable[[Reply], None]) -> Answer:
    """The answer that ``taking`` replies with; what it replies with instead is raised."""
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def reply(answer: Answer | BaseException) -> None:
        # Who asked may have gone.
        if answered.done():
            return
        if isinstance(answer, BaseException):
            answered.set_exception(answer)
        else:
            answered.set_result(answer)

    taking(reply)
    return await answered
