"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

Advance = Callable[[int, int], None]  # done, of how many; 0: not known


class State(StrEnum):
    """How far a piece of work is that was asked for. ``refused``: it cannot be done, and nothing changed; ``failed``:
    our fault, and nothing changed either."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self not in (State.WAITING, State.RUNNING)


def unheard(done: int, total: int) -> None:
    """Where nobody looks on."""
