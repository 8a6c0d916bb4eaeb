"""Signing in and out, the language, and who we are."""

from coopfarm.members.views import people, ways_in
from coopfarm.members.views.door import bp

__all__ = ["bp", "people", "ways_in"]
