"""Whether bytes are a text, and in which encoding: UTF-8 throughout, else GB18030 throughout, never guessed; a profile
may name another."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Sequence

from monitor.intake.delimited import Opener, cell_at, undecodable
from monitor.intake.limits import LONGEST_LINE
from monitor.intake.refusals import FileRefused
from monitor.text import N_

ENCODINGS = ("utf-8-sig", "gb18030")
_OF_CHINA, _OF_TAIWAN = ("gb18030", "gbk", "gb2312"), ("big5", "big5hkscs")
_EVERYDAY = 0xA1, 0xC6  # first bytes of the letters of Big5 that are in everyday use, and of its signs
_SIGNATURES = (
    (b"PK\x03\x04", N_("a workbook or a ZIP archive")),
    (b"\xd0\xcf\x11\xe0", N_("an old workbook (.xls)")),
    (b"%PDF", N_("a PDF")),
    (b"\xff\xfe", N_("a text in UTF-16")),
    (b"\xfe\xff", N_("a text in UTF-16")),
    (b"\x1f\x8b", N_("a file compressed with gzip")),
    (b"SQLite format 3", N_("a database")),
)


def look_at_start(name: str, block: bytes) -> None:
    """Raises FileRefused where the first bytes of a file say that it is something else."""
    for signature, what in _SIGNATURES:
        if block.startswith(signature):
            raise FileRefused(name, "not_csv", what)
    if block[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<?xml")):
        raise FileRefused(name, "not_csv", N_("HTML or XML"))


def encoding_of(
    name: str, blocks: Callable[[], Iterable[bytes]], opener: Opener, encodings: Sequence[str] = ENCODINGS
) -> str:
    """The encoding of a text whose bytes ``blocks`` and ``opener`` give again and again; raises FileRefused for a text
    that is in none of ``encodings``, or in some of both."""
    fits: dict[str, int] = {}
    for encoding in encodings:
        broken = _broken_at(blocks(), encoding)
        if broken is None:
            break
        fits[encoding] = broken
    else:
        shown = " / ".join(one.removesuffix("-sig").upper() for one in encodings)
        raise FileRefused(name, "encoding", shown, spot=undecodable(opener, max(encodings, key=fits.__getitem__)))
    if encoding in (*_OF_CHINA, *_OF_TAIWAN) and (line := _line_of_utf8(opener, encoding)):
        spot = cell_at(opener, encoding, line, lambda cell: _is_utf8(cell.encode(encoding, "replace"), encoding))
        if spot is not None:
            record = [_as_meant(cell, encoding) for cell in spot.record]
            spot = spot._replace(value=_as_meant(spot.value, encoding), record=record)
        raise FileRefused(name, "mixed", str(line), spot=spot)
    return encoding


def _broken_at(blocks: Iterable[bytes], encoding: str) -> int | None:
    """None where the bytes are a text in ``encoding``; else how many of them are, but for a letter."""
    decoder, read = codecs.getincrementaldecoder(encoding)("strict"), 0
    try:
        for block in blocks:
            decoder.decode(block)
            read += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return read + error.start
    return None


def _line_of_utf8(opener: Opener, encoding: str) -> int:
    """The first line of a Chinese text in another encoding that is UTF-8 without a doubt, from 1; 0: there is none.

    Files are put together from others, and bytes of UTF-8 are often some GB18030 as well: 厂房 would come in as 鍘傛埧.
    A line is UTF-8 if it can be read so, with Chinese in it, and read as the other has characters that are in rare use.
    """
    with opener() as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            if not line.isascii() and _is_utf8(line, encoding):
                return number
    return 0


def _as_meant(cell: str, encoding: str) -> str:
    """A cell that was read in another encoding, as UTF-8 where it is."""
    some = cell.encode(encoding, "replace")
    return some.decode("utf-8") if _is_utf8(some, encoding) else cell


def _is_utf8(some: bytes, encoding: str) -> bool:
    try:
        read = some.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= letter <= "\u9fff" for letter in read) and not _common(some, encoding)


def _common(line: bytes, encoding: str) -> bool:
    try:
        if encoding in _OF_TAIWAN:
            letters = (letter.encode(encoding, "replace") for letter in line.decode(encoding) if not letter.isascii())
            return all(_EVERYDAY[0] <= letter[0] <= _EVERYDAY[1] for letter in letters)
        line.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True
