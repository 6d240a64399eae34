"""The scheduler process: the timetable as one table, and a ledger that lets each due run happen once.

Run it in a process of its own. Jobs live in memory and are laid out afresh at every start: what was missed
is seen from the ledger, not from the scheduler's store, which two processes cannot share.
"""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor.actor import Actor, acting
from monitor.exchange import Exchange, exchange_profile
from monitor.jobs import start_again, tidy, work_off
from monitor.reading.sweeps import last_sweep, waiting
from monitor.settings import Settings, machine, now, today
from monitor.verbs.pull import pull
from monitor.verbs.runs import once
from monitor.verbs.tick import tick
from monitor.wiring import Monitor

LOOK_EVERY = 15  # seconds between two looks for new records


@dataclass(frozen=True)
class Entry:
    """One line of the timetable. ``recorded``: each due moment is a row of the ledger and runs once for all.
    ``catches_up``: what was due before the start of the process is made up for at once."""

    name: str
    trigger: Callable[[dt.tzinfo], BaseTrigger]
    verb: Callable[[Monitor], str]
    recorded: bool = True
    catches_up: bool = True


def sweep(known: Monitor) -> str:
    """Assesses what is due today."""
    done = tick(known.database, known.rules, today(known.settings), now)
    return f"{done.projects} assessed, {done.turns} turns, {done.failed} set aside"


def follow(known: Monitor) -> str:
    """Assesses what was imported since the last sweep, so that pages need not wait for the night."""
    with known.database.reading() as connection:
        last, many = last_sweep(connection), waiting(connection)
    if not many or (last is not None and last > today(known.settings)):
        return ""
    return sweep(known)


def fetch(known: Monitor) -> str:
    """Pulls the exchange tables; wrong rows are set aside, for nobody is there to mend them at once."""
    settings = known.settings
    if settings.pull_from is None:
        return ""
    profile = exchange_profile(settings.pull_profile)
    exchange = Exchange(settings.pull_from.get_secret_value(), profile.schema)
    try:
        done = pull(
            known.database,
            exchange,
            profile,
            source=settings.pull_source,
            zone=settings.zone,
            clock=now,
            partial=True,
            places=settings.place_names(),
            secret_list=settings.secret_projects_file,
        )
    finally:
        exchange.close()
    return f"{done.outcome}: {done.touched} projects touched, {done.refused} rows refused"


def errands(known: Monitor) -> str:
    """Does what was asked for from a page, and assesses at once what came of it."""
    done = work_off(known.database, known.errands.office)
    if done:
        follow(known)
    return f"{done} done" if done else ""


def clear_up(known: Monitor) -> str:
    """Destroys what was handed in and never taken in."""
    tidy(known.database, known.errands.office)
    return ""


TIMETABLE = (
    Entry("sweep", lambda zone: CronTrigger(hour=0, minute=1, timezone=zone), sweep),
    Entry("follow", lambda zone: IntervalTrigger(seconds=LOOK_EVERY, timezone=zone), follow, recorded=False),
    Entry("errands", lambda zone: IntervalTrigger(seconds=1, timezone=zone), errands, recorded=False),
    Entry("clear_up", lambda zone: IntervalTrigger(hours=1, timezone=zone), clear_up, recorded=False),
)


def timetable(settings: Settings) -> tuple[Entry, ...]:
    """What this office has run: pulls only where it says from where."""
    if settings.pull_from is None:
        return TIMETABLE

    def every(zone: dt.tzinfo) -> BaseTrigger:
        # From one midnight on, so that all processes mean the same moments.
        start = dt.datetime(2026, 1, 1, tzinfo=zone)
        return IntervalTrigger(minutes=settings.pull_minutes, start_date=start, timezone=zone)

    return (*TIMETABLE, Entry("pull", every, fetch, catches_up=False))


def last_due(trigger: BaseTrigger, moment: dt.datetime) -> dt.datetime | None:
    """The latest moment up to ``moment`` at which a trigger was due, looking back over one day."""
    previous, at = None, trigger.get_next_fire_time(None, moment - dt.timedelta(days=1))
    while at is not None and at <= moment:
        previous, at = at, trigger.get_next_fire_time(at, at + dt.timedelta(microseconds=1))
    return previous


def run_entry(known: Monitor, entry: Entry, due_at: dt.datetime) -> bool:
    """Runs an entry for a due moment unless another process did; a failure is logged and never ends the process."""
    log = structlog.get_logger()
    try:
        with acting(Actor("scheduler", door="scheduler", address=machine())):  # in a thread that nobody told
            if entry.recorded:
                return once(known.database, entry.name, due_at, now, lambda: entry.verb(known))
            outcome = entry.verb(known)
    except Exception as error:
        log.error("job failed", job=entry.name, error=repr(error), exc_info=error)
        return False
    if outcome:
        log.info("job done", job=entry.name, outcome=outcome)
    return True


def run_scheduler(known: Monitor, ready: Callable[[], None] = lambda: None) -> None:
    """Sweeps at once, then keeps the timetable until the process is told to stop."""
    zone = known.settings.zone
    start_again(known.database)
    scheduler = BackgroundScheduler(timezone=zone)
    for entry in timetable(known.settings):
        trigger = entry.trigger(zone)
        if entry.recorded and entry.catches_up and (due := last_due(trigger, now().astimezone(zone))):
            run_entry(known, entry, due)
        scheduler.add_job(
            lambda entry=entry, trigger=trigger: run_entry(
                known, entry, (entry.recorded and last_due(trigger, now().astimezone(zone))) or now()
            ),
            trigger,
            id=entry.name,
            # The default grace is one second, after which a run is skipped without a word.
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    run_entry(known, Entry("start", TIMETABLE[0].trigger, sweep, recorded=False), now())

    # Not the scheduler itself, which cannot be told to stop before it has started.
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: told_to_stop.set())
    scheduler.start()
    ready()
    told_to_stop.wait()
    scheduler.shutdown(wait=False)
