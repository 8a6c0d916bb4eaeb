"""Planning a dry week, publishing it, and seeing what is in force."""

from coopfarm.water.views import plans, runs, weather
from coopfarm.water.views.door import bp

__all__ = ["bp", "plans", "runs", "weather"]
