"""Bytes -> typed rows or refusals. Knows no tables and no database."""

from monitor.intake.canonical import Canonical, numbers, read_canonical
from monitor.intake.columns import CONTENT, ORDER, OWN_KEY, TABLES, Column, Kind, TableName, shown
from monitor.intake.files import Found, find
from monitor.intake.incoming import incoming
from monitor.intake.profiles import Profile, ProfileError
from monitor.intake.refusals import FileRefused, Refusal
from monitor.intake.rows import CaseRows, EventRows, ProjectRows, Rows
from monitor.intake.sheets import Sheet, sheets
from monitor.intake.taking import CHUNK, Secrets, Taken, Taker

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
    "Profile",
    "ProfileError",
    "ProjectRows",
    "Refusal",
    "Rows",
    "Secrets",
    "Sheet",
    "TableName",
    "Taken",
    "Taker",
    "find",
    "incoming",
    "numbers",
    "read_canonical",
    "sheets",
    "shown",
]
