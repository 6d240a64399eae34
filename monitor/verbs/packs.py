"""Which packs there are, and each as a plain object: what `packs` and `packs show` print (docs/json.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from monitor.database import Database
from monitor.reading.packs import EnteredPack, entered
from rules.pack import Clock, Dated, Item, Limit, Number, PauseRule, RulePack
from rules.portfolio import Rules
from rules.vocabulary import Stage

Json = dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """A pack of the list. ``entered`` None: it comes with the product. ``holds``: it judges, no later version does."""

    pack: RulePack
    entered: EnteredPack | None
    holds: bool


def listed(
    database: Database | None, rules: Rules, *, past: bool = False, known_at: dt.datetime | None = None
) -> list[Listed]:
    """The packs that hold, as known now or at a moment, by id; ``past``: also those that do not and what was withdrawn,
    the older ones first.

    Without a database those that come with the product.
    """
    rows: list[EnteredPack] = []
    if database is not None:
        with database.reading() as connection:
            rows = entered(connection, known_at, past=past)
    last = {row.pack_id: row.id for row in rows if known_at or row.known_to is None}
    found = [Listed(pack, None, key not in last) for key, pack in rules.packs.items()]
    found += [Listed(row.pack, row, last.get(row.pack_id) == row.id) for row in rows]
    found.sort(key=lambda one: (one.pack.id, one.entered.id if one.entered else 0))
    return [one for one in found if past or one.holds]


def summary(pack: RulePack) -> Json:
    """A pack in short: whom it judges, and its thresholds and budgets, each number with its source."""
    scope = pack.scope
    return {
        "id": pack.id,
        "name": pack.name,
        "name_en": pack.name_en,
        "version": pack.version,
        "digest": pack.digest,
        "calendar": pack.calendar,
        "scope": {
            "kinds": sorted(scope.kinds),
            "regions": list(scope.regions),
            "applies": scope.applies.word,
            "coded_from": scope.coded_from.isoformat(),
            "flag": scope.flag,
            "source": scope.source,
        },
        "thresholds": {"yellow": _versions(pack.yellow), "red": _versions(pack.red), "red_by": pack.red_by},
        "groups": [
            {
                "id": rule.group.word,
                "stages": [stage.word for stage in Stage if stage in rule.stages],
                "milestone": rule.milestone or None,
                "budget": _versions(rule.budget),
            }
            for rule in pack.groups
        ],
    }


def document(pack: RulePack) -> Json:
    """A pack in full, its catalogue's limits included."""
    settings: dict[str, Dated | None] = {
        "warning_days": pack.warning_days,
        "late_stop_days": pack.late_stop_days,
        "deemed_acceptance": pack.deemed_acceptance,
        "commitment_check": pack.commitment_check,
        **pack.oddities,
    }
    return summary(pack) | {
        "note": pack.note,
        "note_en": pack.note_en,
        "comparison": pack.comparison,
        "clocks": {name: _clock(clock) for name, clock in pack.clocks.items()},
        "pauses": [_pause(rule) for _kind, rule in sorted(pack.pauses.items())],
        "settings": {name: _versions(number) for name, number in settings.items()},
        "extension": {
            "promised": pack.extension.promised,
            "flag": pack.extension.flag,
            "source": pack.extension.source,
        },
        "marks": [
            {
                "id": rule.mark.word,
                "waives": sorted(rule.waives),
                "promised": {code: _limit(limit) for code, limit in sorted(rule.promised.items())},
                "flag": rule.flag,
                "source": rule.source,
            }
            for rule in pack.marks.values()
        ],
        "leads": {stage.word: name for stage, name in pack.leads.items() if name},
        "catalogue": {"name": pack.catalogue.name, "version": pack.catalogue.version},
        "items": [_item(item) for item in pack.catalogue.items.values()],
    }


def _number(number: Number) -> Json:
    return {
        "days": number.days,
        "since": number.since.isoformat(),
        "flag": number.flag,
        "source": number.source,
    }


def _versions(dated: Dated | None) -> list[Json]:
    return [_number(number) for number in dated.versions] if dated else []


def _clock(clock: Clock) -> Json:
    counts = [holder.word for holder in sorted(clock.counts)]
    return {"counts": counts, "start": clock.start.word, "flag": clock.flag, "source": clock.source}


def _pause(rule: PauseRule) -> Json:
    return {
        "kind": rule.kind.word,
        "stops": sorted(rule.stops),
        "whose": rule.whose,
        "needs_basis": rule.needs_basis,
        "ceiling": _limit(rule.ceiling),
        "runs_on": {"clock": rule.runs_on[0], "holder": rule.runs_on[1].word} if rule.runs_on else None,
        "flag": rule.flag,
        "source": rule.source,
    }


def _limit(limit: Limit | None) -> Json | None:
    return _number(limit) | {"unit": limit.unit.word, "start": limit.start.word} if limit else None


def _item(item: Item) -> Json:
    return {
        "code": item.code,
        "name": item.name,
        "stage": item.stage.word,
        "lead": item.lead,
        "statutory": _limit(item.statutory),
        "promised": _limit(item.promised),
    }
