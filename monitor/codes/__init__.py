"""Codes that others give out: of projects, of who invests, of places and industries. They are looked at, never refused.

What is odd about one is a word; `monitor.intake.remarks` says it to people.
"""

from monitor.codes.lists import CodeList, industries, regions
from monitor.codes.odd import CHECKED, Checker
from monitor.codes.project import Form, check_digit, form_of
from monitor.codes.project import odd as odd_project_code

__all__ = [
    "CHECKED",
    "Checker",
    "CodeList",
    "Form",
    "check_digit",
    "form_of",
    "industries",
    "odd_project_code",
    "regions",
]
