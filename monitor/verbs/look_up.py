"""The public look-up: where a project stands, for whoever knows its code.

Whatever is not told is refused in one way and with the same work: a code of no project, of a secret one, of one that
was not there yet, one that is none, and a query code that does not fit. Each such miss is counted before it is
answered, by the address from which it came, of which a keyed hash is kept:

1. from miss number FREE_OF_ADDRESS on a place has to wait, as after wrong passwords (`monitor.verbs.attempts.wait`);
2. after PRESSURE misses from all places together within SPAN, from its first miss on: so whoever guesses from many
   addresses has one guess from each, and whoever makes no mistake is never kept waiting;
3. who has to wait is refused at the cost of one statement, but for the right query code of the project: of guesses at
   that there is no need to fear more than of any other key of 54 bits, and the honest share addresses with guessers.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import sleep

from monitor.database import Database, DatabaseError, Undo
from monitor.intake import FileRefused, SecretList, read_secret_list
from monitor.people import known_address, one_line
from monitor.reading import look_up as reading
from monitor.reading.look_up import Told
from monitor.slips import LONGEST_CODE, fits
from monitor.store import look_up as store
from monitor.verbs.attempts import FORGOTTEN_AFTER, FREE_OF_ADDRESS, wait
from rules.portfolio import Rules

PRESSURE, SPAN = 1_000, dt.timedelta(hours=1)
WHILE_BUSY = dt.timedelta(seconds=20)
TRIES, BETWEEN_TRIES = 10, 0.03  # seconds: two misses at once meet for a moment, an import for longer
_EVERYWHERE = ""


class NothingToTell(Exception):
    """There is no such project, or nothing of it is told; which of these is not to be known."""


class TooMany(Exception):
    """From there it was asked too often for what there is not. ``again_at``: when it may be asked again."""

    def __init__(self, again_at: dt.datetime) -> None:
        self.again_at = again_at
        super().__init__(again_at.isoformat())


class CannotAnswer(Exception):
    """The list of secret projects cannot be read, so nothing is told of any."""


@dataclass
class LookUp:
    """What a door asks. ``secret_file``: the office's list of secret projects; ``key``: by which addresses are hashed,
    so that the table alone tells none."""

    database: Database
    rules: Rules
    secret_file: Path | None
    key: bytes
    _listed: tuple[tuple[int, int], SecretList] | None = field(default=None, init=False)

    def ask(self, code: str, query_code: str | None, *, address: str, as_of: dt.date, now: dt.datetime) -> Told:
        """What is told of a project. ``query_code``: as `monitor.slips.read_query_code` gives it; None: none was given.

        Raises NothingToTell, TooMany or CannotAnswer.
        """
        typed, place = one_line(code, LONGEST_CODE), self._place(address)
        listed = self.secret().names(typed)
        with self.database.reading() as connection:
            asked = reading.asked(connection, typed, place, as_of)
            right = fits(asked.slip, query_code)
            open_ = asked.project is not None and not asked.secret and not listed
            waits = asked.until is not None and now < asked.until
            if open_ and (right if query_code is not None else not waits):
                if told := reading.told(connection, asked, as_of, self.rules, detail=right):
                    return told
        if waits and asked.until is not None:
            raise TooMany(asked.until)
        self._count(place, now)
        raise NothingToTell

    def secret(self) -> SecretList:
        """The list as it stands, read again when its file is another one. Raises CannotAnswer."""
        if self.secret_file is None:
            return SecretList()
        try:
            told = self.secret_file.stat()
            stamp = told.st_mtime_ns, told.st_size
            if self._listed is None or self._listed[0] != stamp:
                self._listed = stamp, read_secret_list(self.secret_file)
            return self._listed[1]
        except (OSError, FileRefused) as error:
            raise CannotAnswer(str(error)) from error

    def _place(self, address: str) -> str:
        return hmac.new(self.key, f"look-up:{known_address(address)}".encode(), sha256).hexdigest()

    def _count(self, place: str, now: dt.datetime) -> None:
        """Counts a miss. Raises TooMany where others from there came first, and while another program writes to a
        SQLite file for long: what cannot be counted is not answered."""
        for _try in range(TRIES):
            try:
                again_at = self._counted(place, now)
                break
            except DatabaseError as error:
                if error.problem != "busy":
                    raise
                again_at = now + WHILE_BUSY
                sleep(BETWEEN_TRIES)
        if again_at is not None:
            raise TooMany(again_at)

    def _counted(self, place: str, now: dt.datetime) -> dt.datetime | None:
        again_at = None
        with self.database.writing(patient=False) as connection:
            # Whoever has this row is alone: others wait here, and so never for one another.
            every, until = store.count_miss(connection, _EVERYWHERE, now)
            if until is None or now >= until:
                store.begin_counting(connection, _EVERYWHERE, now + SPAN)
                every = 1
            store.forget_misses_before(connection, now - FORGOTTEN_AFTER)
            if every % store.LOOKED_AT_EVERY == 0:
                store.forget_oldest_places(connection)
            misses, until = store.count_miss(connection, place, now)
            if until is not None and now < until:
                again_at = until
                raise Undo
            if pause := wait(misses, 1 if every > PRESSURE else FREE_OF_ADDRESS):
                store.wait_until(connection, place, now + pause)
        return again_at
