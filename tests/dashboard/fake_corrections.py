"""Made-up corrections of the rich project: one of each kind of cause, in the words of docs/json.md."""

from __future__ import annotations

from typing import Any

from tests.dashboard.fake_project import ECOLOGY, HOUSING, RICH


def _cause(cause: str, **told: str) -> dict[str, Any]:
    names = "case_id event_id status day names column before after document source file recorded_by".split()
    return {"cause": cause} | dict.fromkeys(names) | told


def _change(where: str, what: str, before: Any, after: Any, case_id: str | None = None) -> dict[str, Any]:
    return {"where": where, "case_id": case_id, "what": what, "before": before, "after": after}


def _correction(day: str, eve: str, causes: list[Any], changes: list[Any], **more: Any) -> dict[str, Any]:
    moments = {"known_from": f"{day}T09:00:01+08:00", "known_before": f"{day}T09:00:00.999999+08:00"}
    told = {"project_code": RICH, "as_of": eve, "differs_from": "2026-03-12", "unconfirmed": False}
    return told | moments | {"causes": causes, "changes": changes} | more


_LATE = {"case_id": "A05-1", "source": "投资在线平台", "file": "/in/四月.zip", "recorded_by": "窗口 王芳"}
CORRECTIONS = [
    _correction(
        "2026-04-02",
        "2026-04-01",
        [
            _cause("late_entry", event_id="E003", status="correction_started", day="2026-03-11", **_LATE),
            _cause("voided", event_id="E006", status="voided", day="2026-03-25", names="E005", **_LATE),
            _cause("edited", event_id="E011", column="day", before="2026-03-20", after="2026-03-23", **_LATE),
            _cause("taken_back", event_id="E012", status="approved", day="2026-03-24", **_LATE),
            _cause("confirmed", event_id="E099", status="confirmed", day="2026-03-26", names="E003", **_LATE),
        ],
        [
            _change("project", "used", 60, 54),
            _change("project", "light", "yellow", "green"),
            _change("project", "yellow_on", "2026-03-30", "2026-04-03"),
            _change("pre_construction", "used", 60, 54),
            _change("initiation", "stage_days", 20, 14),
            _change(HOUSING, "share", 12.0, 9.5),
            _change("promised", "due_on", None, "2026-04-09", "A05-1"),
        ],
        unconfirmed=True,
    ),
    _correction(
        "2026-09-01",
        "2026-08-31",
        [
            _cause("changed_fact", case_id="E01-1", column="department", before=ECOLOGY, after=HOUSING, source="平台"),
            _cause("changed_fact", case_id="E01-1", column="stage", before="planning", after="parallel"),
            _cause("changed_fact", column="kind", after="filing"),
            _cause("department_named", column="department", before="住建局", after=HOUSING, recorded_by="张三"),
            _cause("batch_undone", document="12", source="投资在线平台"),
            _cause("elsewhere"),
            _cause("notice", document="某市〔2026〕虚构1号"),
            _cause("notice_revised", document="某市〔2026〕虚构2号"),
            _cause("notice_withdrawn", document="某市〔2026〕虚构3号"),
            _cause("pack", document="own-40 1", file="own.toml"),
            _cause("pack_withdrawn", document="own-40 1", file="own.toml"),
        ],
        [_change(ECOLOGY, "share", 10.0, 0.0), _change(HOUSING, "share", 9.5, 19.5)],
    ),
]
