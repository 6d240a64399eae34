"""What a browser asks of the callbacks: who may ask it, and whether it is written as Dash's own script writes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from dash import Dash

from monitor.doors.guard import require, who
from monitor.rights import Right


class Pages(Dash):
    """A Dash whose callbacks each ask for a right, for the guard of the server knows their one route alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.asks: dict[str, Right | None] = {}  # by the outputs of a callback, as a browser names them
        super().__init__(*args, **options)

    def callback(self, *args: Any, right: Right | None, **options: Any) -> Any:
        """As of Dash, for whoever has a right; None: for everybody who is signed in. One that names none is a mistake,
        not a callback for everybody."""
        wire = super().callback(*args, **options)
        self.asks[next(reversed(self.callback_map))] = right

        def asking(function: Callable[..., Any]) -> Any:
            @wraps(function)
            def asked(*values: Any) -> Any:
                if right is None:
                    who()
                else:
                    require(right)
                return function(*values)

            return wire(asked)

        return asking

    def may_ask(self, body: Any) -> str | None:
        """The field of the body of a request to which no callback answers; None: it is well. Raises Forbidden for what
        whoever asks has no right to."""
        if not isinstance(body, dict) or not isinstance(output := body.get("output"), str) or output not in self.asks:
            return "output"
        if (right := self.asks[output]) is not None:
            require(right)
        called = self.callback_map[output]
        many = isinstance(called["output"], list | tuple)
        wanted = [{"property": one.component_property} for one in (called["output"] if many else [called["output"]])]
        told = body.get("outputs")
        for field, parts, specs in (
            ("outputs", told if many else [told], wanted),
            ("inputs", body.get("inputs"), called["inputs"]),
            ("state", body.get("state", []), called["state"]),
        ):
            if not isinstance(parts, list) or len(parts) != len(specs) or not all(map(_fits, parts, specs)):
                return field
        changed = body.get("changedPropIds", [])
        return None if isinstance(changed, list) and all(isinstance(one, str) for one in changed) else "changedPropIds"


def _fits(part: Any, spec: dict[str, Any]) -> bool:
    return isinstance(part, dict) and "id" in part and part.get("property") == spec["property"]
