"""Chunks of a log judged side by side, each result in its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from rules.log import Chunk, EventLog, chunks

Found = TypeVar("Found")

WORKERS = 2  # threads that judge chunks; a third cuts them


def abreast(judge: Callable[[Chunk], Found], log: EventLog, size: int) -> Iterator[Found]:
    """What ``judge`` finds in each chunk of ``size`` projects, in the order of the log."""
    if len(log.projects) <= size:
        yield from map(judge, chunks(log, size))
        return
    # numpy lets other threads run while it sorts and sums, so chunks are judged while the next ones are cut.
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Found]] = deque()
        for chunk in chunks(log, size):
            waiting.append(pool.submit(judge, chunk))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
