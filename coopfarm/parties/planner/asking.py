"""Who is asked to the parties ahead: worked out, judged, kept; asked by a second act."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Conflict, Missing
from coopfarm.members.actions import telling
from coopfarm.members.models import Member
from coopfarm.members.queries.membership import hold_cooperative
from coopfarm.parties.actions.calling import count_places
from coopfarm.parties.actions.joining import take
from coopfarm.parties.models import PartyPlan, Place, WorkParty
from coopfarm.parties.queries import duty, free
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.tasks import ASKED, LEADING
from coopfarm.planning.parties import file_form
from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.explain import LEADS, explain, would_fill
from coopfarm.planning.parties.problem import Plan, Problem
from coopfarm.planning.parties.solve import solve
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

_HOUR_S: Final = 3600
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a problem is made of."""

    members: Sequence[Member]
    owes_minutes: Mapping[UUID, int]
    skills: Mapping[UUID, set[str]]
    busy: Mapping[UUID, set[UUID]]
    spots: Mapping[UUID, free.Spot]
    limit: int
    who: Who


@dataclass
class Asked:
    """Who is asked already, by the runs before: their parties. `is_led` is of the run at hand."""

    parties: dict[str, list[WorkParty]] = field(default_factory=dict)
    is_led: bool = False


def draft(session: TenantSession, who: Who) -> PartyPlan:
    """Work out who is asked to the open places of all parties ahead, judge it and keep it.

    Crews without a leader first; then those that have one, which need none. Raises Missing where
    no place is open.
    """
    ahead = [one for one in known.parties(session, ("open",), who.now) if one.cut_off_at > who.now]
    facts = _facts(session, ahead, who)
    led = {one.id for one in ahead if _is_led(session, one)}
    asked, runs, findings = Asked(), [], []
    for group in ([p for p in ahead if p.id not in led], [p for p in ahead if p.id in led]):
        if not group or not facts.members:
            continue
        asked.is_led = group[0].id in led
        told = _problem(session, group, facts, asked)
        problem = file_form.read_problem(told)
        plan = solve(problem)
        findings += [one.as_json() for one in certify(problem, plan).findings]
        runs.append(_told(told, problem, plan, is_led=asked.is_led))
        _remember(asked, group, plan)
    if not runs:
        raise Missing
    found = PartyPlan(
        runs=runs,
        is_certified=not findings,
        findings=findings,
        made_by=who.member_id,
        made_at=who.now,
    )
    session.add(found)
    session.flush()
    audit.record(session, "party-plan.draft", found, actor_id=who.member_id, at=who.now)
    return found


def ask(session: TenantSession, plan_id: UUID, who: Who) -> int:
    """Ask the members of a plan: each holds a place until they answer; how many were asked.

    Who is expected elsewhere by now, or found no place, is left out. Raises PartyPlanFails and
    PartyNotInThatState.
    """
    hold_cooperative(session)
    plan = one(session, plan_id)
    session.refresh(plan)
    if plan.state != "draft":
        raise no.PartyNotInThatState
    if not plan.is_certified:
        raise no.PartyPlanFails
    numbers = {member.number: member for member in known.members_active(session)}
    count = 0
    for run in plan.runs:
        for party_id, crew in run["plan"]["crews"].items():
            found = known.party(session, UUID(party_id), for_update=True)
            if found.state == "open" and found.cut_off_at > who.now:
                wanted = [numbers[name] for name in crew if name in numbers]
                count += sum(_ask_one(session, found, m, run, who) for m in wanted)
                count_places(session, found)
    plan.state, plan.asked_at = "asked", who.now
    after = {"asked": count}
    audit.record(session, "party-plan.ask", plan, actor_id=who.member_id, at=who.now, after=after)
    return count


def one(session: Session, plan_id: UUID) -> PartyPlan:
    """Raises Missing."""
    found = session.scalar(select(PartyPlan).where(PartyPlan.id == plan_id))
    if found is None:
        raise Missing
    return found


def _ask_one(
    session: Session, found: WorkParty, member: Member, run: Mapping[str, Any], who: Who
) -> bool:
    if known.place(session, found.id, member.id) is not None:
        return False
    try:
        with session.begin_nested():
            place = take(session, found, member.id, None, "asked", now=who.now)
    except Conflict:
        return False
    said = ASKED(party=found.title, starts=found.starts_at)
    telling.tell(session, telling.Notice(member.id, said, found.starts_at))
    place.reasons = _about(run["reasons"].get(member.number, []), str(found.id))
    _take_role(place, run, str(found.id), member.number)
    return True


