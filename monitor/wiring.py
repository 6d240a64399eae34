"""Settings -> Monitor: the one place that puts the application together, once a process."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.database import Database, require_current
from monitor.reading.reader import Reader
from monitor.settings import Settings, now
from monitor.verbs.rewind import Rewinder
from rules.portfolio import Rules


@dataclass(frozen=True)
class Monitor:
    """What a door holds: settings, database, rules, and the reader."""

    settings: Settings
    database: Database
    rules: Rules
    reader: Reader


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
    return Monitor(settings, database, rules, reader)
