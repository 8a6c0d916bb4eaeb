"""What is known about weather, plans and turns."""

from coopfarm.water.queries.land import (
    canals,
    outlets_with_schemes,
    plots_head_to_tail,
)
from coopfarm.water.queries.plans import (
    AllotmentLine,
    awards_before,
    hold_plans,
    last_version,
    lines,
    others_in_force,
    planned_to,
    replaced_by,
    rotation,
    rotation_for_update,
    rotation_of_version,
    rotations,
)
from coopfarm.water.queries.runs import (
    run,
    run_for_update,
    runs_of,
    unfinished_runs,
)
from coopfarm.water.queries.turns import (
    Neighbour,
    PlanFacts,
    TurnCard,
    allotment_of,
    last_turn,
    neighbours,
    next_turns,
    plan_facts,
    turn_of,
)
from coopfarm.water.queries.weather import (
    days_of_weather,
    latest_days,
    station,
    weather_span,
)

__all__ = [
    "AllotmentLine",
    "Neighbour",
    "PlanFacts",
    "TurnCard",
    "allotment_of",
    "awards_before",
    "canals",
    "days_of_weather",
    "hold_plans",
    "last_turn",
    "last_version",
    "latest_days",
    "lines",
    "neighbours",
    "next_turns",
    "others_in_force",
    "outlets_with_schemes",
    "plan_facts",
    "planned_to",
    "plots_head_to_tail",
    "replaced_by",
    "rotation",
    "rotation_for_update",
    "rotation_of_version",
    "rotations",
    "run",
    "run_for_update",
    "runs_of",
    "station",
    "turn_of",
    "unfinished_runs",
    "weather_span",
]
