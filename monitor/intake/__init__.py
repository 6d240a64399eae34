"""Bytes -> typed rows or refusals. Knows no tables and no database."""

from monitor.intake.canonical import Canonical, numbers, read_canonical
from monitor.intake.columns import CONTENT, ORDER, OWN_KEY, TABLES, Column, Kind, TableName, shown, written
from monitor.intake.files import Found, find
from monitor.intake.incoming import incoming
from monitor.intake.profiles import Profile, ProfileError
from monitor.intake.pushed import Numbered, Push, PushedSheet, kinds, pushed
from monitor.intake.refusals import FileRefused, Refusal, shorten
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
    "Numbered",
    "PassedOver",
    "Profile",
    "ProfileError",
    "ProjectRows",
    "Push",
    "PushedSheet",
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
    "kinds",
    "numbers",
    "params_of",
    "pushed",
    "read_canonical",
    "read_secret_list",
    "remarks",
    "sheets",
    "shorten",
    "shown",
    "takers",
    "written",
]
