"""Who looks at the pages in this request, and what they may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import g

from monitor.doors.guard import who
from monitor.reading.viewer import Viewer
from monitor.rights import Right


def may(right: Right) -> bool:
    """Whether whoever looks has a right."""
    return who().may(right)


def ask_once(today: Callable[[], dt.date]) -> dt.date:
    """The day of this request, which is asked for once."""
    if "today" not in g:
        g.today = today()
    found: dt.date = g.today
    return found


def viewer(reader: Any) -> Viewer:
    """For whom the reader answers in this request."""
    if "viewer" not in g:
        g.viewer = reader.viewer(who(), g.today)
    found: Viewer = g.viewer
    return found
