"""pull: the exchange tables of another database into the log, portion by portion.

Each portion is a batch: it lands whole or not at all, and with it the mark of how far the pull has come. A pull that is
cut goes on there. It reads the works of which something was recorded since the last one, with some days of overlap, and
now and then everything. The same again adds nothing; what was edited is a void and a new event.

Without ``partial`` a portion with a refused row changes nothing, and ends the pull; portions that landed before stay.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.exchange import Exchange, ExchangeProfile, ExchangeRefused, Portion
from monitor.exchange.doubled import Doubled, doubled
from monitor.exchange.portions import MOST_AWAITED, Page, Queries, Since
from monitor.exchange.tables import CASES, PROCEDURES
from monitor.intake import CHUNK, SecretList, read_secret_list
from monitor.progress import Advance, unheard
from monitor.reading.pulls import Mark, awaited, mark
from monitor.store.log import LogBatch
from monitor.store.pulls import write_mark
from monitor.store.trail import record
from monitor.store.waiting import PULLED, Mended
from monitor.verbs.feeding import feed
from monitor.verbs.foreseen import foreseen
from monitor.verbs.imported import Imported
from monitor.verbs.landing import Landing
from monitor.verbs.pulled import Pulled
from monitor.verbs.secrecy import forget, keep_all_the_same
from monitor.verbs.terms import Terms
from rules.portfolio import Rules
from rules.workdays import day_number, day_of


@dataclass(frozen=True)
class _Plan:
    """What a pull reads, from where, and what the mark will say when it is through."""

    started: dt.datetime
    today: dt.date  # the day on which it started
    since: Since | None
    position: str | None
    before: Mark
    highest: str | None
    read_by: str


def pull(
    database: Database,
    exchange: Exchange,
    profile: ExchangeProfile,
    *,
    source: str,
    zone: ZoneInfo,
    clock: Callable[[], dt.datetime],
    whole: bool = False,
    partial: bool = False,
    dry_run: bool = False,
    chunk: int = CHUNK,
    advance: Advance = unheard,
    places: Collection[str] = (),
    secret_list: Path | None = None,
    foresee: Rules | None = None,
    as_of: dt.date | None = None,
) -> Pulled:
    """Pulls the tables of ``exchange``. ``whole``: everything is read, whenever that was done last. ``places``,
    ``secret_list``, ``foresee`` and ``as_of`` as for `import_log`.

    Raises ExchangeRefused when the other database cannot be used; what landed until then stays. Raises FileRefused
    for a list of secret projects that cannot be read.
    """
    secret = read_secret_list(secret_list)
    result = Pulled(source, profile.id, exchange.address, dry_run)
    with database.reading() as connection:
        before, waits_for = mark(connection, source), awaited(connection, source)
    one = _Pull(database, exchange, profile, result, zone, clock, partial, chunk, places, secret, before)
    try:
        with exchange.reading() as reading:
            everything = Queries(exchange, None)
            arrived = everything.arrived(reading, waits_for)
            asked = _Asked(profile, exchange, clock(), zone, whole, everything.highest(reading), tuple(arrived))
            plan = asked.plan(before)
            result.since, result.resumed = plan.since.day if plan.since else None, plan.position is not None
            queries = Queries(exchange, plan.since)
            one.doubled = doubled(reading, queries, profile)
            with one.transactions() as transaction:
                for done, page in enumerate(queries.pages(reading, plan.position), 1):
                    with transaction() as connection:
                        stays = one.portion(connection, reading, queries, page, plan)
                        if not stays:
                            raise Undo
                    advance(done, 0)
                    if result.outcome == "refused":
                        one.keep_secrets()
                        break
                if dry_run and foresee and one.moment:
                    with transaction() as connection:
                        ids, day = sorted(one.touched), as_of or _day(clock(), zone)
                        result.effect = foreseen(connection, ids, one.moment, foresee, day, advance)
            if plan.since is None and result.outcome != "refused":
                for table in (CASES, PROCEDURES):
                    ((result.without_records[table],),) = exchange.rows(reading, queries.without_records(table))
    finally:
        _log(result)
    return result


@dataclass(frozen=True)
class _Asked:
    """What a pull is asked, and what it finds: the highest key of a record, and works that are ``awaited`` no more."""

    profile: ExchangeProfile
    exchange: Exchange
    now: dt.datetime
    zone: ZoneInfo
    whole: bool
    highest: str | None
    arrived: tuple[str, ...]

    def plan(self, before: Mark) -> _Plan:
        """Goes on with a pull that was cut; else reads what came since the last one, or everything."""
        read_by = hashlib.sha256(f"{self.exchange.digest}\n{self.profile.text}".encode()).hexdigest()
        if before.read_by != read_by:  # other tables, or the same understood in another way
            before = Mark()
        if before.position is not None and before.started is not None and not self.whole:
            since = Since(before.since, before.highest, self.arrived) if before.since else None
            # What came into works that were read before the cut is found by the highest key of before.
            started = _day(before.started, self.zone)
            return _Plan(before.started, started, since, before.position, before, before.highest, read_by)
        today = _day(self.now, self.zone)
        long_ago = before.whole_on is None or (today - before.whole_on).days >= self.profile.whole_every_days
        if self.whole or long_ago or before.told_until is None or len(self.arrived) > MOST_AWAITED:
            return _Plan(self.now, today, None, None, before, self.highest, read_by)
        day = before.told_until - dt.timedelta(self.profile.overlap_days)
        return _Plan(self.now, today, Since(day, before.highest, self.arrived), None, before, self.highest, read_by)


def _day(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    return moment.astimezone(zone).date()


class _Pull:
    """One pull under way: what all its portions share."""

    def __init__(
        self,
        database: Database,
        exchange: Exchange,
        profile: ExchangeProfile,
        result: Pulled,
        zone: ZoneInfo,
        clock: Callable[[], dt.datetime],
        partial: bool,
        chunk: int,
        places: Collection[str],
        secret: SecretList,
        before: Mark,
    ) -> None:
        self.mark = before  # as this pull left it: another one would bring what is older by now
        self.database, self.exchange, self.profile, self.result = database, exchange, profile, result
        self.zone, self.clock, self.partial, self.chunk = zone, clock, partial, chunk
        self.places, self.secret = places, secret
        self.latest = -1
        self.moment: dt.datetime | None = None  # of the first portion that landed
        self.touched = set[int]()
        self.run: Landing | None = None  # of the last portion
        self.mended: Mended | None = None
        self.doubled: Doubled = {}

    @contextmanager
    def transactions(self) -> Iterator[Callable[[], Any]]:
        """Gives what opens the transaction of a portion: one each, or, of a dry run, savepoints within one for all that
        is undone."""
        if not self.result.dry_run:
            yield lambda: self.database.writing(bulk=True)
            return
        with self.database.writing(bulk=True) as connection:

            @contextmanager
            def savepoint() -> Iterator[Any]:
                with suppress(Undo), connection.begin_nested():
                    yield connection

            yield savepoint
            raise Undo

    def portion(self, connection: Any, reading: Any, queries: Queries, page: Page, plan: _Plan) -> bool:
        """Lands one portion with the mark; gives whether it stays."""
        result = Imported(self.result.source, self.result.dry_run)
        batch = LogBatch(connection, self.result.source, self.exchange.address, PULLED, self.clock(), self.zone)
        if mark(connection, self.result.source) != self.mark:
            raise ExchangeRefused(self.exchange.address, "overtaken")
        batch.edited_in_place()
        terms, known = Terms.now(batch, self.zone, self.places, self.secret), batch.reported_until()
        if self.secret and self.run is None:
            forget(batch.secrets, self.secret)
        self.mended = self.mended or Mended(connection, batch.source_id)
        run = Landing(batch, result, terms, partial=self.partial, chunk=self.chunk, mended=self.mended)
        portion, self.run = Portion(reading, queries, page, self.profile, run.secrets, self.doubled), run
        run.take(portion.sheets)
        run.retract(portion.retracted, portion.codes)
        last = portion.page.upto is None and portion.page.after is not None
        self.latest = max(self.latest, run.latest)
        latest = self._latest(plan)
        # Who has filled these tables may be dead: of the days since then nobody has told anything.
        quiet = latest is not None and (plan.today - latest).days > self.profile.quiet_days
        until = latest if quiet else plan.today
        landed = run.finish(plan.today, until, lambda batch: feed(batch, terms).total(), last=last, falls_back=quiet)
        self.result.add(result)
        self.result.read += portion.read
        self.result.invalid += portion.invalid
        if not landed and result.outcome == "refused":
            return False
        if landed:
            self.moment = self.moment or batch.known_from
            self.touched.update(batch.touched())
        else:
            batch.forget()
        self.mark = Mark(**self._mark(plan, portion.page, last))
        write_mark(connection, batch.source_id, **vars(self.mark))
        if not self.result.dry_run and (landed or result.remembered):  # the mark by itself is nobody's deed
            record(connection, batch.known_from, self._deed(result, batch if landed else None, known))
        return True

    def _deed(self, result: Imported, batch: LogBatch | None, known: dt.date | None) -> Deed:
        told = {"address": self.exchange.address, "profile": self.profile.id, **result.in_short()}
        kind, subject = ("batch", str(batch.id)) if batch else ("", "")
        before = {"reported_until": known.isoformat() if known else None}
        return Deed(Verb.PULL, kind, subject, result.outcome, before, told)

    def keep_secrets(self) -> None:
        """After a portion of which nothing stays."""
        if self.run is not None and not self.result.dry_run:
            keep_all_the_same(self.database, self.result.source, self.run.secrets, self.run.batch)

    def _mark(self, plan: _Plan, page: Page, last: bool) -> dict[str, Any]:
        """Under way: up to where, and as of when it began. Through: what a next pull need not read again."""
        before, latest = plan.before, self._latest(plan)
        if not last:
            position = page.upto if page.upto is not None else ""
            under_way = {"position": position, "since": plan.since.day if plan.since else None, "started": plan.started}
            # Of one that reads everything nothing is found by the key of before, and all that comes while it is cut by
            # this one.
            highest = plan.highest if plan.since is None else before.highest
            done = {"told_until": latest, "highest": highest, "whole_on": before.whole_on, "read_by": plan.read_by}
            return done | under_way
        whole_on = plan.today if plan.since is None else before.whole_on
        ended = {"position": None, "since": None, "started": None, "read_by": plan.read_by}
        return {"told_until": latest, "highest": plan.highest or before.highest, "whole_on": whole_on} | ended

    def _latest(self, plan: _Plan) -> dt.date | None:
        """The latest day of which this pull, or one before, brought a record: a silent source is read again from where
        it fell silent."""
        mine = day_of(min(self.latest, day_number(plan.today))) if self.latest >= 0 else None
        return max((day for day in (plan.before.told_until, mine) if day), default=None)


def _log(result: Pulled) -> None:
    """Counts and codes: never anything that a row says, and no password."""
    structlog.get_logger().info(
        "pull",
        outcome=result.outcome,
        dry_run=result.dry_run,
        source=result.source,
        address=result.address,
        batches=len(result.batches),
        refused=result.refused,
        codes=sorted({refusal.code for refusal in result.refusals}),
        **{table: count.added + count.changed for table, count in result.counts.items()},
    )
