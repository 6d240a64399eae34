"""A later promise of a mark through the store, on both databases: cases accepted before it keep theirs. Made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from monitor.database import Database
from tests.monitor.closures import DAY, accepted, case
from tests.monitor.own_packs import TOMORROW, enter, swept, take_back
from tests.monitor.sweeping import Office, office, standings
from tests.rules.own_packs import changed, read, shipped_text

MARK = '[[mark]]\nid = "standard_land"'
PROMISE = """[[mark.promised]]
item = "P03"
days = 3
unit = "working_day"
since = 2025-04-01
flag = "E"
source = "虚构"

"""


def limits(here: Office, day: dt.date) -> dict[str, Any]:
    """The promised limit of the case of each project."""
    return {code: one["cases"][0]["promised"]["limit"] for code, one in here.objects(day).items()}


def test_a_later_promise_of_a_mark_holds_for_cases_accepted_from_its_day_on(database: Database, tmp_path: Path) -> None:
    """P03 is done at once where the area was assessed; from Tuesday 1 April 2025 on it has three days."""
    assert dt.date(2025, 4, 1) == TOMORROW
    text = changed(shipped_text(), ('version = "2020"', 'version = "2027"'), (MARK, PROMISE + MARK))
    here = office(database, tmp_path)
    codes = {"OLD": "2025-03-31", "NEW": "2025-04-01"}
    here.take(
        [{"project_code": c, "coded_on": "2025-03-03", "region": "330106", "marks": "area_assessment"} for c in codes],
        [case(code) | {"item_code": "P03"} for code in codes],
        [accepted(code, day) for code, day in codes.items()],
    )
    here.tick(DAY)
    stood = standings(database)["standing"]
    done = enter(here, text)
    assert done.added == {"mark area_assessment.promised P03": read(text).limits()[next(iter(done.added))].versions[1:]}
    assert [row for row in standings(database)["standing"] if row[0] == "OLD"] == [r for r in stood if r[0] == "OLD"]
    later = dt.date(2025, 4, 2)
    here.tick(later)
    assert limits(here, later) == {"OLD": 0, "NEW": 3}
    lights = {code: one["cases"][0]["promised"]["light"] for code, one in here.objects(later).items()}
    assert lights == {"OLD": "red", "NEW": "green"}  # 1 of 3 days; the warning is at most a third: 1 left
    whole = standings(database)
    here.rebuild(later)
    assert standings(database) == whole
    assert swept(take_back(here, "zhejiang-80", "2027"))[0] >= 1
    assert limits(here, later) == {"OLD": 0, "NEW": 0}
