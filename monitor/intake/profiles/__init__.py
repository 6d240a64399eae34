"""Profiles: how foreign files become canonical rows."""

from monitor.intake.profiles.definition import Profile, ProfileError
from monitor.intake.profiles.mapped import can_be_mapped, mapped
from monitor.intake.profiles.reading import problems, read, shipped
from monitor.intake.profiles.suggest import Suggested
from monitor.intake.profiles.suggest import suggest as suggested

__all__ = [
    "Profile",
    "ProfileError",
    "Suggested",
    "can_be_mapped",
    "mapped",
    "problems",
    "read",
    "shipped",
    "suggested",
]
