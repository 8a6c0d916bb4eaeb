"""A supply and its claims as they stand in a file."""

from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import open_object
from coopfarm.planning.rotation.rationing.certify import certify
from coopfarm.planning.rotation.rationing.problem import Claim, Plan, Problem


def read_problem(value: object) -> Problem:
    fields = open_object(value, "", ("supply", "rule", "claims"), whole="problem")
    claims = fields.objects("claims", ("id", "amount"), ("weight", "floor"))
    return Problem(
        supply=fields.number("supply"),
        rule=fields.text("rule"),
        claims=tuple(
            Claim(
                id=claim.text("id"),
                amount=claim.number("amount"),
                weight=claim.number_or("weight", 1.0),
                floor=claim.number_or("floor", 0.0),
            )
            for claim in claims
        ),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    fields = open_object(value, path, ("awards", "level"), whole="plan")
    return certify(problem, Plan(fields.numbers_by_id("awards"), fields.number("level")))


def plan_as_json(plan: Plan) -> dict[str, object]:
    return {"awards": dict(plan.awards), "level": plan.level}
