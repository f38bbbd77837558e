"""The short way in: plain posts of events and hook calls, answered without a web framework.

What agents and publishers send is one kind of request, thousands of times. Read and answered here it costs a third of
what it costs as an aiohttp request. Everything else, and all that is in any way unusual, goes to aiohttp as it came.
"""

from eventyard.http.intake.desk import Desk
from eventyard.http.intake.front import Front

__all__ = ["Desk", "Front"]
