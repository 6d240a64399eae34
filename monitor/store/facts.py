"""Projects and cases: found by the ids of their sources or made, and their facts kept in versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.store import bulk
from monitor.store.telling import Again, Of, told_of
from monitor.store.versions import MEMORY, Clash, Outcome, Stamp, Versions, next_key
from monitor.tables import ApprovalCase, CaseFact, Department, Project, ProjectFact, Standing
from monitor.tables.among import among
from rules.vocabulary import Holder

# The columns, with what they hold as long as nobody told them. New ones go to the end: `told` counts them off.
PROJECT_BLANKS: dict[str, Any] = {
    **dict.fromkeys(("name", "region", "kind", "industry", "applicant", "credit_code", "agent"), ""),
    "coded_on": None,
    "investment": None,
    "pack": "",
    "ended_on": None,
    "end_reason": None,
    "marks": 0,
}
CASE_BLANKS: dict[str, Any] = {
    **dict.fromkeys(("works_code", "item_code", "item_name"), ""),
    "stage": None,
    "department_id": None,
    "holder": int(Holder.AGENCY),
    **dict.fromkeys(("statutory_days", "statutory_unit", "promised_days", "promised_unit", "clock_start")),
}
PROJECT_COLUMNS, CASE_COLUMNS = tuple(PROJECT_BLANKS), tuple(CASE_BLANKS)
_REGION, _KIND, _CODED_ON = (PROJECT_COLUMNS.index(name) for name in ("region", "kind", "coded_on"))
_DEPARTMENT = CASE_COLUMNS.index("department_id")
ONLY_CODED_ON = told_of([name == "coded_on" for name in PROJECT_COLUMNS])


class Projects:
    """Writes projects, their facts and, for a new one, a standing that the next tick assesses."""

    def __init__(self, connection: Connection, stamp: Stamp, again: Again) -> None:
        self.connection, self.stamp, self.again = connection, stamp, again
        self.versions = Versions(connection, ProjectFact, "project_id", PROJECT_COLUMNS, ("source_id",), stamp)
        self.first_id = self.next_id = next_key(connection, Project)  # this import makes those from first_id on
        self.moved: dict[int, str] = {}  # projects whose region changed
        self._known: dict[str, tuple[int, str]] = {}

    def put(
        self,
        codes: Sequence[str],
        values: Sequence[tuple[Any, ...]],
        told: tuple[bool, ...],
        ordinals: Sequence[int],
        *,
        derived: bool = False,
    ) -> Outcome:
        """Lands a chunk; ``values`` in the order of PROJECT_COLUMNS. ``derived``: their day of coding is the earliest
        of what the file happens to hold. It counts where ``told`` says so, and is remembered in any case: it counts
        again where an earlier one is taken back."""
        known = self.find(codes)
        fresh = self._taken_back({code for code in codes if code not in known})
        new: dict[str, int] = {}
        for code in codes:
            if code not in known and code not in fresh:
                fresh[code] = new[code] = self.next_id
                self.next_id += 1
        bulk.insert(self.connection, "project", ("id", "code"), [(key, code) for code, key in new.items()])
        keys = [known[code][0] if code in known else fresh[code] for code in codes]
        beside = [(self.stamp.source_id,)] * len(keys)
        firmly = tuple(one and not (derived and n == _CODED_ON) for n, one in enumerate(told))
        outcome, added, changed = self.versions.settle(keys, values, beside, told, ordinals, firmly)
        self.again.note(Of.PROJECTS, told_of(firmly), [(keys[i], version) for i, version in outcome.again])
        if derived:
            clashing = {clash.at for clash in outcome.clashes}
            days = [(key, values[i][_CODED_ON]) for i, key in enumerate(keys) if i not in clashing]
            self.again.note(Of.DERIVED, ONLY_CODED_ON, days)
        stand(self.connection, [(keys[i], values[i][_REGION], values[i][_KIND]) for i in added])
        for i in changed:
            region = values[i][_REGION]
            if told[_REGION] and codes[i] in known and known[codes[i]][1] != region:
                self.moved[keys[i]] = region
                self._known.pop(codes[i], None)
        outcome.touched = {keys[i] for i in (*added, *changed)}
        return outcome

    def coded(self, codes: Sequence[str]) -> dict[str, int]:
        """Code -> number of the day of coding of those that are known."""
        known = self.find(codes)
        current = self.versions.current({key for key, _region in known.values()})
        return {code: current[key].values[_CODED_ON] for code, (key, _region) in known.items() if key in current}

    def _taken_back(self, codes: set[str]) -> dict[str, int]:
        """Code -> id of projects that were known once, and are not any more."""
        query = select(Project.code, Project.id).where(among(self.connection, Project.code, sorted(codes)))
        return dict(self.connection.execute(query).all()) if codes else {}

    def find(self, codes: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Code -> (id, region) of those that are known."""
        wanted = set(codes)
        if missing := [code for code in wanted if code not in self._known]:
            if len(self._known) + len(missing) > MEMORY:
                self._known = {code: self._known[code] for code in wanted if code in self._known}
            query = (
                select(Project.code, Project.id, ProjectFact.region)
                .join(ProjectFact, ProjectFact.project_id == Project.id)
                .where(among(self.connection, Project.code, missing), ProjectFact.known_to.is_(None))
            )
            self._known |= {code: (key, region) for code, key, region in bulk.fetch(self.connection, query)}
        return {code: self._known[code] for code in wanted if code in self._known}


