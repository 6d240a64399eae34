"""Logs as awkward as the real world makes them, the same for the same seed.

Plain `random.Random`, so that a property test can drive it by one integer. The rows are odd but possible: none has a
reason to be refused at the door.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from rules.pack import Item, RulePack
from rules.packfile import shipped
from rules.vocabulary import CLOSINGS, NATIONAL_CODES, PROCEDURES, Holder, Stage, Status

Rows = list[dict[str, str]]

PROJECT_COLUMNS = [
    *("project_code", "name", "region", "kind", "industry", "applicant", "credit_code", "agent", "coded_on"),
    *("investment", "pack", "ended_on", "end_reason"),
]
CASE_COLUMNS = [
    *("case_id", "project_code", "works_code", "item_code", "item_name", "stage", "department", "holder"),
    *("statutory_days", "statutory_unit", "promised_days", "promised_unit", "clock_start"),
]
EVENT_COLUMNS = [
    *("event_id", "case_id", "status", "occurred_at", "entered_at", "office", "handler", "procedure", "holder"),
    *("reason", "basis", "days", "approver", "voids", "confirms"),
]

FIRST, LAST = dt.date(2022, 1, 4), dt.date(2026, 12, 31)
# Days around which a count goes wrong: eves of holidays, make-up working days at weekends, ends of years.
TURNING = [
    *("2022-01-29", "2022-01-30", "2022-02-07", "2022-04-24", "2022-10-08", "2022-12-31", "2023-01-20", "2023-01-28"),
    *("2023-01-29", "2023-04-23", "2023-09-28", "2023-10-07", "2023-12-30", "2024-02-04", "2024-02-09", "2024-02-18"),
    *("2024-04-28", "2024-09-14", "2024-09-29", "2024-10-12", "2025-01-26", "2025-01-27", "2025-02-08", "2025-04-27"),
    *("2025-09-28", "2025-09-30", "2025-10-11", "2026-01-04", "2026-02-13", "2026-02-14", "2026-02-28", "2026-05-09"),
    *("2026-09-20", "2026-10-10"),
]
DEPARTMENTS = [
    *("发展改革", "自然资源", "住建", "生态环境", "水利", "林业", "人防", "消防", "气象", "应急管理", "交通", "文物"),
    *("城管", "园林", "公用企业"),
]
PARTS = {"D01", "D02", "D03", "D06"}  # some of what the joint acceptance D08 wraps
# A day of a story: the days since the one before, then what happened on it.
Story = list[tuple[int, str]]


@cache
def items() -> tuple[Item, ...]:
    """The catalogue of the pack that the log is made for."""
    return tuple(shipped()["zhejiang-80"].catalogue.items.values())


def awkward_log(seed: int, projects: int = 20, *, works: bool = True) -> tuple[Rows, Rows, Rows]:
    """Rows of projects, cases and events in the canonical columns, in no order.

    In it: every status by name and by national code, every holder, every kind of pause, ties within a day, repeated
    starts and ends, pauses before acceptance and after the close, never ended or ended without a start, cases
    reopened, turned away, withdrawn and submitted again, decided without acceptance with and without receipt, cases
    without events, voids dated before, on and long after their event, voids of voids, confirmations, extensions,
    moments with and without offsets about midnight, future-dated events, wrapped items, the milestone, own limits in
    working and natural days from acceptance or receipt, projects ended by their source or outside the pack's scope,
    more than twenty departments on one day, and (``works``) works codes. Some logs lack columns that would be blank.
    """
    rng = Random(seed)
    log = _Log(rng)
    for n in range(projects):
        log.project(f"P{seed % 100_000:05d}-{n:03d}", works)
    for rows in (log.projects, log.cases, log.events):
        rng.shuffle(rows)
    sheets = [_without_blank_columns(rng, rows) for rows in (log.projects, log.cases, log.events)]
    return sheets[0], sheets[1], sheets[2]


def named(log: tuple[Rows, Rows, Rows], pack: RulePack, seed: int) -> tuple[Rows, Rows, Rows]:
    """The log with most of its projects naming a pack, and most cases an item of its catalogue."""
    rng, codes = Random(seed), sorted(pack.catalogue.items)
    foreign = not pack.catalogue.items.keys() & {item.code for item in items()}
    projects = [row | ({"pack": pack.id} if rng.random() < 0.8 else {}) for row in log[0]]
    cases = [row | ({"item_code": rng.choice(codes)} if foreign and rng.random() < 0.8 else {}) for row in log[1]]
    return projects, cases, log[2]


def write(folder: Path, log: Sequence[Rows]) -> Path:
    """The log as the three canonical CSV files in ``folder``."""
    columns = (PROJECT_COLUMNS, CASE_COLUMNS, EVENT_COLUMNS)
    for name, header, rows in zip(("projects", "cases", "events"), columns, log, strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, header, restval="")
            out.writeheader()
            out.writerows(rows)
    return folder


def _without_blank_columns(rng: Random, rows: Rows) -> Rows:
    needed = {"project_code", "coded_on", "case_id", "stage", "department", "event_id", "status", "occurred_at"}
    blank = {c for c in (rows[0] if rows else ()) if c not in needed and not any(r[c] for r in rows)}
    dropped = {c for c in sorted(blank) if rng.random() < 0.5}
    return [{c: v for c, v in row.items() if c not in dropped} for row in rows]


class _Log:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.projects: Rows = []
        self.cases: Rows = []
        self.events: Rows = []
        self.dense = False  # much on few days, with few kinds of pauses

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    # ---- projects

    def project(self, code: str, works: bool) -> None:
        """One project with its cases: ordinary, crowded, tidy (all closed) or empty."""
        rng = self.rng
        self.dense = self.chance(0.3)
        begin = FIRST + dt.timedelta(rng.randrange(0, 1700))
        if self.chance(0.3):
            begin = dt.date.fromisoformat(rng.choice(TURNING))
        coded_on = begin + dt.timedelta(rng.choice([0, 0, 0, -1, -7, -40, -400, 1, 3, 30, 200]))
        row = dict.fromkeys(PROJECT_COLUMNS, "")
        row |= {"project_code": code, "coded_on": _cap(coded_on).isoformat(), "kind": rng.choice(["filing"] * 9 + [""])}
        row |= {"name": rng.choice(["", f"项目{code}", "年产万吨,“一期”项目"]), "agent": rng.choice(["", "代办员甲"])}
        row |= {"region": rng.choice(["", "33", "330106", "330381"]), "investment": rng.choice(["", "1200", "98.5"])}
        if self.chance(0.06):
            row |= rng.choice([{"kind": "approval"}, {"region": "320102"}, {"kind": "verification", "region": "33"}])
        if self.chance(0.12):
            ended = _cap(max(begin, coded_on) + dt.timedelta(rng.randrange(0, 700)))
            row |= {"ended_on": ended.isoformat(), "end_reason": rng.choice(["completed", "terminated", ""])}
        self.projects.append(row)

        codes = [""]
        if works and self.chance(0.3):
            codes = rng.sample(["", "W1", "W2", "W3"], k=rng.randint(2, 4))
        crowded = self.chance(0.025)
        tidy = not crowded and self.chance(0.25)
        for n, item in enumerate(self.choose_items(crowded)):
            when = begin + dt.timedelta(rng.choice([0, 0, 1, 2, 5, 20, 60, 150, rng.randrange(0, 500)]))
            if crowded:
                when = begin + dt.timedelta(rng.randrange(0, 4))
            case_id = self.case(code, n, item, rng.choice(codes), f"部门{n:02d}" if crowded else "")
            long: Story = [(0, "accepted"), (rng.randrange(8, 60), "approved")]
            self.tell(case_id, when, long if crowded else self.orderly() if tidy else self.story())
            if not crowded and self.chance(0.06):  # withdrawn and submitted again as a fresh case
                self.append(case_id, when + dt.timedelta(rng.randrange(1, 12)), rng.choice(["withdrawn", "retracted"]))
                again = self.case(code, n + 500, item, rng.choice(codes), "")
                self.tell(again, when + dt.timedelta(rng.randrange(5, 20)), self.story())

    def choose_items(self, crowded: bool) -> list[Item | None]:
        rng, known = self.rng, items()
        chosen: list[Item | None] = list(rng.sample(known, k=rng.choice([0, 1, 2, 3, 4, 5, 6, 8])))
        if crowded:
            chosen = list(rng.sample(known, k=rng.randint(22, 30)))
        if self.chance(0.25):  # the joint acceptance with some of the parts it wraps
            chosen += [i for i in known if i.code == "D08" or (i.code in PARTS and self.chance(0.6))]
        if self.chance(0.3):
            chosen += [i for i in known if i.code == "C09"]
        if self.chance(0.15):
            chosen.append(None)  # an item that no catalogue knows
        return chosen

    # ---- cases

    def case(self, project: str, n: int, item: Item | None, works_code: str, department: str) -> str:
        rng = self.rng
        code = item.code if item else rng.choice(["", "X99"])
        row = dict.fromkeys(CASE_COLUMNS, "")
        row |= {"case_id": f"{project}-{code or 'none'}-{n}", "project_code": project, "works_code": works_code}
        row |= {"item_code": code, "item_name": item.name if item else ""}
        row["stage"] = (item.stage if item and self.chance(0.95) else rng.choice(list(Stage))).word
        row["department"] = department or rng.choice(DEPARTMENTS)
        row["holder"] = "" if department else rng.choice(["", "", "", "agency", "agency", *(h.word for h in Holder)])
        for kind in ("promised", "statutory"):
            if self.chance(0.25):
                row[f"{kind}_days"] = str(rng.choice([0, 1, 2, 3, 5, 7, 10, 20, 30, 45, 60]))
                row[f"{kind}_unit"] = rng.choice(["", "working_day", "natural_day", "natural_day"])
        row["clock_start"] = rng.choice(["", "", "", "accepted", "received", "received", "predecessor", "unified"])
        self.cases.append(row)
        return row["case_id"]

    # ---- stories

    def story(self) -> Story:
        """What happens to one case: orderly, orderly with slips, one of the classic oddities, or chaos."""
        kind = self.rng.random()
        if kind < 0.25:
            return self.orderly()
        if kind < 0.55:
            return self.slips(self.orderly())
        return self.oddity() if kind < 0.8 else self.chaos()

    def gap(self) -> int:
        return self.rng.choice([0, 0, 1, 1, 2] if self.dense else [0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 30, 75])

    def orderly(self) -> Story:
        """Received, accepted, pauses one after another, decided."""
        told: Story = [(0, "received")] if self.chance(0.6) else []
        told.append((self.rng.choice([0, 1, 2, 4]), "accepted"))
        if self.chance(0.4):
            told.append((self.gap(), "handling_started"))
        for _ in range(self.rng.choice([0, 0, 1, 1, 2, 3])):
            kind = self.pause()
            told += [(self.gap(), f"{kind}+"), (self.gap(), f"{kind}-")]
        if self.chance(0.12):
            told.append((self.gap(), "extended"))
        told.append((self.gap(), self.rng.choice(["approved"] * 5 + ["approved_with_omission", "rejected"])))
        return told

    def pause(self) -> str:
        kinds = PROCEDURES[:2] if self.dense else PROCEDURES
        return "correction" if self.chance(0.45) else self.rng.choice(kinds).word

    def slips(self, told: Story) -> Story:
        """Steps forgotten, repeated, changed in order or put on one day."""
        for _ in range(self.rng.randint(1, 4)):
            at = self.rng.randrange(len(told)) if told else 0
            slip = self.rng.randrange(5)
            if slip == 0 and len(told) > 1:
                del told[at]
            elif slip == 1 and told:
                told.insert(at, (0, told[at][1]))
            elif slip == 2 and at:
                told[at - 1], told[at] = told[at], told[at - 1]
            elif slip == 3:
                told = [(0 if self.chance(0.5) else gap, what) for gap, what in told]
            else:
                told.insert(at, (self.gap(), f"{self.pause()}{self.rng.choice('+-')}"))
        return told

    def oddity(self) -> Story:
        """A classic: reopened, turned away, decided on nothing, only received, closed and accepted on one day."""
        rng, g = self.rng, self.gap
        away = rng.choice(["retracted", "not_accepted", "refused"])
        end = rng.choice(["approved", "rejected", "approved_with_omission"])
        kind = self.pause()
        return rng.choice(
            [
                [*self.orderly(), (g(), "accepted"), (g(), rng.choice([end, "revoked", "withdrawn", f"{kind}+"]))],
                [*self.orderly(), (g(), "revoked")],
                [*self.orderly(), (g(), f"{kind}+"), (g(), "accepted"), (g(), f"{kind}-")],
                [(0, "received"), (g(), away)],
                [(0, "received"), (g(), away), (g(), "received"), (g(), "accepted"), (g(), end)],
                [(0, "accepted"), (0, away), (g(), end)],
                [(0, "received"), (g(), end)],
                [(0, "received"), (g(), f"{kind}+"), (g(), end), (g(), "accepted")],
                [(0, end)],
                [(0, end), (g(), "accepted"), (g(), end)],
                [(0, end), (g(), "received"), (g(), end)],
                [(0, "received")],
                [(0, "handling_started")],
                [],
                [(0, "accepted"), (0, end)],
                [(0, "accepted"), (g(), end), (0, "accepted"), (g(), "withdrawn")],
                [(0, "accepted"), (0, "accepted"), (0, end), (g(), end)],
                [(0, f"{kind}+"), (g(), "accepted"), (0, f"{kind}+"), (g(), f"{kind}-"), (g(), end)],
                [(0, "accepted"), (g(), f"{kind}+"), (g(), "accepted"), (g(), f"{kind}-"), (g(), away)],
                [(0, "accepted"), (g(), "correction+"), (0, f"{kind}+"), (g(), "correction-"), (g(), f"{kind}-")],
                [(0, "accepted"), (g(), f"{kind}+")],
                [(0, "accepted")],
            ]
        )

    def chaos(self) -> Story:
        """Anything at any time."""
        words = ["accepted", "received", "extended", "handling_started", *(s.word for s in sorted(CLOSINGS))]
        told: Story = [(0, "accepted")] if self.chance(0.6) else []
        for _ in range(self.rng.randint(1, 12)):
            what = f"{self.pause()}{self.rng.choice('++-')}" if self.chance(0.5) else self.rng.choice(words)
            told.append((self.gap(), what))
        return told

    # ---- events

    def tell(self, case_id: str, day: dt.date, told: Story) -> None:
        for gap, what in told:
            day += dt.timedelta(gap)
            if self.chance(0.02):  # written down for a day far ahead
                self.append(case_id, day + dt.timedelta(self.rng.randrange(100, 600)), what)
            else:
                self.append(case_id, day, what)

    def append(self, case_id: str, day: dt.date, what: str) -> None:
        """One event, perhaps with the one that takes it out, and the one that takes that out."""
        rng, day = self.rng, _cap(day)
        row = dict.fromkeys(EVENT_COLUMNS, "")
        row |= {"event_id": f"{case_id}#{len(self.events)}", "case_id": case_id, "occurred_at": self.moment(day)}
        if what[-1] in "+-":
            kind, sign = what[:-1], "started" if what[-1] == "+" else "ended"
            what = f"correction_{sign}" if kind == "correction" else f"procedure_{sign}"
            row["procedure"] = "" if kind in ("correction", "other") else kind
            if kind == "other" and self.chance(0.5):
                row["procedure"] = kind
            if sign == "started":
                row["holder"] = rng.choice(["", "agency", *["entrusted_intermediary"] * 3, "owner_intermediary"])
                row["basis"] = rng.choice(["", "《行政许可法》第四十五条"])
        if what == "extended":
            row |= {"days": str(rng.choice([1, 3, 5, 10, 15])), "approver": "局长"}
        code = Status[what.upper()]
        row["status"] = str(int(code)) if code in NATIONAL_CODES and self.chance(0.35) else what
        row |= {"office": rng.choice(["", "窗口"]), "handler": rng.choice(["", "张三"])}
        if self.chance(0.15):
            row["entered_at"] = _cap(day + dt.timedelta(rng.choice([0, 1, 4, 30]))).isoformat()
        self.events.append(row)
        if what.endswith("_started") and what != "handling_started" and self.chance(0.03):
            self.about("confirmed", "confirms", row, day)
        if self.chance(0.05):
            first = last = self.about("voided", "voids", row, day)
            while self.chance(0.15):
                last = self.about("voided", "voids", last, day)
            if self.chance(0.03):
                first["voids"] = last["event_id"]  # voids that name one another in a circle

    def about(self, status: str, column: str, of: dict[str, str], day: dt.date) -> dict[str, str]:
        """An event that speaks of another one: earlier than it, on its day, or up to years later."""
        when = _cap(day + dt.timedelta(self.rng.choice([-20, -1, 0, 0, 1, 10, 90, 700])))
        row = dict.fromkeys(EVENT_COLUMNS, "")
        row |= {"event_id": f"{of['case_id']}#{len(self.events)}", "case_id": of["case_id"], "status": status}
        row |= {"occurred_at": self.moment(when), column: of["event_id"], "reason": "录入有误"}
        self.events.append(row)
        return row

    def moment(self, day: dt.date) -> str:
        """The day as a date, a local moment, or a moment with an offset that may bear another date."""
        if self.chance(0.5):
            return day.isoformat()
        rng = self.rng
        clock = rng.choice(["00:00:00", "00:03:00", "07:59:59", "08:00:00", "09:30:00", "16:00:00", "23:59:59"])
        local = dt.datetime.fromisoformat(f"{day}T{clock}")
        if self.chance(0.3):
            return local.isoformat()
        aware = local.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
        written = aware.astimezone(dt.timezone(dt.timedelta(hours=rng.choice([8, 8, 0, 0, -5])))).isoformat()
        return written.replace("+00:00", rng.choice(["Z", "+00:00"]))


def _cap(day: dt.date) -> dt.date:
    return max(FIRST, min(day, LAST))
