"""The four exchange tables with the fields by which the monitor reads and writes them.

Names are those that two vendors' programs agree on; the standard's own text was not found. Fields named for one table
and needed in its sisters (`lsh`, `gcdm`, `spsxslbm`, `sjyxbs`) are taken to have the same name there.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, Numeric, String, Table, Text

PROJECTS, CASES = "SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB"
RECORDS, PROCEDURES = "SPGL_XMSPSXBLXXXXB", "SPGL_XMSPSXBLTBCXXXB"
NAMES = (PROJECTS, CASES, RECORDS, PROCEDURES)

# What a table must have; whatever else is named below is read where it is there, and all else is passed over.
NEEDED = {
    PROJECTS: ("lsh", "xmdm", "gcdm", "sbsj"),
    CASES: ("spsxslbm", "spsxbm", "spbmmc"),
    RECORDS: ("lsh", "gcdm", "spsxslbm", "blzt", "blsj"),
    PROCEDURES: ("lsh", "spsxslbm", "tbcx", "tbcxkssj"),
}

_KEY, _NAME = String(200), String(500)
METADATA = MetaData()


def _table(name: str, key: str, *columns: Column[object]) -> Table:
    return Table(name, METADATA, Column(key, _KEY, primary_key=True), *columns, Column("sjyxbs", Integer))


TABLES = {
    PROJECTS: _table(
        PROJECTS,
        "lsh",
        Column("xzqhdm", _KEY),
        Column("xmdm", _KEY, index=True),
        Column("xmmc", _NAME),
        Column("gcdm", _KEY, index=True),
        Column("lxlx", _KEY),
        Column("gbhy", _KEY),
        Column("ztze", Numeric(18, 6)),
        Column("sbsj", DateTime),
        Column("jsdw", _NAME),
        Column("jsdwdm", _KEY),
    ),
    CASES: _table(
        CASES,
        "spsxslbm",
        Column("spsxbm", _KEY),
        Column("spbmbm", _KEY),
        Column("spbmmc", _NAME),
        Column("sxblsx", Integer),
    ),
    RECORDS: _table(
        RECORDS,
        "lsh",
        Column("gcdm", _KEY, index=True),
        Column("spsxslbm", _KEY, index=True),
        Column("blcs", _NAME),
        Column("blr", _NAME),
        Column("blzt", Integer),
        Column("blyj", Text),
        Column("blsj", DateTime),
    ),
    PROCEDURES: _table(
        PROCEDURES,
        "lsh",
        Column("spsxslbm", _KEY, index=True),
        Column("tbcx", Integer),
        Column("tbcxmc", _NAME),
        Column("tbcxkssj", DateTime),
        Column("tbcxsxlx", Integer),
        Column("tbcxsx", Integer),
    ),
}
FIELDS = {name: tuple(column.name for column in table.columns) for name, table in TABLES.items()}
