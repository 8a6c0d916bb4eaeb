"""A cycle, its holders and their turns as they stand in a file."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import Fields, open_object
from coopfarm.planning.rotation.roster.certify import certify
from coopfarm.planning.rotation.roster.problem import Holder, Plan, Problem, Turn

NOT_WHOLE: Final = Phrase(
    "turn-not-whole",
    N_("The turn of %(id)s has %(minutes)s in %(column)s: turns are made of whole minutes."),
)
_WHOLE: Final = ("minutes", "starts_at_minute")


def read_problem(value: object) -> Problem:
    fields = open_object(value, "", ("cycle_minutes", "holders"), whole="problem")
    holders = fields.objects("holders", ("id", "share"), ("filling_minutes", "draining_minutes"))
    return Problem(
        cycle_minutes=fields.whole_number("cycle_minutes"),
        holders=tuple(
            Holder(
                id=holder.text("id"),
                share=holder.number("share"),
                filling_minutes=holder.number_if_given("filling_minutes"),
                draining_minutes=holder.number_if_given("draining_minutes"),
            )
            for holder in holders
        ),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    fields = open_object(value, path, ("minutes_per_share", "turns"), whole="plan")
    each = fields.number("minutes_per_share")
    rows = fields.objects("turns", ("id", "exact_minutes", *_WHOLE))
    turns = [(row.text("id"), row.number("exact_minutes")) for row in rows]
    broken = _not_whole(rows)
    if broken:
        return Certificate(broken)
    whole = [(row.whole_number("minutes"), row.whole_number("starts_at_minute")) for row in rows]
    made = (Turn(*turn, *minutes) for turn, minutes in zip(turns, whole, strict=True))
    return certify(problem, Plan(each, tuple(made)))


def plan_as_json(plan: Plan) -> dict[str, object]:
    turns = [asdict(turn) for turn in plan.turns]
    return {"minutes_per_share": plan.minutes_per_share, "turns": turns}


def _not_whole(rows: Sequence[Fields]) -> tuple[Sentence, ...]:
    return tuple(
        NOT_WHOLE(id=row.text("id"), minutes=row.number(column), column=column)
        for row in rows
        for column in _WHOLE
        if not row.number(column).is_integer()
    )
