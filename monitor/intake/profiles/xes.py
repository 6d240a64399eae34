"""XES logs as raw rows, streamed: one row an event, its trace's attributes as ``case:KEY``.

A log of any length takes the memory of its longest trace. DOCTYPE and entities are refused at the first one, so
nothing can grow by being expanded and nothing is fetched.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.parsers import expat

from monitor.intake.delimited import lettered
from monitor.intake.files import digest
from monitor.intake.limits import BLOCK, XML_ERRORS, check_unpacked
from monitor.intake.profiles.definition import Profile
from monitor.intake.profiles.headers import missing_columns
from monitor.intake.profiles.raw import Row, skipping
from monitor.intake.refusals import FileRefused

ENDINGS = (".xes", ".xes.gz", ".xml")
OF_TRACE = "case:"
DEEPEST = 100  # levels of elements: attributes may nest, a log that nests more is no log


@dataclass
class Log:
    """One XES file."""

    path: Path
    name: str
    sha256: str
    size: int
    encoding: str = "xes"
    serials: bool = False
    present: frozenset[str] = frozenset()
    passed_over: int = 0

    def rows(self, profile: Profile) -> Iterator[Row]:
        """The events; raises FileRefused when it is no XES, or no event or trace has a column that is needed."""
        for _trace, rows in self.traces(profile):
            yield from rows

    def traces(self, profile: Profile) -> Iterator[tuple[int, list[tuple[int, tuple[str, ...]]]]]:
        """The events of one trace after the other, with the number of the trace."""
        wanted, met = profile.wanted(), set[str]()
        passed_over = skipping(profile)
        self.passed_over = number = 0
        for trace, (attributes, events) in enumerate(self._parsed(), 1):
            above = {OF_TRACE + key: value for key, value in attributes.items()}
            met.update(above)
            rows = []
            for event in events:
                number += 1
                met.update(event)
                told = above | event
                cells = tuple(told.get(name, "") for name in wanted)
                if passed_over and passed_over(cells):
                    self.passed_over += 1
                else:
                    rows.append((number, cells))
            yield trace, rows
        self.present = frozenset(wanted) & met
        missing = [group for group in profile.needed() if met.isdisjoint(group)]
        if number and missing:
            raise missing_columns(self.name, missing, sorted(met))
        if not number:
            raise FileRefused(self.name, "empty")

    def _parsed(self) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
        builder = _Builder(self.name)
        parser = builder.parser
        read = 0
        try:
            with self._open() as file:
                while block := file.read(BLOCK):
                    read += len(block)
                    check_unpacked(self.name, self.size, read)
                    parser.Parse(block, False)
                    yield from builder.taken()
                parser.Parse(b"", True)
                yield from builder.taken()
        except (*XML_ERRORS, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FileRefused(self.name, "xml", str(error)) from error

    def _open(self) -> BinaryIO:
        if self.path.name.lower().endswith(".gz"):
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        return self.path.open("rb")


class _Builder:
    """What expat meets -> traces. Attributes within attributes, lists and the log's own are passed over."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._events: list[dict[str, str]] = []
        self._done: list[tuple[dict[str, str], list[dict[str, str]]]] = []

    def taken(self) -> Iterable[tuple[dict[str, str], list[dict[str, str]]]]:
        """The traces that were met since the last time."""
        done, self._done = self._done, []
        return done

    def _refuse(self, *_told: Any) -> None:
        raise FileRefused(self.name, "entities")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        element = element.rpartition(":")[2]
        path = self._path
        if not path and element != "log":
            raise FileRefused(self.name, "xml", f"<{element}>")
        if len(path) >= DEEPEST:
            raise FileRefused(self.name, "xml", f"<{element}> × {DEEPEST}")
        if path == ["log"] and element == "trace":
            self._trace, self._events = {}, []
        elif path == ["log", "trace"] and element == "event":
            self._event = {}
        elif "key" in attributes and len(path) in (2, 3) and path[1] == "trace":
            if len(path) == 2:
                self._trace[attributes["key"]] = lettered(attributes.get("value", ""))
            elif path[2] == "event":
                self._event[attributes["key"]] = lettered(attributes.get("value", ""))
        path.append(element)

    def _end(self, element: str) -> None:
        path = self._path
        path.pop()
        if path == ["log", "trace"] and element.endswith("event"):
            self._events.append(self._event)
        elif path == ["log"] and element.endswith("trace"):
            self._done.append((self._trace, self._events))


def log(path: Path) -> Log:
    """The log in a file; raises FileRefused when it cannot be read."""
    if not path.exists():
        raise FileRefused(str(path), "missing")
    if path.is_dir() or not path.name.lower().endswith(ENDINGS):
        raise FileRefused(str(path), "kind", columns=", ".join(ENDINGS))
    sha256, size = digest(str(path), lambda: path.open("rb"))
    if not size:
        raise FileRefused(str(path), "empty")
    return Log(path, str(path), sha256, size)
