"""Entering pages of notebooks, and what was entered."""

from coopfarm.notebook.views import entered, entering, giving
from coopfarm.notebook.views.door import bp

__all__ = ["bp", "entered", "entering", "giving"]
