"""Agreements of agents 代办协议: made, signed, ended, handed over to another agent.

An agent acts for a project from the first day of a signed agreement to its last, both in it, whatever its state is by
then. Handed over on a day: the other agent acts from that day on, the first one to the day before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from monitor.actor import actor
from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.people import DISPLAY, Account, Agreement, AgreementState, PeopleRefused, one_line
from monitor.reading import people as reading
from monitor.store import agreements as written
from monitor.store import people as store
from monitor.store.agreements import Said
from monitor.store.trail import record
from monitor.verbs.accounts import require
from rules.vocabulary import Stage

_DAY = dt.timedelta(days=1)
OPEN = (AgreementState.TO_SIGN, AgreementState.SIGNING, AgreementState.TO_SEAL, AgreementState.SIGNED)


def add_agreement(
    database: Database,
    account: str,
    project_code: str,
    *,
    stages: Iterable[str] = (),
    state: str = AgreementState.TO_SIGN.word,
    code: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    now: dt.datetime,
) -> Agreement:
    """Makes an agreement on a project that is known here. ``state``: the word of an open one; ``stages``: none given,
    all; ``since``, ``until``: the days on which it holds, of a signed one alone. Raises PeopleRefused."""
    chosen, stands = _stages(stages), _state(state)
    _check_days(stands, since, until)
    with database.writing() as connection:
        store.lock_people(connection)
        agent = require(connection, account, agent=True, enabled=True)
        project = reading.project_key(connection, one_line(project_code, DISPLAY))
        if project is None:
            raise PeopleRefused("project", value=one_line(project_code, DISPLAY))
        _check_alone(connection, agent, project, {stage.word for stage in chosen})
        said = Said(chosen, stands, since, until)
        number = written.add(connection, agent.id, project, one_line(code, DISPLAY), said, actor().name, now)
        made = _agreement(connection, number)
        _tell_agreement(connection, Verb.AGREEMENT_ADD, None, made, now)
        return made


def change_agreement(
    database: Database,
    number: int,
    *,
    state: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
    now: dt.datetime,
) -> Agreement:
    """Moves an agreement that is not signed yet to another state; signed, it holds from ``since`` on."""
    stands = _state(state)
    _check_days(stands, since, until)
    with database.writing() as connection:
        store.lock_people(connection)
        found = _open(connection, number)
        if found.since is not None:
            raise PeopleRefused("signed_already", number=number, since=found.since.isoformat())
        _say(connection, found, Said(_stages(found.stages), stands, since, until), now)
        done = _agreement(connection, number)
        _tell_agreement(connection, Verb.AGREEMENT_CHANGE, found, done, now)
        return done


def end_agreement(database: Database, number: int, *, on: dt.date, now: dt.datetime) -> Agreement:
    """Terminates an agreement; ``on`` is the last day on which it holds, if it is signed."""
    with database.writing() as connection:
        store.lock_people(connection)
        found = _open(connection, number)
        if found.since is not None and on < found.since:
            raise PeopleRefused("until", value=on.isoformat(), since=found.since.isoformat())
        until = on if found.since is not None else None
        _say(connection, found, Said(_stages(found.stages), AgreementState.TERMINATED, found.since, until), now)
        done = _agreement(connection, number)
        _tell_agreement(connection, Verb.AGREEMENT_END, found, done, now)
        return done


def hand_over(
    database: Database, number: int, to: str, *, on: dt.date, now: dt.datetime
) -> tuple[Agreement, Agreement]:
    """Hands a signed agreement over to another agent, who acts from the day ``on``; gives the old one and the new one,
    which holds as long as the old one would have."""
    with database.writing() as connection:
        store.lock_people(connection)
        found = _open(connection, number)
        if found.since is None:
            raise PeopleRefused("not_signed", number=number)
        if on <= found.since or (found.until and on > found.until):
            last = found.until.isoformat() if found.until else "…"
            since = found.since.isoformat()
            raise PeopleRefused("hand_over", value=on.isoformat(), number=number, since=since, until=last)
        agent = require(connection, to, agent=True, enabled=True)
        if agent.name == found.account:
            raise PeopleRefused("itself", number=number, value=agent.name)
        _check_alone(connection, agent, found.project_id, set(found.stages))
        stages = _stages(found.stages)
        said = Said(stages, AgreementState.SIGNED, on, found.until)
        new = written.add(connection, agent.id, found.project_id, found.code, said, actor().name, now)
        ended = Said(stages, AgreementState.TERMINATED, found.since, on - _DAY, handed_to=new)
        _say(connection, found, ended, now)
        old, other = _agreement(connection, number), _agreement(connection, new)
        _tell_agreement(connection, Verb.AGREEMENT_HAND_OVER, found, old, now, to=agent.name)
        return old, other


def _say(connection: Any, found: Agreement, said: Said, now: dt.datetime) -> None:
    # The clock may have been set back: moments grow, or a version would end before it began.
    moment = max(now, found.known_from + dt.timedelta(microseconds=1))
    written.say(connection, found.number, found.project_id, said, actor().name, moment)


def _tell_agreement(
    connection: Any, verb: Verb, before: Agreement | None, after: Agreement, now: dt.datetime, **named: str
) -> None:
    """The project stands in what is told of either, so that a purge of it finds the whole entry."""
    deed = Deed(
        verb,
        "agreement",
        str(after.number),
        before=_flat(before) if before else {},
        after=_flat(after),
        personal={"account": after.account, **named},
    )
    record(connection, now, deed)


def _flat(one: Agreement) -> Told:
    return {
        "project_code": one.project_code,
        "code": one.code,
        "stages": list(one.stages),
        "state": one.state.word,
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "handed_to": one.handed_to,
    }


def _agreement(connection: Any, number: int) -> Agreement:
    found = reading.agreements(connection, number=number)
    if not found:
        raise PeopleRefused("no_agreement", number=number)
    return found[0]


def _open(connection: Any, number: int) -> Agreement:
    found = _agreement(connection, number)
    if found.state is AgreementState.TERMINATED:
        raise PeopleRefused("terminated", number=number)
    return found


def _stages(words: Iterable[str]) -> tuple[Stage, ...]:
    known = {stage.word: stage for stage in Stage}
    chosen = []
    for word in words:
        if word not in known:
            raise PeopleRefused("stages", value=word, allowed=", ".join(known))
        chosen.append(known[word])
    return tuple(chosen or Stage)


def _state(word: str) -> AgreementState:
    for state in OPEN:
        if state.word == word:
            return state
    raise PeopleRefused("state", value=word, allowed=", ".join(state.word for state in OPEN))


def _check_days(state: AgreementState, since: dt.date | None, until: dt.date | None) -> None:
    signed = state is AgreementState.SIGNED
    if signed != (since is not None) or (until is not None and since is None):
        raise PeopleRefused("first_day")
    if since and until and until < since:
        raise PeopleRefused("until", value=until.isoformat(), since=since.isoformat())


def _check_alone(connection: Any, agent: Account, project: int, stages: set[str]) -> None:
    for other in reading.agreements(connection, agent.id):
        if other.project_id == project and other.state in OPEN and (both := stages & set(other.stages)):
            values = {"value": agent.name, "number": other.number, "stage": sorted(both)[0]}
            raise PeopleRefused("agreed", **values)
