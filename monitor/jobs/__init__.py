"""Jobs: long verbs that are asked for from a page, worked off by another process while the page shows how far it is.

Each does what the command of its name does, for whoever asked, with the rights that they have when it begins. It is
whole or not at all: one whose process died waits again, and the same again adds nothing.
"""

from monitor.jobs.doing import CANONICAL, OWN, REFUSED_ROWS, titles
from monitor.jobs.errands import KEPT_FOR, Errands, ask, start_again, tidy, work_off
from monitor.jobs.office import RIGHTS, Office, Verb

__all__ = [
    "CANONICAL", "KEPT_FOR", "OWN", "REFUSED_ROWS", "RIGHTS", "Errands", "Office", "Verb", "ask", "start_again", "tidy",
    "titles", "work_off",
]  # fmt: skip
