"""The holidays of all citizens in 2026 and 2027, put together by hand: the law's list and the lunar calendar.

全国年节及纪念日放假办法 2 (in force from 2025): 元旦 1 day, 春节 4 (from New Year's Eve; 6 February is the first of the
first month), 清明 1 (5 April), 劳动节 2, 端午 1 (9 June), 中秋 1 (15 September), 国庆 3: 13 days. In 2026 the first of
the first month is 17 February, 端午 19 June, 中秋 25 September.
"""

from __future__ import annotations

STATUTE_2026 = (
    "2026-01-01 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-04-05 2026-05-01 2026-05-02 "
    "2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-03"
)
STATUTE_2027 = (
    "2027-01-01 2027-02-05 2027-02-06 2027-02-07 2027-02-08 2027-04-05 2027-05-01 2027-05-02 "
    "2027-06-09 2027-09-15 2027-10-01 2027-10-02 2027-10-03"
)
