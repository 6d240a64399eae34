"""A profile that is being proposed: its lines, and what a person should look at."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from glob import escape

from monitor.intake.profiles.looking import SURE, Looked, Seen, order_of
from monitor.intake.profiles.wording import meaning
from monitor.text import _

MOST_WORDS = 60  # distinct words of a column that are listed
_OTHER_AMOUNT = re.compile("亿|(?<!万)元")


class Proposal:
    """The lines of a profile for the tables ``looked`` at in ``best``. ``doubts``: what to look at, each with the key
    that it is about; ``used``: columns that some line reads."""

    def __init__(self, best: Looked) -> None:
        self.best = best
        self.serials = best.grid.serials
        self.order, self.order_sure = order_of(best.columns, self.serials)
        self.doubts: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.used: set[str] = set()

    def doubt(self, key: str, text: str) -> None:
        """Something to look at, said beside the line that it is about."""
        if (key, text) not in self.doubts:  # a column may be read by several events
            self.doubts.append((key, text))
        self.lines.append(f"# ? {text}")

    def column(self, table: str, name: str, lacking: str) -> None:
        """A canonical column that has to be there; without one like it ``lacking`` is said."""
        column = self.best.of(f"{table}.{name}")
        if column is None:
            self.lacking(f"{table}.{name}", lacking)
        else:
            self.not_sure(f"{table}.{name}", column)
            self.put(name, column)

    def if_there(self, table: str, name: str) -> None:
        """A canonical column that may be left out."""
        if (column := self.best.of(f"{table}.{name}")) is not None and column.texts:
            if name == "investment" and _OTHER_AMOUNT.search(column.name):
                told = _("{column} is not in 万元, and amounts are not converted; it is left out")
                self.lacking(f"{table}.{name}", told.format(column=column.name))
                return
            self.not_sure(f"{table}.{name}", column)
            self.put(name, column)

    def not_sure(self, key: str, column: Seen) -> None:
        """A doubt about a column whose header is not quite the name of its role."""
        if column.sure < SURE:
            self.doubt(key, _("{column} is only like a name that is known").format(column=column.name))

    def lacking(self, key: str, text: str) -> None:
        """A key without a source, left open for a person."""
        self.doubt(key, text)
        self.lines.append(f'# {key.partition(".")[2]} = ""')

    def put(self, name: str, column: Seen, more: str = "") -> None:
        """A line that reads a column, with ``more`` beside it."""
        self.used.add(column.name)
        told = f"{{ column = {quoted(column.name)}, {more} }}" if more else quoted(column.name)
        self.lines.append(f"{name} = {told}")

    def worded(self, role: str, name: str, *of: str, left: Collection[str] = ()) -> None:
        """A column of words: those that stand in it, each with what it is taken for; those that are ``left`` stand as a
        comment."""
        column = self.best.of(role)
        if column is None:
            return
        listed: list[str] = []
        unknown: list[str] = []
        for text in column.texts:
            if text in left:
                continue
            found = meaning(text, *of)
            if found is None or (not found.word and "record" in of):
                unknown.append(text)
                continue
            if len(listed) == MOST_WORDS:
                continue
            listed.append(f"{quoted(escape(text))} = {quoted(found.word)}")
            if not found.sure:
                guess = _("{text} under {column} is no known word; it is taken for {word}")
                self.doubt(f"{name}.words", guess.format(text=text, column=column.name, word=found.word))
        if unknown:
            shown = ", ".join(unknown[:10])
            self.doubt(
                f"{name}.words",
                _("words under {column} that are not known: {words}").format(column=column.name, words=shown),
            )
        self.lines += [f'# {quoted(text)} = "?"' for text in [*left, *unknown][:MOST_WORDS]]
        self.put(name, column, f"words = {{ {', '.join(listed)} }}")


def quoted(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
