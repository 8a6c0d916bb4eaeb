"""Rows to a problem, the problem to a plan, the plan to rows."""

from coopfarm.water.planner.draft import Draft, compare, fingerprint, replay, work_out
from coopfarm.water.planner.keep import comparison_json, keep
from coopfarm.water.planner.shown import departures

__all__ = [
    "Draft",
    "compare",
    "comparison_json",
    "departures",
    "fingerprint",
    "keep",
    "replay",
    "work_out",
]
