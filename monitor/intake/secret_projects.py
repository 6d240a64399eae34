"""Secret projects (涉密): by a mark, by a list, or remembered. What belongs to one is refused without a trace.

The name of a project is not looked at: a hall for 涉密 carriers, or a line of 非涉密 products, is no secret project.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from monitor.codes.secret import code_digests, digest, is_secret, spellings
from monitor.intake.refusals import FileRefused

_DIGEST = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class SecretList:
    """The office's list: ``codes`` as our digests of them, and ``digests`` that the list itself gave."""

    codes: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.codes or self.digests)

    def names(self, code: str) -> bool:
        """Whether a project code is on the list, however it is written here and there."""
        return bool(self.among(code_digests([code])))

    def among(self, by_digest: Mapping[str, Iterable[str]]) -> set[str]:
        """Those of these digests that are on the list, of the codes that they belong to."""
        found = set(by_digest.keys() & self.codes)
        if self.digests:
            found |= {one for one, codes in by_digest.items() if any(map(self._gives, codes))}
        return found

    def _gives(self, code: str) -> bool:
        return not self.digests.isdisjoint(map(digest, spellings(code)))


def read_secret_list(file: Path | None) -> SecretList:
    """The list of a file, one project a line: its code, or the SHA-256 of it, so that the list need not tell.

    Blank lines and those that begin with # are passed over; no file: nobody is listed. Raises FileRefused.
    """
    if file is None:
        return SecretList()
    try:
        lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except FileNotFoundError as error:
        raise FileRefused(str(file), "missing") from error
    except OSError as error:
        raise FileRefused(str(file), "unreadable", error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise FileRefused(str(file), "encoding", "UTF-8") from error
    told = [line for line in lines if line and not line.startswith("#")]
    given = {line for line in told if _DIGEST.fullmatch(line)}
    codes = code_digests(line for line in told if line not in given)
    return SecretList(frozenset(codes), frozenset(map(str.lower, given)))


class Memory(Protocol):
    """What is remembered of secret projects from one import to the next. ``blank``: nothing."""

    blank: bool

    def projects_among(self, digests: Collection[str]) -> set[str]:
        """Those of these digests of codes that are of secret projects."""

    def cases_among(self, ids: Collection[str]) -> set[str]:
        """Those of these case ids that were of secret projects."""

    def met(self, codes: Collection[str]) -> None:
        """These codes of secret projects, as they were told, were met."""


class NoMemory:
    """Where nothing is kept."""

    blank = True

    def projects_among(self, digests: Collection[str]) -> set[str]:
        return set()

    def cases_among(self, ids: Collection[str]) -> set[str]:
        return set()

    def met(self, codes: Collection[str]) -> None:
        return None


@dataclass
class Secrets:
    """Secret projects met in this import, as digests of their codes, and their cases."""

    listed: SecretList = field(default_factory=SecretList)
    memory: Memory = field(default_factory=NoMemory)
    projects: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)

    def note(self, codes: Iterable[str]) -> None:
        """Notes secret projects, before a row of any of them is taken."""
        self.projects.update(code_digests(codes))

    def note_marked(self, codes: Iterable[str], kinds: Iterable[str]) -> None:
        """Notes the projects that their kinds say to be secret."""
        marked = _Marks()
        self.note([code for code, kind in zip(codes, kinds, strict=True) if marked[kind]])

    def of_projects(self, codes: Sequence[str], kinds: Sequence[str]) -> list[int]:
        """Places of rows of secret projects, by their codes and kinds; the projects are noted."""
        self.note_marked(codes, kinds)
        marked = _Marks()
        secret = self.among(codes)
        return [i for i, (code, kind) in enumerate(zip(codes, kinds, strict=True)) if code in secret or marked[kind]]

    def of_cases(self, ids: Sequence[str], codes: Sequence[str]) -> list[int]:
        """Places of cases of secret projects; they are noted."""
        secret, told = self.among(codes), [case.strip() for case in ids]
        known = self.memory.cases_among(set(told))
        found = [i for i, code in enumerate(codes) if code in secret or told[i] in known]
        self.cases.update(told[i] for i in found if told[i])
        return found

    def of_events(self, cases: Sequence[str]) -> list[int]:
        """Places of events of cases of secret projects."""
        told = [case.strip() for case in cases]
        secret = self.memory.cases_among(set(told)) | self.cases
        return [i for i, case in enumerate(told) if case in secret] if secret else []

    def tell(self, cells: Iterable[str], *, of_case: bool = False) -> bool:
        """Whether any cell of a row that cannot be read speaks of a secret project. ``of_case``: where it names one by
        its code, the case is noted; which cell is its number nobody can tell, so each is taken for it."""
        told = [cell.strip() for cell in cells]
        if named := self.among(told):
            if of_case:
                self.cases.update(cell for cell in told if cell and cell not in named)
            return True
        return any(is_secret(cell) or cell in self.cases for cell in told) or bool(self.memory.cases_among(set(told)))

    def among(self, codes: Iterable[str]) -> set[str]:
        """Those of these project codes that are secret, as they were told; they are noted."""
        if not (self.projects or self.listed or not self.memory.blank):
            return set()
        by_digest = code_digests(codes)
        found = self.listed.among(by_digest) | (by_digest.keys() & self.projects)
        found |= self.memory.projects_among(by_digest.keys() - found)
        self.projects |= found
        secret = {code for one in found for code in by_digest[one]}
        if secret:
            self.memory.met(secret)
        return secret


@contextmanager
def withholding(secrets: Secrets) -> Iterator[None]:
    """Of a file that is refused no cell is told whose row speaks of a secret project."""
    try:
        yield
    except FileRefused as refused:
        if refused.spot is not None and secrets.tell(refused.spot.record):
            refused.spot = refused.spot._replace(value="…", record=())
        raise


class _Marks(dict[str, bool]):
    """Whether a kind says that its project is secret; each is looked at once."""

    def __missing__(self, kind: str) -> bool:
        found = self[kind] = is_secret(kind)
        return found
