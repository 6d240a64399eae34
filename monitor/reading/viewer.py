"""For whom a question is asked: the one place where a scope is applied."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """Who looks. Until there are accounts everybody sees everything."""

    name: str = "everyone"


EVERYONE = Viewer()
