"""The code of a project in both forms that are in use.

New, in force from 2020-11-01 (发改投资〔2020〕1439号; GB/T 40058-2021): ``2603-141124-89-05-346948``, the month, the
area, the guiding department, the type, five random digits and a check digit. Legacy, 2013 to 2020:
``2020-330327-48-01-167360``, the year, the area, the industry, the type and six digits without a check; parts of a
project have three more.

That the last digit is ISO 7064 MOD 11,10 over the 19 before it was found in real codes; the text of the standard was
not at hand. So a digit that fails is odd, and no more than that.
"""

from __future__ import annotations

import re
from enum import Enum

from stdnum.iso7064 import mod_11_10

_SHAPE = re.compile(r"([0-9]{2})([0-9]{2})-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}(-[0-9]{3})?")
_LEGACY_YEARS = range(13, 21)  # as months they cannot be


class Form(Enum):
    """Which of the two forms."""

    NEW = "new"
    LEGACY = "legacy"


def form_of(code: str) -> Form | None:
    """The form of a code; None for one of neither.

    2013 to 2020 at the beginning is a year, for there are no such months; 2011 and 2012 are November and December 2020.
    """
    found = _SHAPE.fullmatch(code)
    if found is None:
        return None
    century, month, part = found[1], int(found[2]), found[3]
    if century == "20" and month in _LEGACY_YEARS:
        return Form.LEGACY
    return Form.NEW if 1 <= month <= 12 and part is None else None


def check_digit(digits: str) -> str:
    """The check digit of a code of the new form over its first 19 digits."""
    return str(mod_11_10.calc_check_digit(digits))


def odd(code: str) -> str | None:
    """What is odd about a code: ``project_code_form``, ``project_code_check``; None: nothing."""
    form = form_of(code)
    if form is None:
        return "project_code_form"
    digits = code.replace("-", "")
    if form is Form.NEW and check_digit(digits[:-1]) != digits[-1]:
        return "project_code_check"
    return None
