"""Who acts, by which door, and from where: said once at the door, read where the trail is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Actor:
    """``name`` of the account, of the operating system's user for a command; ``role`` blank where there are no
    accounts; ``door``: cli, web, api, scheduler, or program where no door said anything; ``address``: the machine."""

    name: str = ""
    role: str = ""
    door: str = "program"
    address: str = ""


NOBODY = Actor()
_acting: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Within the block this context acts for ``actor``. A thread starts with an empty context: say it there again."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def acting_as(name: str, role: str, address: str = "") -> Iterator[None]:
    """Within the block somebody acts who has just proved to be this account, by the door that was said before.
    ``address``: from where, unless the door has said that."""
    door = actor()
    with acting(replace(door, name=name, role=role, address=door.address or address)):
        yield


def actor() -> Actor:
    """Who acts now; NOBODY where no door said."""
    return _acting.get()
