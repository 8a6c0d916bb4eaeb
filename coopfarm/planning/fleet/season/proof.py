"""Judge the rounds that a plan states: each by its prices, in whole numbers.

The worth of a round is the largest for those served if at the stated prices nobody served would
rather have had another open item, and nothing with a price has places left (complementary
slackness). Those served are the first in order if whoever was not could only have been served by
leaving out one who comes before.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.season.problem import Plan, Problem
from coopfarm.planning.fleet.season.rounds import NONE, Held, rounds_of
from coopfarm.planning.fleet.season.table import Bools, Ints, Season, season_of

ROUND_NAMES_UNKNOWN: Final = Phrase(
    "season-round-names-unknown",
    N_("Round %(round)s names %(name)s, which is no member or item of the season."),
)
PRICE_OUT_OF_REACH: Final = Phrase(
    "season-price-out-of-reach",
    N_("Round %(round)s states a price for %(item)s that nobody could pay, or one below 0."),
)
NOT_OPEN: Final = Phrase(
    "season-not-open",
    N_("In round %(round)s %(member)s gets %(item)s, which was not open to them."),
)
PRICE_WITH_PLACES_LEFT: Final = Phrase(
    "season-price-with-places-left",
    N_(
        "Round %(round)s states a price for %(item)s, which has places left after it. "
        "So the price proves nothing."
    ),
)
NOT_BEST: Final = Phrase(
    "season-not-best",
    N_(
        "In round %(round)s %(member)s gets %(item)s. At the stated prices %(better)s is worth "
        "%(points)s points more, so the round is not proved to be the best for all together."
    ),
)
COULD_BE_SERVED: Final = Phrase(
    "season-could-be-served",
    N_("In round %(round)s %(member)s gets nothing, and could have been served beside all others."),
)
SERVED_BEFORE: Final = Phrase(
    "season-served-before",
    N_(
        "In round %(round)s %(member)s gets nothing, and %(other)s, who comes later in the order, "
        "is served in their place."
    ),
)
WITHHELD_WITHOUT_REASON: Final = Phrase(
    "season-withheld-without-reason",
    N_(
        "Round %(round)s withholds %(item)s from %(member)s, and nobody would have envied them "
        "by more than one item."
    ),
)
ROUND_MISSING: Final = Phrase(
    "season-round-missing",
    N_("After the last stated round %(member)s still wants %(item)s and was served every time."),
)
MORE_THAN_ROUNDS: Final = Phrase(
    "season-more-than-rounds",
    N_("%(member)s gets %(count)s items, and the plan states %(rounds)s rounds of one each."),
)

_ROUNDING: Final = 1e-12
_HIGHEST_PRICE: Final = 1 << 60


def judge_rounds(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    """The findings against the stated rounds; members and items are known to be in order."""
    season = season_of(problem)
    unusable = tuple(_unusable(season, plan))
    if unusable:
        yield from unusable
        return
    last = None
    for held in rounds_of(season, plan):
        last = held
        findings = (
            *_badly_priced(season, held),
            *_not_best(season, held),
            *_badly_withheld(season, held),
            *_wrongly_unserved(season, held),
        )
        yield from findings
        if findings:
            return
    yield from _unfinished(season, plan, last)


def _unusable(season: Season, plan: Plan) -> Iterator[Sentence]:
    members = {member.id for member in season.members}
    items = set(season.items)
    for number, stated in enumerate(plan.rounds, start=1):
        kept = {item for some in stated.withheld.values() for item in some}
        strange = (stated.withheld.keys() - members) | ((stated.prices.keys() | kept) - items)
        for name in sorted(strange):
            yield ROUND_NAMES_UNKNOWN(round=number, name=name)
        for item, price in stated.prices.items():
            if not 0 <= price <= _HIGHEST_PRICE:
                yield PRICE_OUT_OF_REACH(round=number, item=item)
    for member, got in plan.gets.items():
        if len(got) > len(plan.rounds):
            yield MORE_THAN_ROUNDS(member=member, count=len(got), rounds=len(plan.rounds))


def _badly_priced(season: Season, held: Held) -> Iterator[Sentence]:
    for item in np.flatnonzero((held.prices > 0) & (held.left > 0)):
        yield PRICE_WITH_PLACES_LEFT(round=held.number, item=season.items[item])


def _not_best(season: Season, held: Held) -> Iterator[Sentence]:
    lowest = np.iinfo(np.int64).min // 2
    net = np.where(held.open, season.worth - held.prices, lowest)
    for row in held.served:
        item, better = int(held.chosen[row]), int(net[row].argmax())
        member = season.members[row].id
        if not held.open[row, item]:
            yield NOT_OPEN(round=held.number, member=member, item=season.items[item])
        elif net[row, item] < net[row, better]:
            yield NOT_BEST(
                round=held.number,
                member=member,
                item=season.items[item],
                better=season.items[better],
                points=int(net[row, better] - net[row, item]) / season.point,
            )


def _badly_withheld(season: Season, held: Held) -> Iterator[Sentence]:
    own = (season.values * held.had).sum(axis=1)
    for row, item in np.argwhere(held.withheld):
        bundle = [*np.flatnonzero(held.had[row]), item]
        falling = -np.sort(-season.values[:, bundle], axis=1)[:, 1:]
        counts = np.arange(falling.shape[1]) < season.wants[:, None]
        rest = (falling * counts).sum(axis=1)
        if not (rest > own + _ROUNDING * (own + rest)).any():
            yield WITHHELD_WITHOUT_REASON(
                round=held.number, member=season.members[row].id, item=season.items[item]
            )


def _wrongly_unserved(season: Season, held: Held) -> Iterator[Sentence]:
    reached = _reachable(held.moves())
    free = held.left > 0
    latest = np.full(held.places.size, NONE)
    np.maximum.at(latest, held.chosen[held.served], held.served)
    for row in held.unserved:
        items = held.open[row] @ reached
        facts = {"round": held.number, "member": season.members[row].id}
        if (items & free).any():
            yield COULD_BE_SERVED(**facts)
        elif latest[items].max(initial=NONE) > row:
            other = int(latest[items].max())
            yield SERVED_BEFORE(**facts, other=season.members[other].id)


def _reachable(moves: Bools) -> Bools:
    """Which items can be got hold of, from an item, when its holders move on; itself included."""
    reached = moves | np.eye(len(moves), dtype=bool)
    for item in range(len(moves)):
        reached |= reached[:, item, None] & reached[item]
    return reached


def _unfinished(season: Season, plan: Plan, last: Held | None) -> Iterator[Sentence]:
    """Whoever was served in the last round and wants more is owed another round."""
    if last is None:
        return
    had = last.had.copy()
    had[last.served, last.chosen[last.served]] = True
    more: Ints = last.served[season.wants[last.served] > len(plan.rounds)]
    for row in more:
        wished = np.flatnonzero((season.points[row] > 0) & ~had[row])
        if wished.size:
            yield ROUND_MISSING(member=season.members[row].id, item=season.items[wished[0]])
