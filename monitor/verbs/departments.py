"""departments: somebody says which department a name means, and takes that back.

An entry speaks of the cases that came before as well as of those to come, for the facts of cases keep what was told,
and what it means is read through the register. Projects whose departments are others by it are due, and the next sweep
shares their days out anew; no light depends on a name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.chain import listed
from monitor.codes.departments import Entry, Name, Register, Said, above, place
from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.reading import register as reading
from monitor.store import register as store
from monitor.store.due import make_due
from monitor.store.log import lock_log
from monitor.store.trail import record


class DepartmentRefused(Exception):
    """What was said cannot stand beside what is known; ``problem`` tells which way.

    where: a name is told in several regions, ``other``; itself: a name means itself; unknown: nobody told a department
    of this name; taken: the name is that of another department by entry ``number``; registered: it is there as entry
    ``number``; circle: the two would mean one another; no_entry: there is no entry of this number, or it was taken
    back.
    """

    def __init__(self, problem: str, name: str = "", number: int = 0, other: str = "") -> None:
        self.problem, self.name, self.number, self.other = problem, name, number, other
        super().__init__(f"{problem}: {name} {number or ''}".strip())


@dataclass(frozen=True)
class Done:
    """``numbers`` of the entries that were made or taken back; ``known``: how many were known already; ``touched``:
    projects to assess again."""

    numbers: tuple[int, ...]
    known: int = 0
    touched: int = 0


def say(database: Database, entries: Sequence[Entry], clock: Callable[[], dt.datetime]) -> Done:
    """Enters what somebody says of departments, all of it or nothing. Raises DepartmentRefused."""
    with database.writing() as connection:
        lock_log(connection)
        before = register = reading.known_register(connection)
        moment, made, known = store.moment(connection, clock()), list[int](), 0
        for entry in entries:
            if _there(register, entry):
                known += 1
                continue
            _check(connection, register, entry)
            made.append(store.add(connection, entry, moment))
            register = Register([*register.entries, replace(entry, id=made[-1])])
        done = Done(tuple(made), known, _due(connection, before) if made else 0)
        if made:
            one = _in_short(register.entries[-1]) if len(made) == 1 else {"entries": len(made)}
            personal = {"by": ", ".join(sorted({entry.by for entry in entries}))}
            after = {**one, "known": known, "touched": done.touched}
            told = Deed(Verb.DEPARTMENTS_SAY, "entry", listed(made), after=after, personal=personal)
            record(connection, moment, told)
        return done


def take_back(database: Database, number: int, by: str, clock: Callable[[], dt.datetime]) -> Done:
    """Takes an entry back. Raises DepartmentRefused where there is none that is known."""
    with database.writing() as connection:
        lock_log(connection)
        before = reading.known_register(connection)
        gone = next((entry for entry in before.entries if entry.id == number), None)
        if gone is None:
            raise DepartmentRefused("no_entry", number=number)
        moment = store.moment(connection, clock())
        store.take_back(connection, number, by, moment)
        done = Done((number,), touched=_due(connection, before))
        personal, after = {"by": by, "said_by": gone.by}, {"touched": done.touched}
        told = Deed(Verb.DEPARTMENTS_UNDO, "entry", str(number), before=_in_short(gone), after=after, personal=personal)
        record(connection, moment, told)
        return done


def _in_short(entry: Entry) -> Told:
    """What the trail keeps of an entry."""
    names = {"department": entry.department, "told": entry.told, "follows": entry.predecessor}
    return {
        "said": entry.said.name.lower(),
        **{key: " ".join(name) for key, name in names.items() if name},
        "code": entry.code,
        "short": list(entry.short),
        "level": entry.level.name.lower() if entry.level else None,
        "office": entry.office,
        "since": entry.since.isoformat() if entry.since else None,
    }


def named(database: Database, told: str, department: str, region: str | None) -> tuple[Name, Name]:
    """The two names that somebody speaks of: one that was told, in a region (None: the only one in which it was), and
    the department nearest to it, of that region or of one above. Raises DepartmentRefused."""
    with database.reading() as connection:
        found = reading.places_of(connection, told)
        others = reading.places_of(connection, department)
    if region is not None:
        found = [one for one in found if place(one[0]) == place(region)]
    if not found:
        raise DepartmentRefused("unknown", told)
    if len(found) > 1:
        raise DepartmentRefused("where", told, other=", ".join(one[0] for one in found))
    around = list(above(found[0][0]))
    near = sorted((around.index(place(one[0])), one) for one in others if place(one[0]) in around)
    if not near:
        raise DepartmentRefused("unknown", department)
    return found[0], near[0][1]


def _due(connection: Any, before: Register) -> int:
    changed = reading.renamed(connection, before, reading.known_register(connection))
    touched = reading.projects_of(connection, changed)
    make_due(connection, touched, None)
    return len(touched)


def _there(register: Register, entry: Entry) -> bool:
    """Whether a known entry says the same."""

    def content(one: Entry) -> tuple[Any, ...]:
        short = tuple(sorted(one.short))
        return one.said, one.department, one.told, one.code, short, one.level, one.office, one.predecessor, one.since

    return any(content(one) == content(entry) for one in register.entries)


def _check(connection: Any, register: Register, entry: Entry) -> None:
    for name in (entry.told, entry.predecessor):
        if name == entry.department:
            raise DepartmentRefused("itself", entry.department[1])
    told = {(region, name) for region, name in reading.keys_of(connection, _named(entry))}
    for name in _named(entry):
        if name not in told and (place(name[0]), name[1]) not in register.registered:
            raise DepartmentRefused("unknown", name[1])
    if entry.said is Said.NOT_SAME:
        return
    here = place(entry.department[0]), entry.department[1]
    if entry.said is Said.REGISTERED and (other := register.registered.get(here)):
        raise DepartmentRefused("registered", entry.department[1], other.id)
    names = {(place(region), text) for region, text in entry.names()}
    for one in register.entries:
        for region, text in one.names():
            if (place(region), text) in names and one.since == entry.since and one.department != entry.department:
                raise DepartmentRefused("taken", text, one.id, one.department[1])
    for day in {*register.days(), *([entry.since] if entry.since else [])}:
        meant = register.meant(entry.department, day)
        if any((place(meant[0]), meant[1]) == name for name in names):
            raise DepartmentRefused("circle", meant[1], other=entry.department[1])


def _named(entry: Entry) -> list[Name]:
    """Departments that have to be known already."""
    if entry.said is Said.REGISTERED:
        return [entry.predecessor] if entry.predecessor else []
    return [name for name in (entry.told, entry.department) if name]
