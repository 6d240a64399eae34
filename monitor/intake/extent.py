"""How far a sheet of a workbook spreads, told from its XML before anything is made of it.

What reads workbooks keeps a sheet as a full rectangle: one cell in the farthest corner of an otherwise empty sheet, put
there by a slip or on purpose, would ask for hundreds of gigabytes and end the program.
"""

from __future__ import annotations

import re
import zipfile

MOST_CELLS = 30_000_000  # of a sheet's rectangle: about a gigabyte
FARTHEST = (1 << 20, 1 << 14)  # the last row and column that a sheet may have
_LETTERS = 26
_BLOCK = 4 << 20
_PLACE = re.compile(rb"[\s\"']r\s*=\s*[\"']([^\"'<>]{1,40})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_USUAL_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_USUAL_COLUMN = re.compile(rb'<c r="([A-Z]{2,3})[0-9]')
_USUAL_CELLS = (b"<c ", b"<c>", b"<c/")
_TOKEN = re.compile(rb"([A-Za-z]{0,3})([0-9]{0,7})")


def extent(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Rows and columns of the rectangle of a sheet, at most; a place that is none counts as the farthest. (0, 0) for
    a part of a workbook that is no sheet, whatever its name."""
    rows = columns = counted = 0
    begun = False
    with archive.open(name) as file:
        rest = b""
        while block := file.read(_BLOCK):
            if not (begun or b"worksheet" in block):
                return 0, 0
            begun = True
            block = rest + block
            cut = block.rfind(b"<")  # a tag is looked at whole
            block, rest = (block[:cut], block[cut:]) if cut > 0 else (block, b"")
            usual = _USUAL_ROW.findall(block)
            if len(usual) == sum(map(block.count, _USUAL_CELLS)) and b":c" not in block:
                below = max(map(int, usual), default=0)
                beside = max(map(_column, set(_USUAL_COLUMN.findall(block))), default=_LETTERS)
            else:
                below, beside, unplaced = _unusual(block)
                counted += unplaced
            rows, columns = max(rows, below), max(columns, beside)
    return max(rows, counted), columns


def _unusual(block: bytes) -> tuple[int, int, int]:
    """Rows and columns of places told in any way that XML allows, and how many rows may tell none."""
    rows = columns = 0
    found = set(_PLACE.findall(block))
    for place in found:
        match = _TOKEN.fullmatch(place.strip())
        if match is None:
            return FARTHEST[0], FARTHEST[1], 0
        rows, columns = max(rows, int(match[2] or 0)), max(columns, _column(match[1]))
    # Cells that do not tell their places stand one beside the other.
    beside = max((len(_CELL.findall(part)) for part in _ROW.split(block)), default=0)
    return rows, max(columns, beside), len(_ROW.findall(block))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
