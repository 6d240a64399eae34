"""What differs from one exchange database to another, read strictly from a TOML file such as `spgl.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules import packfile
from rules.errors import RuleError
from rules.tomlread import Table, parsed
from rules.vocabulary import NATIONAL_CODES, PROCEDURES, Pause, Stage, Status, Unit

SHIPPED = "spgl"
FORM = "exchange"  # what `form` says in a profile of exchange tables
_KEYS = "id title title_en form schema time_zone overlap_days whole_every_days quiet_days".split()
_TABLES = "rows statuses procedures cases kinds".split()
_OWN_STATUSES = {word.word: word for word in Status if word in NATIONAL_CODES}


class ProfileError(RuleError):
    """A profile of exchange tables that cannot be used."""


@dataclass(frozen=True)
class ExchangeProfile:
    """How the rows of the four tables become records; `spgl.toml` says what each part is.

    ``validity``: words of `sjyxbs`, and whether a row with it holds. ``stages`` are patterns of item codes.
    ``otherwise`` None: a case of whose stage nothing is known is refused.
    """

    id: str
    title: str
    title_en: str
    text: str  # the file as it is
    schema: str
    time_zone: ZoneInfo | None  # of moments without an offset; None: the office's
    overlap_days: int
    whole_every_days: int
    quiet_days: int
    validity: Mapping[str, bool]
    statuses: Mapping[str, Status]
    procedure_names: Mapping[str, Pause]
    procedure_codes: Mapping[str, Pause]
    promised_unit: Unit
    otherwise: Stage | None
    items: Mapping[str, str]
    stages: Mapping[str, Stage]
    kinds: Mapping[str, str]

    def holds(self, told: str) -> bool | None:
        """Whether a row holds that says this of itself (`sjyxbs`), whatever the width and case of letters; one that
        says nothing does. None: a word that is not known."""
        found = self.validity.get(told)
        return self.validity.get(_alike(told)) if found is None and told else found is not False

    def kind_of(self, code: str, name: str) -> Pause | None:
        """The kind of a special procedure: by what is in its name, else by its code; None where neither is known."""
        named = next((kind for word, kind in self.procedure_names.items() if word in name), None)
        return named or self.procedure_codes.get(code)

    def item_of(self, code: str) -> str:
        """The item of the catalogue that stands for an item code of the source; without one the code itself."""
        return self.items.get(code, code)

    def stage_of(self, code: str) -> Stage | None:
        """The stage of an item code of the source; None where nothing tells it."""
        for pattern, stage in self.stages.items():
            if fnmatchcase(code, pattern):
                return stage
        return catalogue_stages().get(self.item_of(code), self.otherwise)


@cache
def catalogue_stages() -> dict[str, Stage]:
    """The stage of each item of the catalogue of the shipped packs."""
    return {code: item.stage for pack in packfile.shipped().values() for code, item in pack.catalogue.items.items()}


def exchange_profile(name: str) -> ExchangeProfile:
    """The shipped profile of this name, or the one in a file. Raises ProfileError."""
    path = files("monitor.exchange") / f"{SHIPPED}.toml" if name == SHIPPED else Path(name)
    try:
        text = path.read_text("utf-8")
        raw = parsed(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(name, "file", str(error), "a TOML file in UTF-8") from error
    except OSError as error:
        allowed = f"{SHIPPED}, or a file that can be read"
        raise ProfileError(name, "file", error.strerror or str(error), allowed) from error
    return _read(Table(path.name, raw, error=ProfileError), text)


def reads_tables(name: str) -> bool:
    """Whether this id or file is that of a profile of exchange tables."""
    if name == SHIPPED:
        return True
    try:
        return parsed(Path(name).read_text("utf-8-sig")).get("form") == FORM
    except (OSError, ValueError):
        return False  # whoever reads it says what is wrong


def _read(table: Table, text: str) -> ExchangeProfile:
    table.only(*_KEYS, *_TABLES)
    table.one_of("form", [FORM])
    rows, procedures, cases = table.table("rows"), table.table("procedures"), table.table("cases")
    stages, kinds = cases.table("stages"), table.table("kinds")
    rows.only("invalid", "valid")
    procedures.only("names", "codes")
    cases.only("promised_unit", "otherwise", "items", "stages")
    return ExchangeProfile(
        id=table.text("id"),
        title=table.text("title", ""),
        title_en=table.text("title_en", ""),
        text=text,
        schema=table.text("schema", ""),
        time_zone=_zone(table),
        overlap_days=table.whole("overlap_days"),
        whole_every_days=table.whole("whole_every_days"),
        quiet_days=table.whole("quiet_days"),
        validity=_validity(rows),
        statuses={code: _OWN_STATUSES[word] for code, word in _among(table.table("statuses"), _OWN_STATUSES)},
        procedure_names=_procedures(procedures.table("names")),
        procedure_codes=_procedures(procedures.table("codes")),
        promised_unit=cases.word("promised_unit", Unit),
        otherwise=cases.word("otherwise", Stage) if cases.text("otherwise", "") else None,
        items=dict(_among(cases.table("items"), catalogue_stages())),
        stages={pattern: stages.word(pattern, Stage) for pattern in stages.raw},
        kinds={code: kinds.text(code) for code in kinds.raw},
    )


def _validity(rows: Table) -> dict[str, bool]:
    words = {_alike(word): False for word in rows.texts("invalid")}
    for word in rows.texts("valid"):
        if words.setdefault(_alike(word), True) is False:
            raise rows.wrong("valid", word, "a word that is not among those of `invalid`")
    return words


def _alike(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def _zone(table: Table) -> ZoneInfo | None:
    name = table.text("time_zone", "")
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise table.wrong("time_zone", name, "a name such as Asia/Shanghai or UTC") from error


def _procedures(table: Table) -> dict[str, Pause]:
    words = {kind.word: kind for kind in PROCEDURES}
    return {key: words[word] for key, word in _among(table, words)}


def _among(table: Table, words: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(key, table.one_of(key, list(words))) for key in table.raw]
