"""Bytes -> typed rows or refusals. Knows no tables and no database."""

from monitor.intake.canonical import Canonical, numbers, read_canonical
from monitor.intake.columns import CONTENT, ORDER, OWN_KEY, TABLES, Column, Kind, TableName, shown, written
from monitor.intake.files import Found, find
from monitor.intake.incoming import incoming
from monitor.intake.profiles import Profile, ProfileError
from monitor.intake.refusals import FileRefused, Refusal
from monitor.intake.remarks import Remark, params_of, remarks
from monitor.intake.returned import Returned
from monitor.intake.rows import CaseRows, EventRows, ProjectRows, Rows
from monitor.intake.secret_projects import SecretList, Secrets, read_secret_list
from monitor.intake.sheets import Listed, PassedOver, Sheet, sheets
from monitor.intake.taking import CHUNK, Taken, Taker, takers

__all__ = [
    "CHUNK",
    "CONTENT",
    "ORDER",
    "OWN_KEY",
    "TABLES",
    "Canonical",
    "CaseRows",
    "Column",
    "EventRows",
    "FileRefused",
    "Found",
    "Kind",
    "Listed",
    "PassedOver",
    "Profile",
    "ProfileError",
    "ProjectRows",
    "Refusal",
    "Remark",
    "Returned",
    "Rows",
    "SecretList",
    "Secrets",
    "Sheet",
    "TableName",
    "Taken",
    "Taker",
    "find",
    "incoming",
    "numbers",
    "params_of",
    "read_canonical",
    "read_secret_list",
    "remarks",
    "sheets",
    "shown",
    "takers",
    "written",
]
