"""Canals, claims and deliveries as they stand in a file."""

from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import open_object
from coopfarm.planning.rotation.canal_tree.certify import certify
from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Plan, Problem


def read_problem(value: object) -> Problem:
    fields = open_object(value, "", ("canals", "claims"), whole="problem")
    canals = fields.objects("canals", ("id", "feeds_from", "capacity", "efficiency"))
    claims = fields.objects("claims", ("id", "canal", "amount"), ("weight", "floor"))
    return Problem(
        canals=tuple(
            Canal(
                id=canal.text("id"),
                feeds_from=canal.text_or_null("feeds_from"),
                capacity=canal.number("capacity"),
                efficiency=canal.number("efficiency"),
            )
            for canal in canals
        ),
        claims=tuple(
            Claim(
                id=claim.text("id"),
                canal=claim.text("canal"),
                amount=claim.number("amount"),
                weight=claim.number_or("weight", 1.0),
                floor=claim.number_or("floor", 0.0),
            )
            for claim in claims
        ),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    fields = open_object(value, path, ("deliveries", "held_by"), whole="plan")
    plan = Plan(fields.numbers_by_id("deliveries"), fields.texts_by_id("held_by"))
    return certify(problem, plan)


def plan_as_json(plan: Plan) -> dict[str, object]:
    return {"deliveries": dict(plan.deliveries), "held_by": dict(plan.held_by)}
