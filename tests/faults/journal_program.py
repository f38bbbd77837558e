"""A journal alone in a process: opens the directory that it is given, appends what it is told, and says what it keeps.

It answers each line of its input with a line of JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Literal

from eventyard import BufferPolicy, Route
from eventyard.errors import JournalError
from eventyard.journal import Placement, Quotas, Record, SqliteJournal

_POLICY = BufferPolicy.buffer_if_no_clients()


def record(identity: str, size: int) -> Record:
    data = {"tool": "Bash", "description": "x" * size}
    attributes = {"id": identity, "source": "/test", "type": "tool_start", "data": data}
    body = json.dumps(attributes).encode()
    return Record(attributes, Route("/tools"), _POLICY, body, Placement("tools"))


async def append(journal: SqliteJournal, records: list[Record]) -> list[int]:
    """Offsets of ``records``, once they are committed."""
    over = asyncio.get_running_loop().create_future()
    journal.append(records, over.set_result)
    error: JournalError | None = await over
    if error is not None:
        raise error
    return [each.offset or 0 for each in records]


async def main(directory: str, capacity: int, durability: Literal["full", "process"]) -> None:
    def say(value: object) -> None:
        print(json.dumps(value), flush=True)

    quotas = Quotas(capacity, 1 << 40)
    journal = SqliteJournal(
        Path(directory), durability, quotas, queue_events=1 << 40, queue_bytes=1 << 40, duplicate_window=1 << 40
    )
    try:
        journal.open()
    except JournalError as error:
        say({"refused": str(error)})
        return
    say({"epoch": journal.epoch})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        try:
            if "append" in command:
                say(await append(journal, [record(each, command["size"]) for each in command["append"]]))
            elif "after" in command:
                head = journal.head("tools")
                page = await journal.read("tools", command["after"], head, events=1 << 40, size=1 << 40)
                say({"offsets": [each.offset for each in page.records], "holes": page.holes})
            else:
                kept = {each.event.id: each.offset for each in journal.kept()}
                known = {each.id: each.placement.offset for each in journal.identities()}
                say({"head": journal.head("tools"), "kept": kept, "known": known})
        except JournalError as error:
            say({"refused": str(error)})
    await journal.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), "full" if sys.argv[3] == "full" else "process"))
