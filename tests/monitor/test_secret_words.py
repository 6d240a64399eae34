"""How offices say that a project is secret, and how a code is known again however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.codes.secret import digest, fold, is_secret, says_secret, spellings
from monitor.intake import read_secret_list

CODE = "2603-141124-89-05-346948"


@pytest.mark.parametrize(
    "kind",
    [
        *("secret", "SECRET", "Top secret", "secret project", "filing (classified)", "confidential"),
        *(" 涉密 ", "涉 密", "涉　密", "涉\u200b密", "涉密项目", "filing（涉密）", "是否涉密：是", "密"),
        *("机密", "机密级", "绝密级", "秘密级", "机密★10年", "国家秘密", "审批（保密）", "保密项目"),
    ],
)
def test_kinds_that_are_secret(kind: str) -> None:
    assert is_secret(kind)
    assert says_secret(kind)


@pytest.mark.parametrize(
    "kind",
    [
        *("", "filing", "secretariat", "unclassified", "non-secret", "not secret", "Declassified"),
        *(
            "非涉密",
            "不涉密项目",
            "不 涉 密",
            "非密",
            "未涉密",
            "审批（非涉密）",
            "不涉及国家秘密",
            "不属于涉密",
            "无密级",
        ),
        *("是否涉密：否", "涉密（否）", "不保密", "否", "无", "公开", "商业秘密", "已解密", "审批", "核准"),
    ],
)
def test_kinds_that_are_not(kind: str) -> None:
    assert not is_secret(kind)


def test_a_column_of_secrecy_says_yes_unless_it_says_no() -> None:
    for told in ("是", "涉密", "Y", "yes", "1", "√", "★", "有", "待定", "秘密★长期"):
        assert says_secret(told), told
    for told in ("", " ", "否", "无", "N", "No", "0", "FALSE", "-", "/", "——", "×", "公开", "内部", "一般", "非密"):
        assert not says_secret(told), told
    for told in ("不涉密", "非涉密项目", "非 密", "不涉密。"):
        assert not says_secret(told), told


OTHERWISE = (
    *("２６０３－１４１１２４－８９－０５－３４６９４８", "2603—141124—89—05—346948", "2603−141124−89−05−346948"),
    *("26031411248905346948", "2603 141124 89 05 346948", " 2603-141124-89-05-\u200b346948", CODE + "\ufeff"),
)


@pytest.mark.parametrize("written", OTHERWISE)
def test_a_code_is_known_however_it_is_written(written: str, tmp_path: Path) -> None:
    assert fold(written) == fold(CODE) != fold(CODE[:-1] + "7")
    assert CODE in spellings(written)  # as most databases have it
    file = tmp_path / "list.txt"
    for told, asked in ((CODE, written), (written, CODE), (digest(CODE), written)):
        file.write_text(told + "\n", "utf-8")
        assert read_secret_list(file).names(asked)
        assert not read_secret_list(file).names(asked + "9")


def test_letters_of_a_code_are_alike_and_a_blank_one_is_none(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"p-1x\n{digest('Q-2Y')}\n", "utf-8")
    listed = read_secret_list(file)
    assert [listed.names(code) for code in ("P-1X", "ｐ１ｘ", "q-2y", "Ｑ－２Ｙ", "p-1", "", " - ")] == [True] * 4 + [
        False
    ] * 3
