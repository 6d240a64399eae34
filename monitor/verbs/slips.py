"""The query code of an acceptance slip 受理单: made, in the place of the one before, and withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.intake import SecretList
from monitor.people import one_line
from monitor.reading import look_up as reading
from monitor.reading.look_up import Slipped
from monitor.reading.viewer import Viewer, seen_by
from monitor.slips import LONGEST_CODE, Slip, keep, new_query_code
from monitor.store import look_up as store
from monitor.store.trail import record


class NoSuchProject(Exception):
    """There is no such project, or none of which a slip may be made by whoever asks."""

    def __init__(self, code: str) -> None:
        self.code = one_line(code, LONGEST_CODE)
        super().__init__(self.code)


def slip_of(database: Database, viewer: Viewer, secret: SecretList, code: str) -> Slipped:
    """The project of a code, and when its query code was made. Raises NoSuchProject."""
    with database.reading() as connection:
        return _found(seen_by(connection, viewer), secret, code)


def make_slip(
    database: Database,
    viewer: Viewer,
    secret: SecretList,
    code: str,
    *,
    address: str = "",
    office: str = "",
    now: dt.datetime,
) -> Slip:
    """Makes a query code for a project that the viewer sees; the one before holds no more. Raises NoSuchProject.

    ``address``: of the look-up, for the slip. The query code is in the answer alone: not in the trail, nor in a log.
    """
    found = slip_of(database, viewer, secret, code)
    query_code = new_query_code()
    with database.writing() as connection:
        replaced = store.put_slip(connection, found.project, keep(query_code), now)
        record(connection, now, Deed(Verb.SLIP_MAKE, after={"project_code": found.code, "replaced": replaced}))
    return Slip(found.code, found.name, query_code, now, replaced, address, office)


def withdraw_slip(database: Database, viewer: Viewer, secret: SecretList, code: str, *, now: dt.datetime) -> bool:
    """Withdraws the query code of a project; gives whether there was one. Raises NoSuchProject."""
    found, gone = slip_of(database, viewer, secret, code), False
    with database.writing() as connection:
        gone = store.drop_slip(connection, found.project)
        if not gone:
            raise Undo
        record(connection, now, Deed(Verb.SLIP_WITHDRAW, after={"project_code": found.code}))
    return gone


def _found(connection: Any, secret: SecretList, code: str) -> Slipped:
    typed = one_line(code, LONGEST_CODE)
    found = reading.slipped(connection, typed)
    if found is None or found.secret or secret.names(found.code):
        raise NoSuchProject(typed)
    return found
