"""The tables: log, notices and packs (what we were told), standings (what it means), watch (what the watchman does),
trail (who did what), people (who may)."""

from monitor.tables.base import Base, Day, Key, UTCDateTime
from monitor.tables.log import (
    FOLLOWS,
    ApprovalCase,
    Batch,
    BatchKnown,
    CaseFact,
    Department,
    Event,
    Project,
    ProjectFact,
    RefusedRow,
    SecretDigest,
    Source,
)
from monitor.tables.look_up import LookUpMiss, SlipCode
from monitor.tables.measures import HandoverGap, HandoverTally, Outcome, PausePiece, PauseTally
from monitor.tables.notices import Notice
from monitor.tables.packs import Pack
from monitor.tables.people import (
    Account,
    AccountDepartment,
    AccountSession,
    Agreement,
    AgreementFact,
    ApiToken,
    DeletionRequest,
    SignInAttempt,
)
from monitor.tables.pulls import PullMark
from monitor.tables.register import DepartmentEntry
from monitor.tables.standings import (
    Calendar,
    CalendarDay,
    CaseStanding,
    GroupStanding,
    Share,
    Standing,
    Tally,
    Turn,
)
from monitor.tables.trail import TrailDetail, TrailEntry, TrailHead
from monitor.tables.watch import Job, JobRun, Outbox, SetAside, Sweep

__all__ = [
    "FOLLOWS",
    "Account",
    "AccountDepartment",
    "AccountSession",
    "Agreement",
    "AgreementFact",
    "ApiToken",
    "ApprovalCase",
    "Base",
    "Batch",
    "BatchKnown",
    "Calendar",
    "CalendarDay",
    "CaseFact",
    "CaseStanding",
    "Day",
    "DeletionRequest",
    "Department",
    "DepartmentEntry",
    "Event",
    "GroupStanding",
    "HandoverGap",
    "HandoverTally",
    "Job",
    "JobRun",
    "Key",
    "LookUpMiss",
    "Notice",
    "Outbox",
    "Outcome",
    "Pack",
    "PausePiece",
    "PauseTally",
    "Project",
    "ProjectFact",
    "PullMark",
    "RefusedRow",
    "SecretDigest",
    "SetAside",
    "Share",
    "SignInAttempt",
    "SlipCode",
    "Source",
    "Standing",
    "Sweep",
    "Tally",
    "TrailDetail",
    "TrailEntry",
    "TrailHead",
    "Turn",
    "UTCDateTime",
]
