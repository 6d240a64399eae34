"""Secret projects (涉密): by the mark in their kind, or by a list. What belongs to one is refused without a trace.

The name of a project is not looked at: a hall for 涉密 carriers, or a line of 非涉密 products, is no secret project.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from monitor.intake.cells import is_secret
from monitor.intake.refusals import FileRefused

_DIGEST = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class SecretList:
    """Project codes as their SHA-256."""

    digests: frozenset[str] = frozenset()

    def names(self, code: str) -> bool:
        """Whether a project code is on the list."""
        return bool(self.digests) and digest(code.strip()) in self.digests


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


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
        raise FileRefused(str(file), "encoding") from error
    told = [line for line in lines if line and not line.startswith("#")]
    return SecretList(frozenset(line.lower() if _DIGEST.fullmatch(line) else digest(line) for line in told))


@dataclass
class Secrets:
    """Secret projects met in this import and their cases. ``listed``: those on the office's list; ``remembered``: which
    of some case ids belonged to a secret project before."""

    projects: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    listed: SecretList = field(default_factory=SecretList)
    remembered: Callable[[Collection[str]], set[str]] = lambda ids: set()

    def of_projects(self, codes: Iterable[str], kinds: Iterable[str]) -> list[int]:
        """Places of secret projects, by their codes and kinds; they are noted."""
        words: dict[str, bool] = {}
        found = []
        for i, (code, kind) in enumerate(zip(codes, kinds)):
            if kind not in words:
                words[kind] = is_secret(kind)
            if words[kind] or self.listed.names(code):
                found.append(i)
                self.projects.add(code.strip())
        return found

    def of_cases(self, ids: Iterable[str], codes: Iterable[str]) -> list[int]:
        """Places of cases of secret projects; they are noted."""
        pairs = [(case.strip(), code.strip()) for case, code in zip(ids, codes, strict=True)]
        secret = {code for code in {code for _case, code in pairs} if code in self.projects or self.listed.names(code)}
        known = self.remembered({case for case, _code in pairs})
        found = [i for i, (case, code) in enumerate(pairs) if code in secret or case in known]
        self.cases.update(pairs[i][0] for i in found)
        return found

    def of_events(self, cases: Iterable[str]) -> list[int]:
        """Places of events of cases of secret projects."""
        told = [case.strip() for case in cases]
        secret = self.remembered(set(told)) | self.cases
        return [i for i, case in enumerate(told) if case in secret] if secret else []

    def tell(self, cells: Iterable[str]) -> bool:
        """Whether any cell of a row that cannot be read speaks of a secret project."""
        told = [cell.strip() for cell in cells]
        marked = any(is_secret(c) or c in self.projects or c in self.cases or self.listed.names(c) for c in told)
        return marked or bool(self.remembered(set(told)))
