"""Secret projects (涉密): how offices say that a project is one, and how its code is known again however it is written.

Digests are no secret keeping: project codes are few enough to be tried one after the other. They only keep a list, or
what is remembered of a project, from telling by itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

SECRET = "secret"  # what a canonical file says as the kind of such a project

_WORDS = "涉密|机密|绝密|秘密|保密"
_NOT = re.compile(
    f"[非不未无](?:是|属于|属|涉及|涉|含有|含|需要|需|须|予|定)?(?:国家)?(?:{_WORDS}|密级|密)|商业秘密|[已解脱]密"
    f"|(?:是否)?(?:{_WORDS}|密级)(?:项目|级别|等级)?[:([]*(?:否|无|不是|不|非)"
)
_SAID = re.compile(_WORDS)
_LATIN = ("secret", "classified", "confidential")
_NOT_LATIN = re.compile(rf"(?<![a-z])(?:not|non|no|un|de)[^a-z]*(?:{'|'.join(_LATIN)})")
_SAID_LATIN = re.compile(rf"(?<![a-z])(?:{'|'.join(_LATIN)})(?![a-z])")
# What a column of secrecy says of a project that is none. What is not among them is taken for a yes: a row too many
# that is refused can be seen and mended, one too few that came in cannot.
_NO = frozenset(
    "否 非 不 无 不是 没有 非密 无密级 未定密 公开 内部 一般 普通 正常 解密 已解密 脱密 × ✗ ✘ □ ☐ "
    "no n not none false f 0 public open internal normal unclassified".split()
)
_GROUPED = re.compile(r"([0-9]{4})([0-9]{6})([0-9]{2})([0-9]{2})([0-9]{6})([0-9]{3})?")
_MINUS = "\u2212"


def is_secret(kind: str) -> bool:
    """Whether the kind of a project says that it is secret: 涉密, 机密★10年, 审批（保密）; 非涉密 says the contrary."""
    if "密" in kind:  # in hardly any cell
        text = _alike(kind)
        if text == "密" or _SAID.search(_NOT.sub("", text)):
            return True
    latin = unicodedata.normalize("NFKC", kind).casefold()
    if not any(word in latin for word in _LATIN):
        return False
    return bool(_SAID_LATIN.search(_NOT_LATIN.sub("", latin)))


def says_secret(told: str) -> bool:
    """Whether a cell of a column of secrecy (是否涉密, 密级) says yes: whatever is neither blank nor a no."""
    text = _alike(told)
    without = _NOT.sub("", _NOT_LATIN.sub("", text)).removesuffix("项目")
    said = "".join(c for c in without if c.isalnum() or unicodedata.category(c).startswith("S"))
    return bool(said) and said not in _NO


def fold(code: str) -> str:
    """A project code without what people write in different ways: width and case of letters, dashes, blanks, and
    characters that nobody sees."""
    if code.isascii():
        return "".join(code.casefold().replace("-", "").split())
    return "".join(c for c in _alike(code) if not _is_dash(c) and not c.isspace())


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def spellings(code: str) -> tuple[str, ...]:
    """The ways in which a code is likely to be written elsewhere: folded, as here, and with dashes in their places."""
    plain = fold(code)
    if not plain:
        return ()
    told = code.strip()
    if not told.isascii():
        told = "".join("-" if _is_dash(c) else c for c in unicodedata.normalize("NFKC", code) if _is_seen(c))
    grouped = _GROUPED.fullmatch(plain)
    dashed = "-".join(filter(None, grouped.groups())) if grouped else plain
    return tuple(dict.fromkeys((plain, dashed, plain.upper(), code.strip(), told, told.upper(), told.casefold())))


def code_digests(codes: Iterable[str]) -> dict[str, set[str]]:
    """Digest of the folded code, by which a project is known again -> the codes that have it, as they were told; blank
    ones have none."""
    found: dict[str, set[str]] = {}
    for code in set(codes):
        if plain := fold(code):
            found.setdefault(digest(plain), set()).add(code)
    return found


def _alike(text: str) -> str:
    """A text with letters of one width and case; between Latin words one blank is left, others are none."""
    told = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c if _is_seen(c) else " " if c.isspace() else "" for c in told)
    return re.sub(r"(?<![a-z]) +| +(?![a-z])", "", seen.strip())


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _is_dash(letter: str) -> bool:
    return letter == _MINUS or unicodedata.category(letter) == "Pd"
