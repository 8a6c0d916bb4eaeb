"""A round worked out to a plan with its certificate, and worked out again from what was kept."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import rounds as actions
from coopfarm.equipment.models import Round, SeasonShare
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.queries.rounds import Wished
from coopfarm.equipment.rules import rounds as rules
from coopfarm.kernel.words import Sentence
from coopfarm.planning.fleet.season import file_form
from coopfarm.planning.fleet.season.carry_over import after_season
from coopfarm.planning.fleet.season.certify import certify
from coopfarm.planning.fleet.season.explain import explain
from coopfarm.planning.fleet.season.lot import public_seed
from coopfarm.planning.fleet.season.problem import NobodyToShare, Plan, Problem
from coopfarm.planning.fleet.season.solve import solve
from coopfarm.planning.rotation.rationing.rules import fill
from coopfarm.store.db import Database

JOB: Final = "season-round"
# Members × days above which a round is worked out in the background.
_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A round worked out and judged; `inputs` is the file that makes it again."""

    inputs: Mapping[str, Any]
    problem: Problem
    plan: Plan
    findings: tuple[Sentence, ...]

    @property
    def outcome(self) -> dict[str, object]:
        return file_form.plan_as_json(self.plan)


def fingerprint(values: Mapping[str, Any]) -> str:
    """SHA-256 of the values as JSON with sorted keys: the same plan, the same bytes."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def inputs_of(
    found: Round, wishes: Sequence[Wished], carried: Mapping[UUID, float]
) -> dict[str, Any]:
    """The season as `coopfarm solve season` reads it; members go by their numbers.

    Labour given is 0 for everybody: no ledger counts it yet.
    """
    days = rules.days_between(found.first_day, found.last_day)
    places = found.places["days"]
    shared = {
        "items": [{"id": str(day), "places": places[str(day)]} for day in days],
        "members": [
            {
                "id": one.member.number,
                "wants": one.wish.days,
                "values": _values(days, one),
                "carry_over": carried.get(one.member.id, 0.0),
                "labour": 0.0,
            }
            for one in wishes
        ],
    }
    return shared | {"seed": seed_of(found.first_day, found.number, shared)}


def seed_of(first_day: date, number: int, shared: Mapping[str, Any]) -> str:
    """The seed that anybody can work out from what is published: day, round, hash of the rest."""
    return public_seed(first_day.isoformat(), str(number), fingerprint(shared))


def work_out(inputs: Mapping[str, Any]) -> Draft:
    """The plan of a round and what speaks against it; the same inputs give the same plan."""
    problem = file_form.read_problem(inputs)
    return judged(inputs, problem, solve(problem))


def judged(inputs: Mapping[str, Any], problem: Problem, plan: Plan) -> Draft:
    """A plan, whoever made it, with what speaks against it."""
    return Draft(inputs, problem, plan, certify(problem, plan).findings)


def replay(found: Round) -> Draft:
    """A kept round worked out once more, from nothing but its inputs."""
    return work_out(found.inputs)


def run(session: Session, round_id: UUID, whose: Whose) -> bool:
    """Write down what the round is made from, and work it out at once unless it is large.

    False where it is left to the worker: give `job_argument` to the queue then. Raises
    RoundMovedOn, and NobodyToShare where nobody has wished.
    """
    found = actions.in_state(session, round_id, ("closed", "run"))
    wishes = known.wishes(session, round_id)
    if not wishes:
        raise NobodyToShare(field="members")
    carried = known.carried(session, found.category, found.number)
    found.inputs = inputs_of(found, wishes, carried)
    found.inputs_hash = fingerprint(found.inputs)
    actions.write_down(session, "round.run", found, whose, {"inputs": found.inputs_hash})
    if len(wishes) * len(found.inputs["items"]) > _AT_ONCE:
        return False
    keep(session, found, work_out(found.inputs))
    return True


def keep(session: Session, found: Round, draft: Draft) -> None:
    """Keep the plan with its certificate; one that does not hold leaves the round closed."""
    found.outcome, found.outcome_hash = draft.outcome, fingerprint(draft.outcome)
    found.findings = [said.as_json() for said in draft.findings]
    found.is_certified = not draft.findings
    actions.move(found, "run" if found.is_certified else "closed")
    session.execute(delete(SeasonShare).where(SeasonShare.round_id == found.id))
    if found.is_certified:
        session.add_all(_shares(found, draft, known.wishes(session, found.id)))
    session.flush()


def job_argument(found: Round) -> str:
    return f"{found.cooperative_id}:{found.id}"


def perform(database: Database, argument: str, _clock: Callable[[], datetime]) -> None:
    """Work out the round named by `job_argument`; one that has moved on is left alone."""
    home, _, name = argument.partition(":")
    with database.reading() as session:
        session.cooperative_id = int(home)
        found = known.a_round(session, UUID(name))
        inputs, inputs_hash = found.inputs, found.inputs_hash
    draft = work_out(inputs)
    with database.transaction(int(home)) as session:
        found = known.a_round(session, UUID(name), for_update=True)
        if found.state == "closed" and found.inputs_hash == inputs_hash:
            keep(session, found, draft)


def _values(days: Sequence[date], one: Wished) -> dict[str, float]:
    return rules.values_of(days, one.wish.from_day, one.wish.to_day, one.wish.best_day)


def _shares(found: Round, draft: Draft, wishes: Sequence[Wished]) -> list[SeasonShare]:
    problem, plan = draft.problem, draft.plan
    wants = np.array([float(member.wants) for member in problem.members])
    given = float(sum(len(items) for items in plan.gets.values()))
    fair = dict(zip(plan.gets, fill(given, wants)[0].tolist(), strict=True))
    carried_out, reasons = after_season(problem, plan), explain(problem, plan)
    carried_in = {member.id: member.carry_over for member in problem.members}
    return [
        SeasonShare(
            round_id=found.id,
            member_id=one.member.id,
            days=list(plan.gets[one.member.number]),
            fair_days=fair[one.member.number],
            carried_in=carried_in[one.member.number],
            carried_out=carried_out[one.member.number],
            reasons=[said.as_json() for said in reasons[one.member.number]],
        )
        for one in wishes
    ]
