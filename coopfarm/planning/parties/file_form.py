"""Work parties and their crews as they stand in a file."""

from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import Fields, open_object
from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.explain import would_fill
from coopfarm.planning.parties.moves import moves
from coopfarm.planning.parties.problem import Member, Party, Plan, Problem, Unfilled


def read_problem(value: object) -> Problem:
    fields = open_object(value, "", ("parties", "members"), ("exact",), whole="problem")
    parties = fields.objects(
        "parties", ("id", "day", "crew", "hours"), ("skills", "starts_hour", "ends_hour")
    )
    members = fields.objects(
        "members", ("id", "owes_hours", "leads", "free"), ("distance_km", "skills", "limit")
    )
    return Problem(
        parties=tuple(map(_party, parties)),
        members=tuple(map(_member, members)),
        exact=fields.truth_or("exact", default=False),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    fields = open_object(value, path, ("crews", "owed_after", "unfilled"), whole="plan")
    crews, owed = fields.text_lists_by_id("crews"), fields.numbers_by_id("owed_after")
    unfilled = fields.objects_by_id("unfilled", ("places",), ("leader", "skills", "anyone"))
    gaps = {party: _unfilled(stated) for party, stated in unfilled.items()}
    return certify(problem, Plan(crews, owed, gaps))


def plan_as_json(plan: Plan) -> dict[str, object]:
    return {
        "crews": {party: list(crew) for party, crew in plan.crews.items()},
        "owed_after": dict(plan.owed_after),
        "unfilled": {party: _unfilled_as_json(gaps) for party, gaps in plan.unfilled.items()},
    }


def report(problem: Problem, plan: Plan) -> dict[str, object]:
    """What would fill the open places, the sum of squares, and the moves of the ledger."""
    told = would_fill(problem, plan)
    return {
        "would_fill": {party: " ".join(map(str, why)) for party, why in told.items()},
        "squared_hours_owed": sum(owed * owed for owed in plan.owed_after.values()),
        "moves": [
            {"from": move.party, "to": move.member, "hours": move.hours}
            for move in moves(problem, plan)
        ],
    }


def _party(fields: Fields) -> Party:
    return Party(
        id=fields.text("id"),
        day=_day(fields),
        crew=fields.whole_number("crew"),
        hours=fields.number("hours"),
        skills=fields.whole_numbers_by_id("skills") if "skills" in fields.values else {},
        starts_hour=fields.number_if_given("starts_hour"),
        ends_hour=fields.number_if_given("ends_hour"),
    )


def _member(fields: Fields) -> Member:
    return Member(
        id=fields.text("id"),
        owes_hours=fields.number("owes_hours"),
        leads=fields.truth_or("leads", default=False),
        free=tuple(fields.texts("free")),
        distance_km=fields.number_if_given("distance_km"),
        skills=tuple(fields.texts("skills")) if "skills" in fields.values else (),
        limit=fields.whole_number("limit") if "limit" in fields.values else None,
    )


def _day(fields: Fields) -> str:
    """A text, or a whole number as its digits."""
    if isinstance(fields.values["day"], int | float):
        return str(fields.whole_number("day"))
    return fields.text("day")


def _unfilled(fields: Fields) -> Unfilled:
    """The open places of a party; how many in all is what the roles add up to."""
    values = fields.values
    skills = fields.whole_numbers_by_id("skills") if "skills" in values else {}
    leader = fields.whole_number("leader") if "leader" in values else 0
    places = fields.whole_number("places")
    anyone = fields.whole_number("anyone") if "anyone" in values else None
    rest = places - leader - sum(skills.values())
    return Unfilled(leader, skills, rest if anyone is None else anyone)


def _unfilled_as_json(gaps: Unfilled) -> dict[str, object]:
    return {
        "places": gaps.places,
        "leader": gaps.leader,
        "skills": dict(gaps.skills),
        "anyone": gaps.anyone,
    }
