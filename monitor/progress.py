"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Advance = Callable[[int, int], None]  # done, of how many; 0: not known


def unheard(done: int, total: int) -> None:
    """Where nobody looks on."""
