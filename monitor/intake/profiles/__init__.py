"""Profiles: how foreign files become canonical rows."""

from monitor.intake.profiles.mapped import can_be_mapped, mapped
from monitor.intake.profiles.profile import Profile, ProfileError
from monitor.intake.profiles.reading import problems, read, shipped

__all__ = ["Profile", "ProfileError", "can_be_mapped", "mapped", "problems", "read", "shipped"]
