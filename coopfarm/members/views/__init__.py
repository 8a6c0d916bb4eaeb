"""Signing in and out, the language, and who we are."""

from coopfarm.members.views import (
    calendar,
    cards,
    enrolment,
    people,
    second_factor,
    secrets,
    sessions,
    ways_in,
)
from coopfarm.members.views.door import bp

__all__ = [
    "bp",
    "calendar",
    "cards",
    "enrolment",
    "people",
    "second_factor",
    "secrets",
    "sessions",
    "ways_in",
]
