"""The pack that a story brings along: a shipped one with some of its keys said otherwise by a commission."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from rules.pack import RulePack
from rules.packfile import catalogue, parse, shipped

PACKS = Path(str(files("rules") / "packs"))
CATALOGUES = Path(str(files("rules") / "catalogues"))


def own_pack(file: str, told: Mapping[str, Any]) -> RulePack:
    """The pack `base`, under its id, with the keys that are told in place of its own.

    A ``pause`` takes the place of what the base says of its kinds, an ``item`` adds to the catalogue's entry of its
    code. Raises PackError as for any pack.
    """
    base = shipped()[told["base"]]
    raw = tomllib.loads((PACKS / f"{base.id}.toml").read_text("utf-8"))
    keys = {key: value for key, value in told.items() if key not in ("base", "item")}
    known = base.catalogue
    if "item" in told:
        name = f"{raw['catalogue']}.toml"
        listed = tomllib.loads((CATALOGUES / name).read_text("utf-8"))
        said_of = {entry["code"]: entry for entry in told["item"]}
        listed["item"] = [entry | said_of.get(entry["code"], {}) for entry in listed["item"]]
        known = catalogue(name, listed)
    if "pause" in keys:
        said = {kind for entry in keys["pause"] for kind in entry["kinds"]}
        rest = [entry | {"kinds": [k for k in entry["kinds"] if k not in said]} for entry in raw["pause"]]
        keys["pause"] = [*keys["pause"], *(entry for entry in rest if entry["kinds"])]
    return parse(file, raw | keys, known, base.digest)
