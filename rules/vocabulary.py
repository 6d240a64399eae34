"""The words of the law as closed lists; the codes are those of the national exchange standard.

Sources: 办理状态 BLZT 1-15 as used by two vendors' implementations of the exchange tables
(《工程建设项目审批管理系统数据共享交换标准》); kinds of procedure 行政许可法 45.
"""

from __future__ import annotations

from enum import IntEnum


class _Word(IntEnum):
    """A word that is an integer in columns and a lower-case name in files and documents."""

    @property
    def word(self) -> str:
        return self.name.lower()


class Status(_Word):
    """What an event says happened. 1-15 are the national codes (BLZT); the rest are our own."""

    RECEIVED = 1
    RETRACTED = 2
    ACCEPTED = 3
    NOT_ACCEPTED = 4
    REFUSED = 5
    CORRECTION_STARTED = 6
    CORRECTION_ENDED = 7
    HANDLING_STARTED = 8
    PROCEDURE_STARTED = 9
    PROCEDURE_ENDED = 10
    APPROVED = 11
    APPROVED_WITH_OMISSION = 12
    REJECTED = 13
    WITHDRAWN = 14
    REVOKED = 15
    EXTENDED = 21
    CONFIRMED = 22
    VOIDED = 23


NATIONAL_CODES = range(1, 16)
DECISIONS = frozenset({Status.APPROVED, Status.APPROVED_WITH_OMISSION, Status.REJECTED})
APPROVALS = frozenset({Status.APPROVED, Status.APPROVED_WITH_OMISSION})
# 2, 4 and 5 turn an application away before it is taken on; 14 and 15 end one that was.
TURNED_AWAY = frozenset({Status.RETRACTED, Status.NOT_ACCEPTED, Status.REFUSED})
CLOSINGS = DECISIONS | TURNED_AWAY | {Status.WITHDRAWN, Status.REVOKED}


class Holder(_Word):
    """Whose time a case's days are (用时主体)."""

    AGENCY = 0
    ENTRUSTED_INTERMEDIARY = 1
    UTILITY = 2
    OWNER = 3
    OWNER_INTERMEDIARY = 4


NO_HOLDER = -1


class Pause(_Word):
    """What may interrupt a case: correction 补正 and the kinds of special procedure 特别程序."""

    CORRECTION = 0
    HEARING = 1
    BIDDING = 2
    AUCTION = 3
    INSPECTION = 4
    TESTING = 5
    QUARANTINE = 6
    APPRAISAL = 7
    EXPERT_REVIEW = 8
    PUBLIC_NOTICE = 9
    SITE_SURVEY = 10
    RECTIFICATION = 11
    OWNER_WORKS = 12
    OTHER = 13


ARTICLE_45 = frozenset(Pause(k) for k in range(1, 9))  # the eight of 行政许可法 45
PROCEDURES = tuple(k for k in Pause if k is not Pause.CORRECTION)


class Stage(_Word):
    """The four stages 四个阶段 in their order, and `parallel` 并行 for items tied to none."""

    PARALLEL = 0
    INITIATION = 1
    PLANNING = 2
    CONSTRUCTION = 3
    ACCEPTANCE = 4


class Group(_Word):
    """Groups of stages 阶段组 that have a budget of days."""

    PRE_CONSTRUCTION = 0
    ACCEPTANCE = 1


class Light(_Word):
    """Lights in the order of their weight; NONE 不适用 and GREY 无法判定 weigh less than GREEN."""

    NONE = 0
    GREY = 1
    GREEN = 2
    YELLOW = 3
    RED = 4


class Phase(_Word):
    """办理状态 of a project."""

    NOT_STARTED = 0
    RUNNING = 1
    STOPPED = 2
    WAITING_OWNER = 3
    FINISHED = 4
    DROPPED = 5


NO_PHASE = -1  # of a project that is not there yet: coded later, and nothing accepted before


class CaseState(_Word):
    """How a case stands at the end of a day, in the `project_total` clock."""

    NOT_STARTED = 0
    RECEIVED = 1
    RUNNING = 2
    CORRECTION = 3
    PROCEDURE = 4
    DECIDED = 5
    OUT = 6
    UNJUDGED = 7


class Unit(_Word):
    """The unit of a limit."""

    WORKING_DAY = 0
    NATURAL_DAY = 1


class ClockStart(_Word):
    """From which event a case's own clocks run: PREDECESSOR: from the day on which what it wants before it was done;
    UNIFIED 统一收件: all such cases of a stage are accepted at once, with the first of them (浙江“最多跑一次”规定 5).
    Of a case itself ACCEPTED and RECEIVED speak of its statutory clock (环评法 22, 建筑法 8: from receipt)."""

    ACCEPTED = 0
    RECEIVED = 1
    PREDECESSOR = 2
    UNIFIED = 3


class Applies(_Word):
    """How a pack finds its projects: FITS: what was not told contradicts nothing; TOLD: kind and area code that the
    scope names must be told; NAMED: only projects that name the pack."""

    FITS = 0
    TOLD = 1
    NAMED = 2


class Ledger(_Word):
    """What a working day of a project's span is, in the order in which the first that holds is taken."""

    COUNTED = 0
    PROCEDURE = 1
    CORRECTION = 2
    OWNER_WORKS = 3
    UNCOUNTED = 4
    NOBODY = 5


class EndReason(_Word):
    """Why a source says that a project ended."""

    COMPLETED = 0
    TERMINATED = 1
