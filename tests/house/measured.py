"""What the command of measures prints, for the page that says what its documents are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def measured(printed: Callable[..., Any]) -> dict[str, list[Any]]:
    """Documents by title of the page; ``printed`` runs a command."""
    return {
        "measures attribution": [
            printed("measures", "attribution", "--by", "department,item,stage,region,kind", "--json"),
            printed("measures", "attribution", "--by", "week", "--since", "2026-01-31", "--json"),
            printed("measures", "attribution", "--until", "2024-12-31", "--json"),
        ],
        "measures indicators": [
            printed("measures", "indicators", "--by", "region,kind", "--json"),
            printed("measures", "indicators", "--by", "department,item,stage,week", "--since", "2026-01-31", "--json"),
        ],
        "measures durations": [
            printed("measures", "durations", "--by", "department,item,stage,region,kind", "--json"),
            printed("measures", "durations", "--by", "stage", "--json"),
        ],
        "measures queues": [
            printed("measures", "queues", "--by", "department,item,stage,region,kind", "--json"),
            printed("measures", "queues", "--since", "2026-01-31", "--by", "stage", "--json"),
        ],
        "measures cases": [
            printed("measures", "cases", "--figure", figure, *since, "--json")
            for figure in ("share", "beyond", "open")
            for since in ((), ("--since", "2026-01-31"))
        ],
        **{
            f"measures {what}": [
                printed("measures", what, "--by", "department,item,stage,region,kind", "--json"),
                printed("measures", what, "--by", "week", "--since", "2024-12-31", "--json"),
            ]
            for what in ("pauses", "handovers")
        },
        **{f"measures {what}": [printed("measures", what, "--json")] for what in ("slower", "paths", "departures")},
        "measures ranking": [printed("measures", "ranking", "--json")],
    }


# What a log of some twenty projects need not show: tests/monitor/test_comparing.py looks at those.
UNSEEN = {
    "measures ranking": ("rows[].", "alone[].", "few[]."),
    "measures slower": ("rows[].", "few[].", "left_out[]."),
}
