"""What is worked out from stored rows: where a pest may be, and when it may be sprayed."""

from coopfarm.pests.planner.warmth import (
    Forecast,
    NoTemperatures,
    Ranked,
    development_of,
    forecast,
    ranking,
)

__all__ = ["Forecast", "NoTemperatures", "Ranked", "development_of", "forecast", "ranking"]
