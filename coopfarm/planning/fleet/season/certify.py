"""Judge who gets what in a season, knowing nothing of how it was worked out.

Whatever the plan: places and wishes are kept, and nobody envies another by more than one item.
Where it states rounds and prices, these are judged too.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fleet.season.envy import envies
from coopfarm.planning.fleet.season.problem import Plan, Problem
from coopfarm.planning.fleet.season.proof import judge_rounds

MEMBER_MISSING: Final = Phrase(
    "season-member-missing", N_("%(member)s is a member and not in the plan.")
)
MEMBER_UNKNOWN: Final = Phrase(
    "season-member-unknown", N_("%(member)s is in the plan and no member.")
)
ITEM_NOT_THERE: Final = Phrase(
    "season-item-not-there", N_("%(member)s gets %(item)s, which is not among the items.")
)
ITEM_TWICE: Final = Phrase(
    "season-item-twice", N_("%(member)s gets %(item)s twice: one place is what a member can use.")
)
MORE_THAN_WANTED: Final = Phrase(
    "season-more-than-wanted", N_("%(member)s gets %(count)s items and wants %(wants)s.")
)
MORE_THAN_PLACES: Final = Phrase(
    "season-more-than-places", N_("%(item)s is given %(count)s times and has %(places)s places.")
)
ENVY_BEYOND_ONE: Final = Phrase(
    "season-envy-beyond-one",
    N_(
        "%(member)s has what is worth %(own)s to them. What %(other)s has, even without its best "
        "item, would be worth %(without_best)s. Nobody may envy another by more than one item."
    ),
)


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Every finding against the plan; none, and it holds."""
    findings = (*_misnamed(problem, plan), *_over(problem, plan))
    if findings:
        return Certificate(findings)
    unfair = tuple(_unfair(problem, plan))
    stated = judge_rounds(problem, plan) if plan.rounds else ()
    return Certificate((*unfair, *stated))


def _misnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    members = {member.id for member in problem.members}
    items = {item.id for item in problem.items}
    for member in problem.members:
        if member.id not in plan.gets:
            yield MEMBER_MISSING(member=member.id)
    for name, got in plan.gets.items():
        if name not in members:
            yield MEMBER_UNKNOWN(member=name)
        for item, times in Counter(got).items():
            if item not in items:
                yield ITEM_NOT_THERE(member=name, item=item)
            elif times > 1:
                yield ITEM_TWICE(member=name, item=item)


def _over(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    for member in problem.members:
        count = len(plan.gets.get(member.id, ()))
        if count > member.wants:
            yield MORE_THAN_WANTED(member=member.id, count=count, wants=member.wants)
    given = Counter(item for _, item in plan.pairs())
    for item in problem.items:
        if given[item.id] > item.places:
            yield MORE_THAN_PLACES(item=item.id, count=given[item.id], places=item.places)


def _unfair(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    for envy in envies(problem, plan):
        if envy.beyond_one_item:
            yield ENVY_BEYOND_ONE(
                member=envy.member, other=envy.of, own=envy.own, without_best=envy.without_best
            )
