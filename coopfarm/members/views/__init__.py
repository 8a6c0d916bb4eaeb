"""Signing in and out, the language, and who we are."""

from coopfarm.members.views import (
    calendar,
    cards,
    enrolment,
    membership,
    people,
    record,
    second_factor,
    secrets,
    sessions,
    standing_in,
    ways_in,
)
from coopfarm.members.views.door import bp

__all__ = [
    "bp",
    "calendar",
    "cards",
    "enrolment",
    "membership",
    "people",
    "record",
    "second_factor",
    "secrets",
    "sessions",
    "standing_in",
    "ways_in",
]
