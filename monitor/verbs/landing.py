"""The rows of an import on their way into one batch of the log, chunk by chunk; what cannot land is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from monitor.intake import CHUNK, ORDER, OWN_KEY, Refusal, Returned, Secrets, Sheet, TableName, Taken, remarks, takers
from monitor.intake import shown as as_told
from monitor.intake.spool import Spooled
from monitor.progress import Advance, unheard
from monitor.reading.register import new_names
from monitor.store.events import OPTIONAL, Lost
from monitor.store.facts import CASE_COLUMNS, PROJECT_COLUMNS
from monitor.store.log import NOTHING_TOLD, LogBatch
from monitor.store.versions import Clash, Outcome
from monitor.store.waiting import SECRET, Kept, Mended
from monitor.text import _
from monitor.verbs.imported import Imported
from monitor.verbs.secrecy import keep
from monitor.verbs.terms import Terms
from rules.workdays import day_number, day_of

LISTED = 100_000  # refusals that a result lists; more are only counted, so that memory stays flat
_UPPER = {"cases": ("unknown_project", "project_code"), "events": ("unknown_case", "case_id")}


class Landing:
    """One import under way. ``partial``: refused rows are set aside, and the others land. ``mended``: what waits of a
    source whose tables are read again."""

    def __init__(
        self,
        batch: LogBatch,
        result: Imported,
        terms: Terms,
        *,
        partial: bool = False,
        chunk: int = CHUNK,
        advance: Advance = unheard,
        mended: Mended | None = None,
        returned: Returned | None = None,
    ) -> None:
        self.batch, self.result, self.terms, self.returned = batch, result, terms, returned
        self.partial, self.chunk, self.advance, self.mended = partial, chunk, advance, mended
        self.secrets = Secrets(terms.secret, batch.secrets)
        self.fresh = 0  # refused rows that were not set aside before
        self.done_with = 0  # rows that waited and were mended
        self.latest = -1  # day of which anything is told; of a day to come it says nothing that something is told of it
        self.starts: dict[str, list[tuple[int, Sheet]]] = {table: [] for table in ORDER}
        self.rows = dict.fromkeys(ORDER, 0)  # ordinals given out
        self.pointing: dict[int, dict[str, str]] = {}  # content of events that name another, should it be missing

    def take(self, listed: list[Sheet]) -> None:
        """All rows of all tables, projects first."""
        self.batch.events.remembers = any(sheet.blanks for sheet in listed)
        made = takers(listed, self.terms.zone, self.secrets, self.terms.packs)
        total, done = sum(sheet.size for sheet in listed), 0
        for table in ORDER:
            for taker in made:
                if taker.sheet.table != table:
                    continue
                self.starts[table].append((self.rows[table], taker.sheet))
                read = 0
                for taken in taker.chunks(self.chunk):
                    read += len(taken.numbers)
                    self._land(taken)
                    self.advance(done + taken.read, total)
                done += taker.sheet.size
                self.rows[table] += read + 2
                self._list_file(taker.sheet, read)
            if table == "projects":
                self.batch.follow_regions()
        for sheet in listed:
            if sheet.blanks:
                self._compare_blanks(sheet, sheet.blanks)

    def _list_file(self, sheet: Sheet, rows: int) -> None:
        entry = {"file": sheet.file, "table": sheet.table, "sha256": sheet.sha256, "encoding": sheet.encoding}
        self.result.files.append(entry | {"rows": rows})

    def _land(self, taken: Taken) -> None:
        table, rows = taken.sheet.table, taken.rows
        count = self.result.counts[table]
        first = self.starts[table][-1][0]
        ordinals = [first + row for row in rows.row]
        outcome = getattr(self, f"_put_{table}")(taken, ordinals)
        self.batch.touch(outcome.touched)
        count.read += len(taken.numbers)
        count.added += outcome.added
        count.changed += outcome.changed
        count.known += outcome.known
        self.result.warn(remarks(taken, self.terms.checker, day_number(self.batch.known_on)))
        if self.mended:
            out = {*outcome.unknown, *(clash.at for clash in outcome.clashes)}
            keys = enumerate(getattr(rows, OWN_KEY[table]))
            self.mended.came(table, (key for n, key in keys if n not in out))
        refusals = [*taken.refusals, *self._unknown(taken, outcome), *self._clashes(taken, outcome)]
        if refusals:
            self._refuse(table, refusals, taken.content)

    def _heard_of(self, days: Sequence[int]) -> None:
        today = day_number(self.batch.known_on)
        latest = max(days, default=-1)
        if latest > today:
            latest = max((day for day in days if day <= today), default=-1)
        self.latest = max(self.latest, latest)

    def _put_projects(self, taken: Taken, ordinals: list[int]) -> Outcome:
        rows = taken.rows
        self._heard_of(rows.coded_on)
        self._heard_of([day for day in rows.ended_on if day is not None])
        values = list(zip(*(getattr(rows, name) for name in PROJECT_COLUMNS), strict=True))
        told = tuple(name in taken.present for name in PROJECT_COLUMNS)
        derived = "coded_on" in taken.sheet.derived
        kept = self._kept_days(taken) if derived else set()
        if not kept:
            return self.batch.projects.put(rows.project_code, values, told, ordinals, derived=derived)
        but_the_day = tuple(name in taken.present - {"coded_on"} for name in PROJECT_COLUMNS)
        outcome = Outcome()
        for places, columns in (([i for i in range(len(rows)) if i not in kept], told), (sorted(kept), but_the_day)):
            codes, some = [rows.project_code[i] for i in places], [values[i] for i in places]
            at = [ordinals[i] for i in places]
            outcome.add(self.batch.projects.put(codes, some, columns, at, derived=True), places)
        return outcome

    def _kept_days(self, taken: Taken) -> set[int]:
        """Places of projects whose day of coding is known better: what is derived from a file never makes it later."""
        rows = taken.rows
        known = self.batch.projects.coded(rows.project_code)
        later = {i for i, code in enumerate(rows.project_code) if code in known and known[code] < rows.coded_on[i]}
        for i in sorted(later):
            here, other = (
                as_told("projects", "coded_on", day) for day in (rows.coded_on[i], known[rows.project_code[i]])
            )
            self.result.warn([taken.refuse(rows.row[i], "kept_day", "coded_on", here, known=other)])
        return later

    def _put_cases(self, taken: Taken, ordinals: list[int]) -> Outcome:
        rows = taken.rows
        names = ["department" if name == "department_id" else name for name in CASE_COLUMNS]
        values = list(zip(*(getattr(rows, name) for name in names), strict=True))
        told = tuple(name in taken.present for name in names)
        return self.batch.cases.put(rows.case_id, rows.project_code, rows.department, values, told, ordinals)

    def _put_events(self, taken: Taken, ordinals: list[int]) -> Outcome:
        rows = taken.rows
        self._heard_of(rows.day)
        columns = {name: getattr(rows, name) for name in ("event_id", "status", "day", "occurred_at")}
        told = taken.present | ({"entered_day"} if "entered_at" in taken.present else set())
        columns |= {name: getattr(rows, name) for name in OPTIONAL if name in told}
        if "procedure" not in told and any(kind is not None for kind in rows.procedure):
            columns["procedure"] = rows.procedure  # not told means `other` for the start and end of one
        outcome = self.batch.events.put(rows.case_id, columns, ordinals, taken.present)
        if self.partial and told & {"voids", "confirms"}:
            for i, (voids, confirms) in enumerate(zip(rows.voids, rows.confirms, strict=True)):
                if voids is not None or confirms is not None:
                    self.pointing[ordinals[i]] = taken.content(rows.row[i])
        return outcome

    def _unknown(self, taken: Taken, outcome: Outcome) -> list[Refusal]:
        if not outcome.unknown:
            return []
        code, column = _UPPER[taken.sheet.table]
        named = getattr(taken.rows, column)
        return [taken.refuse(taken.rows.row[i], code, column, named[i]) for i in outcome.unknown]

    def _clashes(self, taken: Taken, outcome: Outcome) -> list[Refusal]:
        return [self._clash(taken, clash) for clash in outcome.clashes]

    def _clash(self, taken: Taken, clash: Clash) -> Refusal:
        table = taken.sheet.table
        row = taken.rows.row[clash.at]
        if table == "cases" and clash.column == "project_code":
            return taken.refuse(row, "moved_case", "project_code", clash.told, known=clash.known)
        told: dict[str, Any] = {"column": clash.column}
        if clash.column == "case_id":  # of an event: known here by our key
            told |= {"known": _("another case"), "told": taken.rows.case_id[clash.at]}
        else:
            told |= {name: as_told(table, clash.column, getattr(clash, name)) for name in ("known", "told")}
        key = getattr(taken.rows, OWN_KEY[table])[clash.at]
        if clash.before is None:
            of_list = table == "events" and isinstance(taken.sheet.source, Spooled)
            told |= {"told_by": "_of_list"} if of_list else {}
            return taken.refuse(row, "other_content", OWN_KEY[table], key, **told)
        sheet, before = self._row_of(table, clash.before)
        return taken.refuse(row, "twice", OWN_KEY[table], key, where=(sheet.file, sheet.place(before)[0]), **told)

    def _compare_blanks(self, sheet: Sheet, blanks: Spooled) -> None:
        """Events for which a list has no day, though they are known of its source: taken back where it is edited in
        place, else refused. What another row of the import tells is told."""
        first = 0
        for rows, _read in blanks.rows(self.chunk):
            secret = set(self.secrets.of_events([case for _event, case in rows]))
            ids = [event for at, (event, _case) in enumerate(rows) if at not in secret]
            known = self.batch.events.told_before(ids)
            if self.batch.events.replacing:
                self.retract(list(known), ())
            elif known:
                refusals, contents = [], {}
                for at, (event, case) in enumerate(rows):
                    if at not in secret and event in known:
                        refusals.append(self._gone(sheet, blanks, first + at, *known[event]))
                        contents[first + at] = {"event_id": event, "case_id": case}
                self._refuse("events", refusals, contents.__getitem__)
            first += len(rows)

    def _gone(self, sheet: Sheet, blanks: Spooled, at: int, status: int, day: int) -> Refusal:
        row, labels = blanks.place(at)
        told = {"event": as_told("events", "status", status), "known": day_of(day).isoformat()}
        return Refusal(sheet.file, sheet.sha256, row, "gone", labels["occurred_at"], "", told, at=at)

    def _row_of(self, table: TableName, ordinal: int) -> tuple[Sheet, int]:
        first, sheet = next(start for start in reversed(self.starts[table]) if start[0] <= ordinal)
        return sheet, ordinal - first

    def _refuse(self, table: TableName, refusals: list[Refusal], content: Callable[[int], dict[str, str]]) -> None:
        by_row: dict[int, list[Refusal]] = {}
        for refusal in sorted(refusals, key=lambda r: r.place):
            by_row.setdefault(refusal.place, []).append(refusal)
        self.result.counts[table].refused += len(by_row)
        self.result.refused += len(by_row)
        self.result.secret += sum(_is_secret(listed) for listed in by_row.values())
        room = LISTED - len(self.result.refusals)
        self.result.refusals += [r for listed in by_row.values() for r in listed][: max(room, 0)]
        if self.returned:
            for at, listed in by_row.items():
                if not _is_secret(listed):
                    self.returned.add(table, listed, content(at))
        if self.mended:
            open_ones = (at for at, listed in by_row.items() if all(refusal.code != "secret" for refusal in listed))
            self.mended.refused(table, (content(at).get(OWN_KEY[table], "").strip() for at in open_ones))
        if self.partial:
            self.fresh += self.batch.keep_refused(kept(table, at, listed, content) for at, listed in by_row.items())

    def retract(self, event_ids: Sequence[str], codes: Iterable[str]) -> None:
        """Takes back what the source no longer holds to be valid; what was never known is passed over. ``codes``: of
        the projects that were read."""
        projects = [key for key, _region in self.batch.projects.find(sorted(codes)).values()]
        outcome = self.batch.events.retract(event_ids, projects)
        self.result.counts["events"].changed += outcome.changed
        self.batch.touch(outcome.touched)
        if self.mended:
            self.done_with += self.mended.hold_no_more(self.batch.connection, self.batch.id, event_ids)

    def finish(
        self,
        today: dt.date,
        reported_until: dt.date | None,
        feed: Callable[[LogBatch], int],
        *,
        last: bool = True,
        falls_back: bool = False,
    ) -> bool:
        """After the last row: what names nothing is refused, what waited is fed again (``feed`` gives how many rows
        came in), the batch is closed. Gives whether it stays.

        Not the ``last`` of several that a source tells together: it says nothing of until which day, but for a source
        that never said so, of which nothing is confirmed before the last has landed. ``falls_back``: where the source
        said so of a later day it did not know that."""
        self._refuse_lost()
        result, counts = self.result, self.result.counts
        result.known_secret = set(self.batch.secrets.known)
        if self.partial or not result.refused:
            result.remembered = keep(self.batch.secrets, self.secrets)
        landed = {table: counts[table].added + counts[table].changed for table in ORDER}
        self.batch.next_event += self.rows["events"]
        if any(landed.values()) and (self.partial or not result.refused):
            self.batch.keep_replaced()
            result.fed = feed(self.batch)
        result.departments = new_names(self.batch.connection, self.batch.first_department)
        result.touched = len(self.batch.touched())
        if result.refused and not self.partial:
            return False
        if self.mended:
            self.done_with += self.mended.close(self.batch.connection, self.batch.id)
        known = self.batch.reported_until()
        falls_back = bool(falls_back and last and reported_until and known and reported_until < known)
        raises = last and reported_until is not None and (known is None or reported_until > known)
        if not any(landed.values()) and not self.fresh and not self.done_with and not raises and not falls_back:
            result.outcome = "partial" if result.refused else "nothing"
            return False
        result.outcome = "partial" if result.refused else "landed"
        if not last:
            until = -1 if known else day_number(NOTHING_TOLD)
        elif reported_until is not None:
            until = day_number(reported_until)
        else:
            until = min(self.latest, day_number(today))
        result.reported_until = day_of(until) if until > day_number(NOTHING_TOLD) else None
        self.batch.close(
            **landed,
            refused=result.refused,
            reported_until=until if until >= 0 else None,
            falls_back=falls_back,
        )
        if not result.dry_run:
            result.batch, result.known_from = self.batch.id, self.batch.known_from
        return True

    def _refuse_lost(self) -> None:
        events = self.batch.events
        while lost := events.lost_targets():
            refusals: dict[str, list[tuple[Lost, Refusal]]] = {}
            for each in lost:
                sheet, row = self._row_of("events", each.target.ordinal)
                code = "foreign_event" if each.foreign else "unknown_event"
                refusal = sheet.refusal(row, code, each.target.column, each.target.name, {})
                refusals.setdefault(sheet.file, []).append((each, refusal))
            for listed in refusals.values():
                contents = {refusal.place: self.pointing.get(each.target.ordinal, {}) for each, refusal in listed}
                self._refuse("events", [refusal for _each, refusal in listed], contents.__getitem__)
            taken_back = len({each.target.id for each in lost})
            self.result.counts["events"].added -= taken_back
            self.batch.untouch(events.take_back(lost))


def _is_secret(refusals: Sequence[Refusal]) -> bool:
    return any(refusal.code == "secret" for refusal in refusals)


def kept(table: TableName, at: int, refusals: Sequence[Refusal], content: Callable[[int], dict[str, str]]) -> Kept:
    """A refused row as it is set aside; of a secret one neither content nor reasons but the word."""
    first = refusals[0]
    row = 0 if first.keyed else first.row
    if _is_secret(refusals):
        return Kept("", first.sha256, row, "", None, SECRET, "secret")
    reasons = [{"code": r.code, "column": r.column, "value": r.value, "params": r.params} for r in refusals]
    code = first.code if len(refusals) == 1 else ""
    lacks = first.value if code.startswith("unknown_") else None
    told, why = (orjson.dumps(value).decode() for value in (content(at), reasons))
    return Kept(first.file, first.sha256, row, table, told, why, code, lacks)
