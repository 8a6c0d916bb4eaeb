"""Whether a kept plan is what its inputs give, down to the rows that members are shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.week.problem import Plan
from coopfarm.water import queries
from coopfarm.water.models import Rotation
from coopfarm.water.planner.draft import Draft, fingerprint

INPUTS_DIFFER = Phrase(
    "replay-inputs-differ",
    N_("The inputs have the fingerprint %(again)s; kept with the plan was %(kept)s."),
)
OUTCOME_DIFFERS = Phrase(
    "replay-outcome-differs",
    N_("Worked out again the outcome has the fingerprint %(again)s; kept was %(kept)s."),
)
SHOWN_OTHERWISE = Phrase(
    "replay-shown-otherwise",
    N_("What is shown to the farmer of plot %(plot)s is not what the plan gives."),
)

_Given = tuple[float, datetime | None, datetime | None]


def departures(session: Session, kept: Rotation, again: Draft) -> tuple[Sentence, ...]:
    """Everything in which a kept plan is not the same plan worked out again; nothing, if it is."""
    inputs, outcome = fingerprint(again.inputs), fingerprint(again.plan.as_json())
    found: list[Sentence] = []
    if inputs != kept.inputs_hash:
        found.append(INPUTS_DIFFER(again=inputs, kept=kept.inputs_hash))
    if outcome != kept.outcome_hash:
        found.append(OUTCOME_DIFFERS(again=outcome, kept=kept.outcome_hash))
    return (*found, *_shown_otherwise(session, kept, again.plan))


def _shown_otherwise(session: Session, kept: Rotation, plan: Plan) -> Iterator[Sentence]:
    shown: dict[str, _Given] = {}
    for line in queries.lines(session, kept):
        turn = line.turn
        hours = (turn.starts_at, turn.ends_at) if turn else (None, None)
        shown[line.plot.code] = (line.allotment.award_m3, *hours)
    given = _given(plan, kept.starts_at)
    for plot in sorted(shown.keys() | given.keys()):
        if shown.get(plot) != given.get(plot):
            yield SHOWN_OTHERWISE(plot=plot)


def _given(plan: Plan, start: datetime) -> dict[str, _Given]:
    """What the plan gives each plot: its m³, and from when to when."""
    hours = {
        turn.id: (
            start + timedelta(minutes=turn.starts_at_minute),
            start + timedelta(minutes=turn.starts_at_minute + turn.minutes),
        )
        for roster in plan.rosters.values()
        for turn in roster.turns
        if turn.minutes
    }
    return {plot: (award, *hours.get(plot, (None, None))) for plot, award in plan.awards_m3.items()}
