"""Settings -> Monitor: the one place that puts the application together, once a process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.database import Database, require_current
from monitor.jobs import Errands, Office
from monitor.passwords import Passwords
from monitor.reading.reader import Reader
from monitor.settings import Settings, now
from monitor.uploads import Uploads
from monitor.verbs.rewind import Rewinder
from monitor.verbs.signing_in import Limits
from rules.portfolio import Rules


@dataclass(frozen=True)
class Monitor:
    """What a door holds: settings, database, rules, the reader; what verifies passwords, how long sessions last, and
    what may be asked for that takes long."""

    settings: Settings
    database: Database
    rules: Rules
    reader: Reader
    passwords: Passwords
    limits: Limits
    errands: Errands


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
    uploads = Uploads(settings.upload_folder, settings.upload_mebibytes << 20)
    office = Office(uploads, settings.zone, now, settings.place_names(), settings.secret_projects_file)
    return Monitor(settings, database, rules, reader, Passwords(), limits, Errands(database, office))
