"""更正记录 and the moment as known at which a project is looked at, over the made-up reader."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient

from dashboard.address import Address
from monitor import differences
from monitor.text import use_language
from tests.dashboard.conftest import ask, client_of
from tests.dashboard.fake_corrections import CORRECTIONS
from tests.dashboard.fake_project import RICH
from tests.dashboard.fake_reader import TODAY, FakeReader

PATH = f"/project/{RICH}"
ZONE = FakeReader().zone


def panel(client: FlaskClient, search: str = "", path: str = PATH) -> str:
    return ask(client, "project", "project-corrections", path, search)


def test_each_kind_of_cause_is_told_with_both_values(client: FlaskClient) -> None:
    text = panel(client)
    for word in (
        "更正记录", "2026-04-02 09:00", "均核算到 2026-04-01", "待确认", "自 2026-03-12 起不同",
        "补录：补正开始，2026-03-11（E003）", "更正（作废原记录）：记录 E005",
        "来源修改：日期 2026-03-20 → 2026-03-23（E011）",
        "来源收回：办结（通过），2026-03-24（E012）", "核定补录的暂停：记录 E003",
        "来源 投资在线平台、文件 四月.zip、录入人 窗口 王芳",
        "数据更改：部门 西湖区生态环境局 → 西湖区住房和城乡建设局", "数据更改：阶段 规划许可 → 并行事项",
        "数据更改：项目类型 – → 备案", "部门认定：部门 住建局 → 西湖区住房和城乡建设局", "录入人 张三",
        "批次撤回：批次 12",
        "放假通知：某市〔2026〕虚构1号", "放假通知修订：某市〔2026〕虚构2号",
        "放假通知撤回：某市〔2026〕虚构3号", "录入规则：own-40 1", "撤下规则：own-40 1",
        "项目 · 用时\n60\n→\n54", "项目 · 亮灯", "黄灯", "绿灯", "立项 · 本阶段用时\n20\n→\n14",
        "西湖区住房和城乡建设局 · 分摊天数\n12\n→\n9.5", "A05-1 承诺期限 · 到期日\n–\n→\n2026-04-09", "另 3 项",
    ):  # fmt: skip
        assert word in text.replace("\n \n", "\n"), word
    assert text.index("2026-09-01 09:00") < text.index("2026-04-02 09:00")  # the last first
    assert {cause["cause"] for one in CORRECTIONS for cause in one["causes"]} == differences.CAUSES.keys()


def test_a_correction_leads_to_what_was_said_and_what_is(client: FlaskClient) -> None:
    text = panel(client, "?region=330106")
    for moment in ("2026-04-02+09%3A00%3A00.999999", "2026-04-02+09%3A00%3A01"):
        assert f"{PATH}?as_of=2026-04-01&region=330106&known_at={moment}" in text


def test_a_project_that_was_never_corrected_says_so() -> None:
    reader = FakeReader()
    code = next(row for row in reader._rows(TODAY, None)["project_code"] if row != RICH)
    assert "没有更正过：此前说过的数字至今成立。" in panel(client_of(reader), path=f"/project/{code}")


def test_corrections_that_cannot_be_read_leave_the_page_standing() -> None:
    broken = client_of(FakeReader(broken=frozenset({"corrections"})))
    assert "错误编号" in panel(broken)
    assert "错误编号" not in ask(broken, "project", "project-body", PATH)


@pytest.mark.parametrize("path", ["/project/NOPE", "/project/"])
def test_no_corrections_of_no_project(client: FlaskClient, path: str) -> None:
    assert panel(client, path=path) == ""


def test_a_page_as_known_at_a_moment() -> None:
    reader = FakeReader()
    client = client_of(reader)
    text = ask(client, "project", "project-body", PATH, "?known_at=2026-08-20+16:00:00.999999")
    assert reader.known["asked"] == dt.datetime(2026, 8, 20, 16, 0, 0, 999999, tzinfo=ZONE)
    assert "以下为 2026年8月20日（周四） 16:00 已知的情况" in text
    assert "看现在已知的情况" in text and "现由" in text
    then = panel(client, "?known_at=2026-08-20+16:00:00.999999")
    assert "2026-04-02 09:00" in then and "2026-09-01" not in then  # learned later
    plain = ask(client, "project", "project-body", PATH)
    assert reader.known["asked"] is None
    assert "已知的情况" not in plain


@pytest.mark.parametrize("moment", ["noon", "2026-11-22", "2026-11-21T23:30:00-08:00", "2026-02-30"])
def test_a_moment_that_cannot_be_is_refused_in_words(client: FlaskClient, moment: str) -> None:
    text = ask(client, "project", "project-body", PATH, f"?known_at={moment}")
    assert f"“{moment}”不是今天或以前的时刻。" in text
    assert "看现在已知的情况" in text
    assert "红灯" not in text
    assert panel(client, f"?known_at={moment}") == ""


def test_the_moment_of_an_address_is_the_offices() -> None:
    def known(text: str) -> dt.datetime | None:
        return Address.read(PATH, f"?known_at={text}", TODAY).known_at(ZONE)

    assert known("2026-11-21T09:00") == dt.datetime(2026, 11, 21, 9, tzinfo=ZONE)
    assert known("2026-11-21T01:00:00Z") == dt.datetime(2026, 11, 21, 9, tzinfo=ZONE)
    assert known("") is None
    asked = Address.read(PATH, "?known_at=2026-11-20", TODAY)
    assert asked.href("/projects", light="red") == "/projects?known_at=2026-11-20&light=red"  # to every page
    assert asked.href("/", known_at=None) == "/"


def test_every_word_of_a_correction_is_there_in_both_languages() -> None:
    english = [*differences.CAUSES.values(), *differences.WHAT.values(), *differences.FACTS.values()]
    with use_language("zh_CN"):
        from monitor.text import _

        assert not [text for text in english if _(text) == text]
