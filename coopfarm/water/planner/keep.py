"""A plan as rows: the rotation, what each plot gets and why, and the turns."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from coopfarm.land.models import Plot
from coopfarm.planning.week.explain import explain
from coopfarm.planning.week.problem import Plan, need_at_head
from coopfarm.store import audit
from coopfarm.water import queries, rules
from coopfarm.water.models import Allotment, Rotation, Turn
from coopfarm.water.planner.draft import Draft, fingerprint


def keep(session: Session, draft: Draft, *, actor_id: UUID | None, now: datetime) -> Rotation:
    """The draft as rows: a rotation with its allotments and its turns. Raises LandChanged."""
    queries.hold_plans(session)
    plots = {plot.code: plot for plot, _ in queries.plots_head_to_tail(session)}
    rules.check_land(plots, draft.plan.awards_m3)
    inputs, outcome = draft.inputs, draft.plan.as_json()
    rotation = Rotation(
        version=queries.last_version(session) + 1,
        starts_at=draft.wish.starts_at,
        ends_at=draft.wish.ends_at,
        rule=draft.wish.rule,
        basis=draft.wish.basis,
        need_m3=need_at_head(draft.problem),
        supply_m3=draft.problem.supply_m3,
        is_certified=not draft.findings,
        inputs=inputs,
        inputs_hash=fingerprint(inputs),
        outcome=outcome,
        outcome_hash=fingerprint(outcome),
        findings=[finding.as_json() for finding in draft.findings],
        comparison=comparison_json(draft),
        notes=[note.as_json() for note in draft.notes],
        made_by=actor_id,
        made_at=now,
    )
    session.add(rotation)
    session.flush()
    _keep_allotments(session, rotation, draft, plots)
    _keep_turns(session, rotation, draft.plan, plots)
    asked = {"version": rotation.version, "wish": draft.wish.as_json()}
    audit.record(session, "plan.draft", rotation, actor_id=actor_id, at=now, after=asked)
    return rotation


def comparison_json(draft: Draft) -> dict[str, Any]:
    return {rule: outcome.as_json() for rule, outcome in draft.comparison.items()}


def _keep_allotments(
    session: Session, rotation: Rotation, draft: Draft, plots: Mapping[str, Plot]
) -> None:
    why = explain(draft.problem, draft.plan)
    rows = [
        {
            "cooperative_id": rotation.cooperative_id,
            "rotation_id": rotation.id,
            "plot_id": plots[need.id].id,
            "member_id": plots[need.id].holder_id,
            "need_m3": need.need_m3,
            "award_m3": draft.plan.awards_m3[need.id],
            "reasons": [said.as_json() for said in (*need.steps, *why[need.id])],
        }
        for need in draft.needs
    ]
    session.execute(insert(Allotment), rows)


def _keep_turns(
    session: Session, rotation: Rotation, plan: Plan, plots: Mapping[str, Plot]
) -> None:
    start = rotation.starts_at
    rows = [
        {
            "cooperative_id": rotation.cooperative_id,
            "rotation_id": rotation.id,
            "outlet_id": plots[turn.id].outlet_id,
            "plot_id": plots[turn.id].id,
            "member_id": plots[turn.id].holder_id,
            "place": place,
            "starts_at": start + timedelta(minutes=turn.starts_at_minute),
            "ends_at": start + timedelta(minutes=turn.starts_at_minute + turn.minutes),
            "exact_minutes": turn.exact_minutes,
            "is_live": False,
        }
        for roster in plan.rosters.values()
        for place, turn in enumerate((t for t in roster.turns if t.minutes), start=1)
    ]
    if rows:
        session.execute(insert(Turn), rows)
