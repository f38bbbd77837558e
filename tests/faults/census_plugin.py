"""A plugin that tells how many tasks its server's event loop has."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from eventyard import Namespace, Plugin, hookimpl


class Census(Namespace):
    """Counts the tasks, by name of what they run."""

    name = "/census"

    def snapshot(self) -> dict[str, Any]:
        names = (getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
        return dict(Counter(names))


class CensusPlugin(Plugin):
    """Ships the namespace."""

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [Census]
