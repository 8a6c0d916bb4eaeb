"""Planning a dry week, publishing it, and seeing what is in force."""

from coopfarm.water.views import plans, runs, sheets, weather
from coopfarm.water.views.door import bp

__all__ = ["bp", "plans", "runs", "sheets", "weather"]
