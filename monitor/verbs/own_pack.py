"""A pack of a commission's own as its file says it, and why one cannot be entered or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rules import packfile
from rules.errors import RuleError
from rules.pack import RulePack


class PackRefused(Exception):
    """A pack that cannot be entered beside what is known; ``problems`` are all of them."""

    def __init__(self, problems: Sequence[RuleError]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, problems)))


class NoSuchPack(Exception):
    """No version of this name was entered, and is known now, of this pack."""


class LaterVersion(Exception):
    """Another version was entered after this one, and rests on it."""

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(version)


class StillNamed(Exception):
    """Projects name the pack, and without this version there would be none."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(str(len(codes)))


@dataclass(frozen=True)
class Own:
    """A pack as its file says it."""

    pack: RulePack
    text: str
    file: str

    @classmethod
    def read(cls, path: Path) -> Own:
        """From a TOML file. Raises PackRefused with everything that is wrong with the pack by itself."""
        if wrong := packfile.problems(path):
            raise PackRefused(wrong)
        text = packfile.text_of(path)
        return cls(packfile.of_text(path.name, text), text, path.name)
