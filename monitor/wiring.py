"""Settings -> Monitor: the one place that puts the application together, once a process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.database import Database, require_current
from monitor.passwords import Passwords
from monitor.reading.reader import Reader
from monitor.settings import Settings, now
from monitor.verbs.rewind import Rewinder
from monitor.verbs.signing_in import Limits
from rules.portfolio import Rules


@dataclass(frozen=True)
class Monitor:
    """What a door holds: settings, database, rules, the reader; what verifies passwords, and how long sessions last."""

    settings: Settings
    database: Database
    rules: Rules
    reader: Reader
    passwords: Passwords
    limits: Limits


def monitor(settings: Settings) -> Monitor:
    """The application of these settings; raises DatabaseError unless the database is ready."""
    database = Database(settings.database_url, busy_seconds=settings.busy_seconds)
    require_current(database)
    rules = Rules.shipped()
    reader = Reader(
        database,
        rules,
        Rewinder(database, rules, settings.zone, now),
        region=settings.region,
        zone=settings.zone,
        place_names=settings.place_names(),
        demo=settings.demo,
        office=settings.office_name,
        silent_days=settings.silent_days,
    )
    limits = Limits(dt.timedelta(minutes=settings.session_idle_minutes), dt.timedelta(hours=settings.session_hours))
    return Monitor(settings, database, rules, reader, Passwords(), limits)
