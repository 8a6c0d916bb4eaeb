"""A season and its sharing as they stand in a file."""

from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import Fields, open_object
from coopfarm.planning.fleet.season import envy
from coopfarm.planning.fleet.season.certify import certify
from coopfarm.planning.fleet.season.problem import Item, Member, Plan, Problem, Round


def read_problem(value: object) -> Problem:
    fields = open_object(value, "", ("items", "members", "seed"), whole="problem")
    items = fields.objects("items", ("id", "places"))
    members = fields.objects("members", ("id", "wants", "values"), ("carry_over", "labour"))
    return Problem(
        items=tuple(Item(item.text("id"), item.whole_number("places")) for item in items),
        members=tuple(
            Member(
                id=member.text("id"),
                wants=member.whole_number("wants"),
                values=member.numbers_by_id("values"),
                carry_over=member.number_or("carry_over", 0.0),
                labour=member.number_or("labour", 0.0),
            )
            for member in members
        ),
        seed=_seed(fields),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    return certify(problem, _plan(value, path))


def report_of_plan(problem: Problem, value: object, path: str) -> dict[str, object]:
    """The envy in a plan that anyone made, as it stands in a file."""
    return report(problem, _plan(value, path))


def report(problem: Problem, plan: Plan) -> dict[str, object]:
    return {"envy": envy.report(problem, plan)}


def plan_as_json(plan: Plan) -> dict[str, object]:
    return {
        "gets": {member: list(items) for member, items in plan.gets.items()},
        "rounds": [
            {
                "prices": dict(stated.prices),
                "withheld": {member: list(items) for member, items in stated.withheld.items()},
            }
            for stated in plan.rounds
        ],
    }


def _seed(fields: Fields) -> str:
    """A text, or a whole number as its digits."""
    if isinstance(fields.values["seed"], int | float):
        return str(fields.whole_number("seed"))
    return fields.text("seed")


def read_plan(value: object) -> Plan:
    """A plan as it stands in a file by itself."""
    return _plan(value, "")


def _plan(value: object, path: str) -> Plan:
    fields = open_object(value, path, ("gets",), ("rounds",), whole="plan")
    stated = (
        fields.objects("rounds", ("prices",), ("withheld",)) if "rounds" in fields.values else []
    )
    return Plan(fields.text_lists_by_id("gets"), tuple(_round(one) for one in stated))


def _round(fields: Fields) -> Round:
    prices = fields.whole_numbers_by_id("prices")
    withheld = fields.text_lists_by_id("withheld") if "withheld" in fields.values else {}
    return Round(prices, withheld)
