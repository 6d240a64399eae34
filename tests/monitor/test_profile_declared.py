"""Files whose encoding is not what they or their profile say, or that nest without end: refused in words, every one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from monitor.exchange.terms import ProfileError as ExchangeError
from monitor.exchange.terms import exchange_profile, reads_tables
from monitor.intake import FileRefused, ProfileError, read_canonical
from monitor.intake.profiles import read, shipped
from rules import packfile
from rules.errors import RuleError
from rules.notice import Notice
from tests.monitor.canonical_files import ZONE
from tests.monitor.test_profiles import OWN, TABLE


def test_a_text_without_its_mark_is_no_utf_16(tmp_path: Path) -> None:
    profile = OWN.replace("[projects]", '[file]\nencoding = "utf-16"\n[projects]')
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    (tmp_path / "bare.csv").write_bytes(TABLE.encode("utf-16-le"))
    with pytest.raises(FileRefused) as refused:
        read_canonical([tmp_path / "bare.csv"], ZONE, profile=read(tmp_path / "own.toml"))
    assert (refused.value.code, refused.value.detail) == ("encoding", "UTF-16 (BOM)")


@pytest.mark.parametrize("encoding", ["GBK", "no-such"])
def test_a_log_in_an_encoding_that_cannot_be_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.xes").write_text(f'<?xml version="1.0" encoding="{encoding}"?><log><trace/></log>')
    with pytest.raises(FileRefused) as refused:
        read_canonical([tmp_path / "a.xes"], ZONE, profile=shipped()["xes"])
    assert (refused.value.code, refused.value.file) == ("xml", str(tmp_path / "a.xes"))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_a_workbook_in_an_encoding_that_cannot_be_read(tmp_path: Path, part: str) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["project_code", "coded_on", "=TODAY()"])  # a formula without a value, which is looked for
    book.save(tmp_path / "good.xlsx")
    path = tmp_path / "projects.xlsx"
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(path, "w") as other:
        for name in good.namelist():
            content = good.read(name)
            if name == part:
                content = (
                    b'<?xml version="1.0" encoding="GBK"?>'
                    + content[content.rfind(b"?>") + 2 if b"?>" in content else 0 :]
                )
            other.writestr(name, content)
    with pytest.raises(FileRefused) as refused:
        read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert refused.value.code == "not_xlsx"


@pytest.mark.parametrize("text", ["a=" + "[" * 2_000, "a=1" + "0" * 5_000])
def test_a_toml_file_that_nests_without_end(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(text)
    assert not reads_tables(str(path))
    for refused, reader in (
        (ProfileError, read),
        (ExchangeError, lambda path: exchange_profile(str(path))),
        (RuleError, packfile.read),
        (RuleError, Notice.read),
    ):
        with pytest.raises(refused) as error:
            reader(path)
        assert "deep.toml" in str(error.value)


@pytest.mark.parametrize(
    ("encoding", "name"), [("gbk", "厂房"), ("gb18030", "厂房"), ("big5", "工學"), ("big5hkscs", "工學")]
)
def test_a_text_put_together_of_two_encodings_whatever_the_profile_says(
    tmp_path: Path, encoding: str, name: str
) -> None:
    """The bytes of the name in UTF-8 are other letters of the encoding: it would come in as 鍘傛埧, or the like."""
    profile, path = tmp_path / "own.toml", tmp_path / "in.csv"
    profile.write_text(
        OWN.replace("[projects]", f'[file]\nencoding = "{encoding}"\n[projects]\nname = "name"'), "utf-8"
    )
    lines = [line + more for line, more in zip(TABLE.splitlines(), [",name", ",中山路"], strict=True)]
    path.write_bytes("\n".join([*lines, ""]).encode(encoding))
    found = read_canonical([path], ZONE, profile=read(profile))
    assert (found.refusals, found.projects.name) == ([], ["中山路"])
    path.write_bytes(path.read_bytes() + lines[1].replace("中山路", name).encode())
    with pytest.raises(FileRefused) as refused:
        read_canonical([path], ZONE, profile=read(profile))
    assert (refused.value.code, refused.value.detail) == ("mixed", "3")
    assert refused.value.spot is not None
    assert (refused.value.spot.row, refused.value.spot.column, refused.value.spot.value) == (3, "name", name)