def stand(connection: Connection, new: Sequence[tuple[int, str, str]]) -> None:
    """Gives new projects (key, region, kind) a standing that says nothing yet: `next_change` 0 (long past) makes the
    next tick assess it. One that was taken back, and no tick has come by since, has its old one still."""
    keys = [key for key, _region, _kind in new]
    query = select(Standing.project_id).where(among(connection, Standing.project_id, keys))
    standing = set(connection.execute(query).scalars()) if keys else set()
    columns = "project_id region kind pack in_scope base grey phase held_by next_change log_version rules_version"
    rows = [(*one, "", False, 0, False, 0, "", 0, 1, "") for one in new if one[0] not in standing]
    bulk.insert(connection, "standing", columns.split(), rows)


class Cases:
    """Writes cases and their facts; a department is a name within the region of the project."""

    def __init__(self, connection: Connection, stamp: Stamp, again: Again, projects: Projects) -> None:
        self.connection, self.stamp, self.again, self.projects = connection, stamp, again, projects
        self.versions = Versions(connection, CaseFact, "case_id", CASE_COLUMNS, ("project_id",), stamp)
        self.next_id = next_key(connection, ApprovalCase)
        self._known: dict[str, tuple[int, int]] = {}
        self._departments: dict[tuple[str, str], int] = {}

    def put(
        self,
        case_ids: Sequence[str],
        codes: Sequence[str],
        departments: Sequence[str],
        values: Sequence[tuple[Any, ...]],
        told: tuple[bool, ...],
        ordinals: Sequence[int],
    ) -> Outcome:
        """Lands a chunk; ``values`` in the order of CASE_COLUMNS, with anything in place of the department."""
        projects = self.projects.find(codes)
        known = self.find(case_ids)
        unknown = [i for i, code in enumerate(codes) if code not in projects]
        moved: list[Clash] = []
        places: list[int] = []
        gone = self._taken_back({case_id for case_id in case_ids if case_id not in known})
        fresh: dict[str, tuple[int, int]] = {}
        for i, case_id in enumerate(case_ids):
            if codes[i] not in projects:
                continue
            project = projects[codes[i]][0]
            case = known.get(case_id) or fresh.get(case_id)
            if case is None:
                fresh[case_id] = (gone.get(case_id, self.next_id), project)
                self.next_id += case_id not in gone
            elif case[1] != project:
                moved.append(Clash(i, "project_code", self._code_of(case[1]), codes[i]))
                continue
            places.append(i)
        self._make_cases({case: made for case, made in fresh.items() if case not in gone})
        moves = [(fresh[case][1], key) for case, key in gone.items() if case in fresh]
        bulk.execute(self.connection, "UPDATE approval_case SET project_id = ? WHERE id = ?", moves)
        case_of = known | fresh
        keys = [case_of[case_ids[i]][0] for i in places]
        beside = [(case_of[case_ids[i]][1],) for i in places]
        offices = self.departments([(projects[codes[i]][1], departments[i]) for i in places])
        rows = [
            (*values[i][:_DEPARTMENT], office, *values[i][_DEPARTMENT + 1 :])
            for i, office in zip(places, offices, strict=True)
        ]
        outcome, added, changed = self.versions.settle(keys, rows, beside, told, [ordinals[i] for i in places])
        self.again.note(Of.CASES, told_of(told), [(beside[i][0], version) for i, version in outcome.again])
        outcome.touched = {beside[i][0] for i in (*added, *changed)}
        outcome.unknown = unknown
        outcome.clashes = [self._named(clash, places[clash.at]) for clash in outcome.clashes] + moved
        return outcome

    def find(self, case_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Case id of the source -> (id, id of the project) of those that are known."""
        wanted = set(case_ids)
        if missing := [case for case in wanted if case not in self._known]:
            if len(self._known) + len(missing) > MEMORY:
                self._known = {case: self._known[case] for case in wanted if case in self._known}
            query = (
                select(ApprovalCase.case_id, ApprovalCase.id, ApprovalCase.project_id)
                .join(CaseFact, (CaseFact.case_id == ApprovalCase.id) & CaseFact.known_to.is_(None))
                .where(ApprovalCase.source_id == self.stamp.source_id)
                .where(among(self.connection, ApprovalCase.case_id, missing))
            )
            self._known |= {case: (key, project) for case, key, project in bulk.fetch(self.connection, query)}
        return {case: self._known[case] for case in wanted if case in self._known}

    def _taken_back(self, case_ids: set[str]) -> dict[str, int]:
        """Case id of the source -> id of cases that were known once, and are not any more."""
        query = select(ApprovalCase.case_id, ApprovalCase.id).where(
            ApprovalCase.source_id == self.stamp.source_id,
            among(self.connection, ApprovalCase.case_id, sorted(case_ids)),
        )
        return dict(self.connection.execute(query).all()) if case_ids else {}

    def departments(self, named: Sequence[tuple[str, str]]) -> list[int]:
        """The ids of departments by (region, name); one that is not known is made."""
        if missing := {pair for pair in named if pair not in self._departments}:
            if len(self._departments) > MEMORY:
                self._departments.clear()
                missing = set(named)
            query = select(Department.region, Department.name, Department.id).where(
                among(self.connection, Department.name, sorted({name for _, name in missing}))
            )
            self._departments |= {(region, name): key for region, name, key in self.connection.execute(query)}
            if new := sorted(missing - set(self._departments)):
                first = next_key(self.connection, Department)
                rows = [(first + n, region, name) for n, (region, name) in enumerate(new)]
                bulk.insert(self.connection, "department", ("id", "region", "name"), rows)
                self._departments |= {(region, name): key for key, region, name in rows}
        return [self._departments[pair] for pair in named]

    def follow(self, moved: dict[int, str]) -> None:
        """Departments are named within a region: the cases of a project that moved get those of its new region."""
        if not moved:
            return
        query = (
            select(CaseFact.case_id, CaseFact.project_id, Department.name)
            .join(Department, Department.id == CaseFact.department_id)
            .where(among(self.connection, CaseFact.project_id, list(moved)), CaseFact.known_to.is_(None))
        )
        found = self.connection.execute(query).all()
        offices = self.departments([(moved[project], name) for _, project, name in found])
        told = tuple(name == "department_id" for name in CASE_COLUMNS)
        values = [tuple(office if t else None for t in told) for office in offices]
        self.versions.settle([case for case, _, _ in found], values, [(p,) for _, p, _ in found], told)

    def _make_cases(self, fresh: dict[str, tuple[int, int]]) -> None:
        rows = [(key, self.stamp.source_id, case, project) for case, (key, project) in fresh.items()]
        bulk.insert(self.connection, "approval_case", ("id", "source_id", "case_id", "project_id"), rows)

    def _code_of(self, project: int) -> str:
        return str(self.connection.execute(select(Project.code).where(Project.id == project)).scalar())

    def _named(self, clash: Clash, at: int) -> Clash:
        """The clash at its place in the chunk, a department by its name."""
        known, told = clash.known, clash.told
        if clash.column == "department_id":
            query = select(Department.id, func.max(Department.name)).where(Department.id.in_((known, told)))
            names = dict(self.connection.execute(query.group_by(Department.id)).all())
            return Clash(at, "department", names.get(known, ""), names.get(told, ""), clash.before)
        return Clash(at, clash.column, known, told, clash.before)
