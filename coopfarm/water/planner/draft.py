"""A wish worked out to a plan with its certificate, and worked out again from what was kept."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land import models as land
from coopfarm.land.models import Plot
from coopfarm.members.models import Cooperative
from coopfarm.planning.need.need import PlotNeed
from coopfarm.planning.rotation.rationing.problem import RULES
from coopfarm.planning.week.certify import certify
from coopfarm.planning.week.compare import Outcome, evenness_of, outcome_of
from coopfarm.planning.week.problem import (
    Canal,
    Field,
    NoOutlet,
    Outlet,
    Plan,
    Problem,
    need_at_head,
)
from coopfarm.planning.week.solve import solve
from coopfarm.water import queries, rules
from coopfarm.water.models import Rotation
from coopfarm.water.planner.season import Season, season_of

NOT_BESIDE = Phrase(
    "rule-not-beside",
    N_("By “%(rule)s” this week cannot be shared out, so that rule is not beside the others:"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan worked out and judged, not yet kept."""

    wish: rules.Wish
    season: Season
    needs: tuple[PlotNeed, ...]
    problem: Problem
    plan: Plan
    findings: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]
    comparison: Mapping[str, Outcome]

    @property
    def inputs(self) -> dict[str, Any]:
        """Everything the plan was made from: enough to make it again."""
        return {
            "wish": self.wish.as_json(),
            "season": self.season.as_json(),
            "problem": self.problem.as_json(),
        }


def work_out(session: Session, home: Cooperative, wish: rules.Wish) -> Draft:
    """The plan for a wish, with its certificate. Raises the first reason why there is none."""
    rules.check_wish(wish)
    rows = queries.plots_head_to_tail(session)
    if not rows:
        raise rules.NoPlots
    for plot, outlet in rows:
        if outlet is None:
            raise NoOutlet(plot=plot.code)
    season, notes = season_of(session, home, wish, [plot for plot, _ in rows])
    return _made(wish, season, _network(session, wish, rows), notes)


def replay(rotation: Rotation) -> Draft:
    """The plan made again from its kept inputs alone, need and all."""
    kept = rotation.inputs
    season = Season.from_json(kept["season"])
    return _made(rules.Wish.from_json(kept["wish"]), season, Problem.from_json(kept["problem"]), ())


def compare(draft: Draft, progress: Callable[[str, float], bool]) -> Draft:
    """The draft with every other rule beside it; `progress(rule, part done)` says whether to go on.

    A rule by which this week cannot be shared out is left out, and a note says why.
    """
    others = [rule for rule in RULES if rule not in draft.comparison]
    beside, notes = dict(draft.comparison), list(draft.notes)
    for done, rule in enumerate(others, start=1):
        if not progress(rule, done / (len(others) + 1)):
            break
        try:
            beside[rule] = outcome_of(draft.problem, rule)
        except Refusal as refusal:
            notes += [NOT_BESIDE(rule=rule), refusal.sentence]
    return replace(draft, comparison=beside, notes=tuple(notes))


def fingerprint(values: Mapping[str, Any]) -> str:
    """SHA-256 of the values as JSON with sorted keys: the same plan, the same bytes."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _made(wish: rules.Wish, season: Season, network: Problem, notes: tuple[Sentence, ...]) -> Draft:
    needs, reference = season.needs()
    problem = _with_supply(_with_needs(network, needs, wish.least_percent), wish)
    plan = solve(problem)
    findings = certify(problem, plan).findings
    own = Outcome(dict(plan.awards_m3), evenness_of(problem, plan), len(findings))
    return Draft(
        wish,
        season,
        needs,
        problem,
        plan,
        findings,
        (*notes, *reference.notes),
        {wish.rule: own},
    )


def _with_needs(problem: Problem, needs: Sequence[PlotNeed], least_percent: float) -> Problem:
    need = {one.id: one.need_m3 for one in needs}
    return replace(
        problem,
        fields=tuple(
            replace(f, claim_m3=need[f.id], floor_m3=need[f.id] * min(least_percent / 100, 1.0))
            for f in problem.fields
        ),
    )


def _with_supply(problem: Problem, wish: rules.Wish) -> Problem:
    if wish.supply_kind == "percent":
        return replace(problem, supply_m3=need_at_head(problem) * wish.supply / 100)
    if wish.supply_kind == "flow":
        return replace(problem, supply_m3=problem.volume_m3(wish.supply))
    return replace(problem, supply_m3=wish.supply)


def _network(
    session: Session, wish: rules.Wish, rows: Sequence[tuple[Plot, str | None]]
) -> Problem:
    """Plots, outlets and canals by their codes; needs and supply are still to be filled in."""
    canals = queries.canals(session)
    names = {canal.id: canal.code for canal in canals}
    return Problem(
        cycle_minutes=wish.cycle_minutes,
        supply_m3=0.0,
        rule=wish.rule,
        fields=tuple(_field(plot, outlet or "") for plot, outlet in rows),
        outlets=tuple(
            Outlet(
                id=outlet.code,
                canal=names.get(outlet.canal_id) if outlet.canal_id else None,
                capacity_l_s=outlet.capacity_l_s,
                basis=wish.basis or (scheme.basis if scheme else "award"),
            )
            for outlet, scheme in queries.outlets_with_schemes(session)
        ),
        canals=tuple(_canal(canal, names) for canal in canals),
    )


def _field(plot: Plot, outlet: str) -> Field:
    return Field(
        id=plot.code,
        outlet=outlet,
        claim_m3=0.0,
        area_m2=plot.net_area_m2,
        shares=plot.shares,
        filling_minutes=plot.filling_minutes,
        draining_minutes=plot.draining_minutes,
    )


def _canal(canal: land.Canal, names: Mapping[UUID, str]) -> Canal:
    return Canal(
        id=canal.code,
        feeds_from=names.get(canal.feeds_from_id) if canal.feeds_from_id else None,
        capacity_l_s=canal.capacity_l_s,
        efficiency=canal.efficiency,
    )
