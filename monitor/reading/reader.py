"""Reader: every question that pages, reports and doors may ask, each on a connection of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.codes import Checker
from monitor.codes.departments import Entry
from monitor.database import Database
from monitor.progress import Advance, unheard
from monitor.reading import batches as batch_room
from monitor.reading import codes as code_room
from monitor.reading import corrections as corrections_room
from monitor.reading import departments as department_room
from monitor.reading import flagged as flagged_room
from monitor.reading import horizon as horizon_room
from monitor.reading import late_stops, past, people, rewinding, scope, standings
from monitor.reading import project as project_room
from monitor.reading import projects as projects_room
from monitor.reading import register as register_room
from monitor.reading import sources as source_room
from monitor.reading import trail as trail_room
from monitor.reading import turns as turn_room
from monitor.reading.batches import Came, WaitingRow
from monitor.reading.causes import concerned
from monitor.reading.causes.cause import Asked
from monitor.reading.frames import framed
from monitor.reading.horizon import Horizon
from monitor.reading.lawbook import known_rules
from monitor.reading.light import of_region
from monitor.reading.measured import Measures
from monitor.reading.project import ProjectView
from monitor.reading.projects import Page, ProjectQuery
from monitor.reading.register import Listed
from monitor.reading.rewinding import Rewind
from monitor.reading.sight import wholly_seen
from monitor.reading.sources import Sending
from monitor.reading.sweeps import last_sweep
from monitor.reading.trail import Entry as TrailEntry
from monitor.reading.trail import Wanted
from monitor.reading.turns import Followed, Seen
from monitor.reading.verified import Verified, verify
from monitor.reading.viewer import Viewer, seen_by
from monitor.rights import Who
from rules.log import EventLog
from rules.portfolio import Rules, Traits

if TYPE_CHECKING:
    import pandas as pd


class Reader:
    """Questions to the database; ``place_names`` names area codes, ``region`` and ``zone`` are the office's own.

    ``rewind`` gives the store that answers as known at a moment; ``silent_days``: for how many working days a source
    may be silent, whatever its habit (None: for any number); ``present``: where ``database`` is such a store, the one
    that knows what is known now, by which scopes go.
    """

    def __init__(
        self,
        database: Database,
        rules: Rules,
        rewind: Rewind,
        *,
        region: str,
        zone: ZoneInfo,
        place_names: Mapping[str, str],
        demo: bool,
        office: str,
        silent_days: int | None = None,
        present: Database | None = None,
    ) -> None:
        self.database, self.rules, self.region, self.zone = database, rules, region, zone
        self.place_names, self.demo, self.office = place_names, demo, office
        self.rewind, self.silent_days, self.present = rewind, silent_days, present

    @contextmanager
    def _seen_by(self, viewer: Viewer) -> Iterator[Connection]:
        with self.database.reading() as connection:
            if self.present is None or viewer.sees_all:
                yield seen_by(connection, viewer)
            else:
                with self.present.reading() as now:
                    yield seen_by(connection, viewer, now)

    def viewer(self, who: Who, day: dt.date) -> Viewer:
        """Who looks, by the scope of an account as of today, ``day``."""
        with (self.present or self.database).reading() as connection:
            return people.viewer_of(connection, who, day)

    def as_known_at(self, at: dt.datetime | None, as_of: dt.date, *, region: str | None = None) -> Reader:
        """The reader of what was known at a moment (None: now), of ``region`` at least, after a sweep as of a day.

        Raises TooMany where the projects of ``region`` are more than can be assessed at once.
        """
        database, rules = self.rewind(at, as_of, region)
        told: dict[str, Any] = {"region": self.region, "zone": self.zone, "place_names": self.place_names}
        told |= {"demo": self.demo, "office": self.office, "silent_days": self.silent_days}
        return Reader(database, rules, self.rewind, present=self.present or self.database, **told)

    def can_rewind(self, viewer: Viewer, at: dt.datetime | None, *, region: str | None = None) -> None:
        """Raises TooMany where `as_known_at` would; of how many there are who sees not all of them is told no more than
        that."""
        try:
            with self.database.reading() as connection:
                rewinding.scope(connection, at, region)
        except rewinding.TooMany as many:
            raise many if viewer.sees_all else rewinding.TooMany(rewinding.MOST + 1) from None

    def first_known(self, viewer: Viewer) -> dt.datetime | None:
        """When the first records became known; None: there are none yet."""
        with self._seen_by(viewer) as connection:
            return rewinding.first_known(connection)

    def horizon(self, viewer: Viewer, *, known_at: dt.datetime | None = None) -> Horizon:
        """How far data, sweeps and calendar reach; as known at a moment nothing is said of sweeps."""
        with self._seen_by(viewer) as connection:
            rules = known_rules(connection, self.rules, known_at)
            calendar = rules.calendar(rules.area(self.region))
            found = horizon_room.horizon(connection, viewer, calendar, demo=self.demo, office=self.office)
            if known_at is None:
                return found
            until = rewinding.reported_until(connection, known_at)
            return replace(found, data_until=until, swept_at=None, swept_as_of=None, pending=0)

    def sources(self, viewer: Viewer, today: dt.date) -> list[Sending]:
        """Who reports, and how long each has been silent as of a day."""
        with self._seen_by(viewer) as connection:
            calendar = known_rules(connection, self.rules).calendar("")
            return source_room.sources(connection, calendar, self.zone, today, self.silent_days)

    def batches(self, viewer: Viewer, *, source: str | None = None, may_import: bool) -> list[Came]:
        """What came in up to now, batch by batch, for who sees regions; what files are called for who may import."""
        with (self.present or self.database).reading() as connection:
            return batch_room.batches(seen_by(connection, viewer), source=source, may_import=may_import)

    def waiting_rows(self, viewer: Viewer, *, source: str | None = None) -> list[WaitingRow]:
        """The rows that wait now, for who may import: of projects that are the viewer's, or are not known here."""
        with (self.present or self.database).reading() as connection:
            return batch_room.waiting_rows(seen_by(connection, viewer), source=source)

    def unconfirmed(self, viewer: Viewer, as_of: dt.date, *, region: str | None = None) -> int:
        """How many unfinished projects show a light that turned after what their sources have reported."""
        with self._seen_by(viewer) as connection:
            inside = of_region(region)
            conditions = [] if inside is None else [inside]
            return source_room.unconfirmed(connection, as_of, last_sweep(connection), conditions)

    def regions(self, viewer: Viewer) -> pd.DataFrame:
        """Area codes with projects: region, name (the code itself where no name is known)."""
        with self._seen_by(viewer) as connection:
            codes = horizon_room.region_codes(connection, viewer)
        return framed([(c, self.place_names.get(c, c)) for c in codes], ["region", "name"])

    def department_names(self, viewer: Viewer) -> pd.DataFrame:
        """Columns department_id, region, name."""
        with self._seen_by(viewer) as connection:
            return horizon_room.department_names(connection, viewer)

    def register(self, viewer: Viewer, *, past: bool = False) -> tuple[list[Listed], list[Entry]]:
        """All departments with the cases that are theirs, and what was said of their names."""
        with self._seen_by(viewer) as connection:
            own = register_room.theirs(connection)
            said = [one for one in register_room.entries(connection, past=past) if own(one.department)]
            return register_room.listed(connection, viewer), said

    def lights(self, viewer: Viewer, as_of: dt.date, *, region: str | None = None) -> pd.DataFrame:
        """Unfinished projects by light: light, n."""
        with self._seen_by(viewer) as connection:
            return standings.lights(connection, viewer, as_of, region=region)

    def lights_by_stage(self, viewer: Viewer, as_of: dt.date, *, region: str | None = None) -> pd.DataFrame:
        """Unfinished projects by current stage and light: stage, light, n."""
        with self._seen_by(viewer) as connection:
            return standings.lights_by_stage(connection, viewer, as_of, region=region)

    def lights_by_week(
        self, viewer: Viewer, as_of: dt.date, *, weeks: int = 26, region: str | None = None
    ) -> pd.DataFrame:
        """Red and yellow projects at the end of each week: week_end, light, n."""
        with self._seen_by(viewer) as connection:
            return standings.lights_by_week(connection, viewer, as_of, weeks=weeks, region=region)

    def turning_next(
        self, viewer: Viewer, as_of: dt.date, *, limit: int = 12, region: str | None = None
    ) -> pd.DataFrame:
        """The next turns if nothing happens."""
        with self._seen_by(viewer) as connection:
            found = standings.turning_next(connection, viewer, as_of, limit=limit, region=region)
            return past.as_it_is_told(connection, found, None, as_of, known_rules(connection, self.rules))

    def turned(
        self, viewer: Viewer, since: dt.date, until: dt.date, *, limit: int = 50, region: str | None = None
    ) -> pd.DataFrame:
        """Turns in (since, until], the latest first."""
        with self._seen_by(viewer) as connection:
            return standings.turned(connection, viewer, since, until, limit=limit, region=region)

    def turns(self, viewer: Viewer, seen: Seen, limit: int) -> tuple[list[Followed], Seen, bool]:
        """The turns that became known, or known to hold no more, since somebody had seen so far; how far that is now,
        and whether there are more."""
        with self._seen_by(viewer) as connection:
            return turn_room.turns(connection, seen, limit)

    def projects(self, viewer: Viewer, as_of: dt.date, query: ProjectQuery) -> Page:
        """One page of the list of projects."""
        with self._seen_by(viewer) as connection:
            rules = known_rules(connection, self.rules)
            return projects_room.projects(connection, viewer, as_of, query, rules)

    def project(
        self, viewer: Viewer, code: str, as_of: dt.date, *, known_at: dt.datetime | None = None
    ) -> ProjectView | None:
        """One project in full; None when there is none."""
        with self._seen_by(viewer) as connection:
            rules = known_rules(connection, self.rules, known_at)
            return project_room.project(connection, viewer, code, as_of, rules, known_at=known_at)

    @property
    def measures(self) -> Measures:
        """What is measured of departments, items, stages, regions, kinds and weeks."""
        return Measures(self._seen_by, self.rules, self.region)

    def departments(
        self,
        viewer: Viewer,
        as_of: dt.date,
        *,
        region: str | None = None,
        stage: str | None = None,
        since: dt.date | None = None,
    ) -> pd.DataFrame:
        """What each department held, decided and has open."""
        with self._seen_by(viewer) as connection:
            return department_room.departments(connection, viewer, as_of, region=region, stage=stage, since=since)

    def status(
        self,
        viewer: Viewer,
        codes: Sequence[str] | None,
        as_of: dt.date,
        *,
        known_at: dt.datetime | None = None,
        failed: dict[str, Exception] | None = None,
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The objects of docs/json.md of these projects (all without ``codes``), and the codes that are not there.
        ``failed`` takes the codes of those that cannot be assessed; without it they are an error."""
        left_out: dict[int, Exception] | None = None if failed is None else {}
        with self._seen_by(viewer) as connection:
            keys = past.project_ids(connection, codes)
            rules = known_rules(connection, self.rules, known_at)
            objects = past.standing_objects(connection, sorted(keys.values()), as_of, rules, known_at, left_out)
        if failed is not None and left_out:
            failed |= {code: left_out[key] for code, key in keys.items() if key in left_out}
        return objects, [code for code in codes or () if code not in keys]

    def odd_codes(self, viewer: Viewer, codes: Sequence[str] | None) -> tuple[list[code_room.OddCode], list[str]]:
        """What is odd about the codes of these projects (all without ``codes``), and the codes that are not there."""
        with self._seen_by(viewer) as connection:
            there = past.project_ids(connection, codes) if codes is not None else {}
            found = list(code_room.odd_codes(connection, viewer, codes, Checker(self.place_names)))
        return found, [code for code in codes or () if code not in there]

    def waiting(self, viewer: Viewer) -> list[str]:
        """Codes of the projects with late stops that wait for a confirmation, as of the last sweep."""
        with self._seen_by(viewer) as connection:
            return late_stops.waiting(connection, known_rules(connection, self.rules))

    def records(self, viewer: Viewer, event_id: str) -> list[late_stops.Record]:
        """The records known now under an id, one a source."""
        with self._seen_by(viewer) as connection:
            return late_stops.records(connection, event_id)

    def logs(
        self, viewer: Viewer, codes: Sequence[str] | None, *, known_at: dt.datetime | None = None
    ) -> tuple[Iterator[tuple[EventLog, Traits]], Rules, list[str]]:
        """What was told of these projects (all without ``codes``), a part at a time, the rules with the notices
        and packs that were entered, and the codes not there. A log is told whole: not of a project with cases that are
        not the viewer's."""
        with self._seen_by(viewer) as connection:
            keys = past.project_ids(connection, codes)
            ids = wholly_seen(connection, sorted(keys.values()), known_at)
            rules = known_rules(connection, self.rules, known_at)
        whole = set(ids)
        found = ((one.log, one.traits) for one in past.logs(partial(self._seen_by, viewer), ids, known_at))
        return found, rules, [code for code in codes or () if keys.get(code) not in whole]

    def flagged(
        self, viewer: Viewer, codes: Sequence[str] | None, as_of: dt.date, *, known_at: dt.datetime | None = None
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The flags on records of these projects (all without ``codes``) with who recorded them, and the codes that
        are not there."""
        with self._seen_by(viewer) as connection:
            keys = past.project_ids(connection, codes)
            rules = known_rules(connection, self.rules, known_at)
            found = flagged_room.flagged(connection, sorted(keys.values()), as_of, rules, known_at)
        return found, [code for code in codes or () if code not in keys]

    def unfinished(
        self, viewer: Viewer, as_of: dt.date, *, region: str | None = None, department_id: int | None = None
    ) -> int:
        """How many projects are unfinished on a day, of a region or with a case of a department."""
        with self._seen_by(viewer) as connection:
            return scope.unfinished(connection, viewer, as_of, region=region, department_id=department_id)

    def unfinished_logs(
        self, viewer: Viewer, as_of: dt.date, *, region: str | None = None, department_id: int | None = None
    ) -> tuple[Iterator[tuple[EventLog, Traits]], Rules]:
        """What was told of these projects, in so far as all of their cases are shown, a part at a time, and the rules
        with the notices that were entered."""
        with self._seen_by(viewer) as connection:
            keys = scope.unfinished_ids(connection, viewer, as_of, region=region, department_id=department_id)
            rules = known_rules(connection, self.rules)
        return ((one.log, one.traits) for one in past.logs(partial(self._seen_by, viewer), keys)), rules

    def project_names(self, viewer: Viewer, codes: Sequence[str]) -> dict[str, str]:
        """Names by project code; a code that is not there is left out."""
        with self._seen_by(viewer) as connection:
            return scope.project_names(connection, viewer, codes)

    def plan(
        self, viewer: Viewer, code: str, as_of: dt.date, *, known_at: dt.datetime | None = None
    ) -> dict[str, Any] | None:
        """The plan of a project by stage and item, as docs/json.md describes it; None when there is none."""
        with self._seen_by(viewer) as connection:
            rules = known_rules(connection, self.rules, known_at)
            return past.plan_object(connection, code, as_of, rules, known_at)

    def trail(self, wanted: Wanted, *, before: int | None = None, limit: int = 100) -> list[TrailEntry]:
        """Entries of the trail, the newest first. It knows no scope: who reads it sees what everybody did."""
        with self.database.reading() as connection:
            return trail_room.latest(connection, wanted, before=before, limit=limit)

    def trail_head(self) -> tuple[int, str] | None:
        """Number and hash of the last entry; None where they are missing."""
        with self.database.reading() as connection:
            return trail_room.head(connection)

    def trail_verified(self, asked: str | None = None) -> Verified:
        """Whether the trail is as it was written, and has an entry of a hash."""
        with self.database.reading() as connection:
            return verify(connection, asked)

    def corrections(
        self,
        viewer: Viewer,
        codes: Sequence[str] | None,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        advance: Advance = unheard,
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The corrections of these projects (all without ``codes``) that became known from ``since`` up to ``until``,
        as docs/json.md describes them, and the codes that are not there."""
        with self._seen_by(viewer) as connection:
            asked = Asked(connection, self.rules, self.zone, since, until)
            keys = past.project_ids(connection, codes) if codes is not None else {}
            ids = concerned(asked) if codes is None else sorted(keys.values())
            found = corrections_room.corrections(asked, ids, advance)
        return found, [code for code in codes or () if code not in keys]