def _take_role(place: Place, run: Mapping[str, Any], party: str, name: str) -> None:
    """The leader that the plan has is the leader."""
    if not run["is_led"] and run["plan"]["crews"][party][:1] == [name]:
        place.role, place.skill = "leader", ""


def _about(reasons: Iterable[Mapping[str, Any]], party: str) -> list[Any]:
    """Of everything told to a member, what is about one party, and about all."""
    found, is_ours = [], True
    for said in reasons:
        named = said["facts"].get("party")
        is_ours = named == party if named else is_ours or said["code"] not in _OF_A_PARTY
        if is_ours:
            found.append(said)
    return found


_OF_A_PARTY: Final = frozenset({"parties-leads", "parties-has-skill"})


def _facts(session: Session, ahead: Sequence[WorkParty], who: Who) -> Facts:
    people = known.members_active(session)
    ids = [one.id for one in people]
    today = who.now.astimezone(who.zone).date()
    return Facts(
        people,
        duty.owes_minutes(session, people, today, who.zone),
        known.skills(session, ids),
        free.busy(session, ahead, ids),
        free.spots_of_members(session),
        known.terms(session).limit,
        who,
    )


def _is_led(session: Session, found: WorkParty) -> bool:
    return any(seat.place.role == "leader" for seat in known.crew(session, found.id))


def _problem(
    session: Session, group: Sequence[WorkParty], facts: Facts, asked: Asked
) -> dict[str, Any]:
    terms, zone = known.terms(session), facts.who.zone
    open_to = [one for one in group if not free.is_closed(session, one, terms, zone)]
    spots = {one.id: free.spot_of_party(session, one) for one in group}
    counts = known.taken(session, [one.id for one in group])
    return {
        "parties": [_party(session, one, counts[one.id], facts) for one in group],
        "members": [_member(one, open_to, spots, facts, asked) for one in facts.members],
    }


def _party(session: Session, found: WorkParty, taken: int, facts: Facts) -> dict[str, Any]:
    """What is open of a crew; skills that somebody has there already are not asked again."""
    there = [seat.place.skill for seat in known.crew(session, found.id)]
    skills = {s: n - there.count(s) for s, n in found.skills.items() if n > there.count(s)}
    begins = facts.who.now
    return {
        "id": str(found.id),
        "day": str(found.starts_at.astimezone(facts.who.zone).date()),
        "crew": max(found.places - taken, 1 + sum(skills.values())),
        "hours": found.credit_minutes / _MINUTES,
        "skills": skills,
        "starts_hour": (found.starts_at - begins).total_seconds() / _HOUR_S,
        "ends_hour": (found.ends_at - begins).total_seconds() / _HOUR_S,
    }


def _member(
    member: Member,
    open_to: Sequence[WorkParty],
    spots: Mapping[UUID, free.Spot | None],
    facts: Facts,
    asked: Asked,
) -> dict[str, Any]:
    before, home = asked.parties.get(member.number, []), facts.spots.get(member.id)
    can = [
        one
        for one in open_to
        if one.id not in facts.busy[member.id]
        and not any(_same_day(one, other, facts.who) for other in before)
    ]
    ways = [free.km_between(home, spot) for one in can if home and (spot := spots[one.id])]
    skills = facts.skills[member.id]
    told: dict[str, Any] = {
        "id": member.number,
        "owes_hours": round(facts.owes_minutes[member.id] / _MINUTES, 2)
        - sum(one.credit_minutes for one in before) / _MINUTES,
        "leads": asked.is_led or LEADING in skills,
        "free": [str(one.id) for one in can],
        "skills": sorted(skills - {LEADING}),
        "limit": max(0, facts.limit - len(before)),
    }
    return told | ({"distance_km": min(ways)} if ways else {})


def _same_day(one: WorkParty, other: WorkParty, who: Who) -> bool:
    if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
        return True
    days = (each.starts_at.astimezone(who.zone).date() for each in (one, other))
    return len(set(days)) == 1


def _told(told: dict[str, Any], problem: Problem, plan: Plan, *, is_led: bool) -> dict[str, Any]:
    reasons = explain(problem, plan)
    gaps = would_fill(problem, plan)
    return {
        "problem": told,
        "plan": file_form.plan_as_json(plan),
        "is_led": is_led,
        "reasons": {
            who: [said.as_json() for said in why if not (is_led and said.code == LEADS.code)]
            for who, why in reasons.items()
        },
        "would_fill": {party: [said.as_json() for said in why] for party, why in gaps.items()},
    }


def _remember(asked: Asked, group: Sequence[WorkParty], plan: Plan) -> None:
    by_id = {str(one.id): one for one in group}
    for party, name in plan.pairs():
        asked.parties.setdefault(name, []).append(by_id[party])
