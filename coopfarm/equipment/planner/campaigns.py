"""A campaign worked out to routes with their certificate, and kept; and made again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.equipment.actions.rounds import write_down
from coopfarm.equipment.models import Campaign, Stop
from coopfarm.equipment.planner.campaign_problem import NewCampaign, inputs_of
from coopfarm.equipment.planner.rounds import fingerprint
from coopfarm.equipment.queries import campaigns as known
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules import campaigns as rules
from coopfarm.kernel.words import Fact, Sentence
from coopfarm.planning.fleet.campaign import certify_replan, difference, file_form, shares
from coopfarm.planning.fleet.campaign.certify import certify
from coopfarm.planning.fleet.campaign.change import Replan, Standstill
from coopfarm.planning.fleet.campaign.compare import compare
from coopfarm.planning.fleet.campaign.explain import explain
from coopfarm.planning.fleet.campaign.problem import Plan, Problem, Route
from coopfarm.planning.fleet.campaign.problem import Stop as Visit
from coopfarm.planning.fleet.campaign.replan import replan
from coopfarm.planning.fleet.campaign.solve import solve
from coopfarm.store.db import Database

JOB: Final = "campaign"
_MINUTE: Final = timedelta(minutes=1)
# Facts of reasons that name a round.
_ROUNDS: Final = ("machine", "machine_before")


@dataclass(frozen=True, slots=True)
class Draft:
    """Routes worked out and judged; of a plan made again, what it changes for whom."""

    problem: Problem
    plan: Plan
    findings: tuple[Sentence, ...]
    made_again: Replan | None = None
    before: Plan | None = None


def draft_campaign(session: Session, new: NewCampaign, whose: Whose) -> Campaign:
    """A draft to be worked out in the background: give `job_argument` to the queue.

    Raises what `campaign_problem.inputs_of` refuses.
    """
    found = _row(session, whose, new.name, inputs_of(session, new))
    found.category, found.job, found.travel = new.category, new.job, new.travel
    found.first_day, found.last_day = new.first_day, new.last_day
    session.add(found)
    session.flush()
    write_down(session, "campaign.draft", found, whose, {"plots": len(found.inputs["plots"])})
    return found


def break_down(
    session: Session, campaign_id: UUID, machine_code: str, at: datetime, whose: Whose
) -> Campaign:
    """A draft of the rest of a published campaign, without a machine from a moment on.

    Raises CampaignMovedOn and NotOfThisCampaign.
    """
    old = known.campaign(session, campaign_id)
    if old.state != "published":
        raise rules.CampaignMovedOn(campaign_state=old.state)
    rounds = [one["id"] for one in old.inputs["problem"]["machines"] if one["yard"] == machine_code]
    if not rounds:
        raise rules.NotOfThisCampaign(field="machine")
    minute = max((at - datetime.fromisoformat(old.inputs["start"])) / _MINUTE, 0.0)
    again = {"campaign_id": str(old.id), "at": minute, "machines": rounds, "before": old.outcome}
    found = _row(session, whose, old.name, {**old.inputs, "again": again})
    found.category, found.job, found.travel = old.category, old.job, old.travel
    found.first_day, found.last_day = old.first_day, old.last_day
    session.add(found)
    session.flush()
    write_down(
        session, "campaign.break-down", found, whose, {"machine": machine_code, "minute": minute}
    )
    return found


def work_out(inputs: Mapping[str, Any], iterations: int | None = None) -> Draft:
    """The routes of a campaign, judged; with the `iterations` of a kept plan the same plan."""
    problem = replace(file_form.read_problem(inputs["problem"]), iterations=iterations)
    again = inputs.get("again")
    if again is None:
        plan = solve(problem)
        return Draft(problem, plan, certify(problem, plan).findings)
    before = plan_of(again["before"])
    still = Standstill(again["at"], frozenset(again["machines"]))
    made = replan(problem, before, still)
    findings = certify_replan.certify_replan(problem, before, still, made).findings
    return Draft(problem, _whole(made), findings, made, before)


def replay(found: Campaign) -> Draft:
    """A kept campaign worked out once more, from its inputs and the iterations that were run."""
    return work_out(found.inputs, found.outcome["iterations"])


def plan_of(outcome: Mapping[str, Any]) -> Plan:
    """The plan that is kept with a campaign."""
    routes = tuple(
        Route(one["machine"], tuple(Visit(stop["plot"], stop["starts"]) for stop in one["stops"]))
        for one in outcome["routes"]
    )
    return Plan(routes, outcome["travel_cost"], outcome["unserved"], outcome["iterations"])


def job_argument(found: Campaign) -> str:
    return f"{found.cooperative_id}:{found.id}"


def perform(database: Database, argument: str, _clock: Callable[[], datetime]) -> None:
    """Work out the campaign named by `job_argument`; one that is worked out is left alone."""
    home, _, name = argument.partition(":")
    with database.reading() as session:
        session.cooperative_id = int(home)
        found = known.campaign(session, UUID(name))
        inputs, is_done = found.inputs, bool(found.outcome_hash)
    if is_done:
        return
    draft = work_out(inputs)
    with database.transaction(int(home)) as session:
        found = known.campaign(session, UUID(name), for_update=True)
        if not found.outcome_hash:
            keep(session, found, draft)


def keep(session: Session, found: Campaign, draft: Draft) -> None:
    """Keep the routes with their certificate, and a stop for every plot."""
    beside = compare(draft.problem, draft.plan)
    found.outcome = {
        **file_form.plan_as_json(draft.plan),
        "iterations": draft.made_again.plan.iterations
        if draft.made_again
        else draft.plan.iterations,
        "beside": beside.sentence.as_json(),
        **_changes(found, draft),
    }
    found.outcome_hash = fingerprint(found.outcome)
    found.findings = [said.as_json() for said in draft.findings]
    found.is_certified = not draft.findings
    found.edition += 1
    session.execute(delete(Stop).where(Stop.campaign_id == found.id))
    session.add_all(_stops(found, draft))
    session.flush()


def _row(session: Session, whose: Whose, name: str, inputs: dict[str, Any]) -> Campaign:
    return Campaign(
        id=uuid4(),
        number=known.next_number(session),
        name=name,
        inputs=inputs,
        inputs_hash=fingerprint(inputs),
        made_by=whose.by_id,
        made_at=whose.now,
    )


def _whole(made: Replan) -> Plan:
    """What had begun and what is planned anew, as one plan; its ways are those of the rest."""
    rest = {route.machine: route.stops for route in made.plan.routes}
    begun = {route.machine: route.stops for route in made.begun}
    names = dict.fromkeys((*begun, *rest))
    routes = tuple(Route(name, (*begun.get(name, ()), *rest.get(name, ()))) for name in names)
    return Plan(routes, made.plan.travel_cost, made.plan.unserved, made.plan.iterations)


def _moment(found: Campaign) -> Callable[[float], Fact]:
    start = datetime.fromisoformat(found.inputs["start"])
    return lambda minute: start + timedelta(minutes=minute)


def _changes(found: Campaign, draft: Draft) -> dict[str, Any]:
    """What a plan made again changes for each plot, and how much stays as it was."""
    if draft.made_again is None:
        return {}
    change = draft.made_again.difference
    said = difference.explain(change, moment=_moment(found))
    return {
        "changes": {plot: _as_told(one) for plot, one in said.items() if plot not in change.kept},
        "part_unchanged": change.part_unchanged,
    }


def _stops(found: Campaign, draft: Draft) -> list[Stop]:
    problem, plan = (
        (draft.made_again.problem, draft.made_again.plan)
        if draft.made_again
        else (draft.problem, draft.plan)
    )
    reasons = {
        plot: [*said] for plot, said in explain(problem, plan, moment=_moment(found)).items()
    }
    areas = {code: plot["area_m2"] / 10_000 for code, plot in found.inputs["plots"].items()}
    rule: shares.Rule = "own" if found.travel == "own" else "pooled"
    for plot, said in shares.explain(problem, plan, areas, rule).items():
        reasons[plot].append(said)
    visits = difference.visits(draft.plan)
    return [_stop(found, draft, code, visits.get(code), reasons.get(code, [])) for code in areas]


def _as_told(said: Sentence) -> dict[str, object]:
    """A reason as it is kept: whoever reads it knows a machine, not its rounds."""
    facts = {
        name: _machine_of(str(fact)) if name in _ROUNDS else fact
        for name, fact in said.facts.items()
    }
    return Sentence(said.code, facts).as_json()


def _machine_of(name: str) -> str:
    """The machine of a round, which is named by its code, the day and the hour it begins."""
    return name.rsplit(" ", 2)[0]


def _stop(found: Campaign, draft: Draft, code: str, visit: Any, reasons: list[Sentence]) -> Stop:
    start, plot = datetime.fromisoformat(found.inputs["start"]), found.inputs["plots"][code]
    stop = Stop(
        campaign_id=found.id,
        plot_id=UUID(plot["id"]),
        member_id=UUID(plot["member_id"]),
        reasons=[_as_told(said) for said in reasons],
    )
    if visit is not None:
        (asked,) = (one for one in draft.problem.plots if one.id == code)
        minutes = asked.work_minutes - found.inputs["cleaning_minutes"]
        stop.machine_id = UUID(found.inputs["machines"][_machine_of(visit.machine)])
        stop.starts_at = start + timedelta(minutes=visit.starts)
        stop.ends_at = stop.starts_at + timedelta(minutes=minutes)
    return stop
