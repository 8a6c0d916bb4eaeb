"""Why these items: for each member the rounds, the order, and who got what they missed."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.season.exchange import Exchange
from coopfarm.planning.fleet.season.lot import lot
from coopfarm.planning.fleet.season.problem import Member, Plan, Problem
from coopfarm.planning.fleet.season.rounds import NONE, Held, rounds_of
from coopfarm.planning.fleet.season.table import BEST, Season, season_of

IN_ALL: Final = Phrase(
    "season-in-all",
    N_("All together want %(wanted)s places and there are %(places)s. You want %(wants)s."),
)
NOTHING_WISHED: Final = Phrase(
    "season-nothing-wished", N_("You wished for nothing, so you get nothing.")
)
FIRST_CHOICE: Final = Phrase(
    "season-first-choice",
    N_("Round %(round)s: you get %(item)s. You wished for nothing more than that."),
)
GOT: Final = Phrase("season-got", N_("Round %(round)s: you get %(item)s."))
SERVED_IN_FULL: Final = Phrase(
    "season-served-in-full", N_("So you have as many as you wanted: %(wants)s.")
)
ALL_WISHES: Final = Phrase(
    "season-all-wishes", N_("So you have everything you wished for, though you wanted %(wants)s.")
)
SHORT: Final = Phrase("season-short", N_("So you have %(got)s of the %(wants)s you wanted."))
NOTHING_LEFT: Final = Phrase(
    "season-nothing-left",
    N_(
        "Round %(round)s could not serve everybody: of those who still wanted something "
        "%(served)s got it and %(unserved)s did not."
    ),
)
LAST_BEFORE: Final = Phrase(
    "season-last-before",
    N_(
        "What you wished for went to members who come before you; the last of them is %(other)s, "
        "at place %(place)s."
    ),
)
NO_PLACES: Final = Phrase(
    "season-no-places", N_("Nothing you still wished for had places left by then.")
)
WITHHELD: Final = Phrase(
    "season-withheld",
    N_(
        "Round %(round)s keeps %(item)s from you: with it, others would have envied you by more "
        "than one item."
    ),
)
ORDER: Final = Phrase(
    "season-order",
    N_(
        "When there is too little for a round, the largest carry-over comes first. Yours is "
        "%(carry_over)s; you stand at place %(place)s of %(members)s."
    ),
)
SAME_CARRY_OVER: Final = Phrase(
    "season-same-carry-over",
    N_(
        "As much carry-over as you have: %(same)s members. Among them most labour comes first; "
        "yours is %(labour)s hours."
    ),
)
BY_LOT: Final = Phrase(
    "season-by-lot",
    N_(
        "As much labour, too: %(same)s. Among them the public lot decides, smallest first; yours "
        "begins with %(lot)s."
    ),
)
MISSED_BY_CHOICE: Final = Phrase(
    "season-missed-by-choice",
    N_(
        "Wishes for %(item)s: %(wished)s, places: %(places)s. The last went in round %(round)s, "
        "when you got %(instead)s, which is worth as much to you or more."
    ),
)
MISSED: Final = Phrase(
    "season-missed",
    N_(
        "Wishes for %(item)s: %(wished)s, places: %(places)s. The last went in round %(round)s, "
        "when you got %(instead)s. For you to have it, %(other)s would have had to take another, "
        "and all together would have %(points)s points less; the best item of each member counts "
        "%(best)s."
    ),
)
MISSED_BY_ORDER: Final = Phrase(
    "season-missed-by-order",
    N_(
        "Wishes for %(item)s: %(wished)s, places: %(places)s. The last went in round %(round)s, "
        "when you got %(instead)s. For you to have it, %(other)s would have had to take another. "
        "All together would have as many points, and those who come first in the order fewer."
    ),
)
MISSED_TO_SERVE_ALL: Final = Phrase(
    "season-missed-to-serve-all",
    N_(
        "Wishes for %(item)s: %(wished)s, places: %(places)s. The last went in round %(round)s, "
        "when you got %(instead)s. For you to have it, %(other)s would have got nothing then."
    ),
)

_LOT_SHOWN: Final = 8


def explain(problem: Problem, plan: Plan) -> dict[str, tuple[Sentence, ...]]:
    """For each member the reasons; of a plan without rounds, what can be said without them."""
    story = _Story(problem, plan)
    return {member.id: tuple(story.of(member)) for member in problem.members}


class _Story:
    """A season as it is told."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._seed, self._plan = problem.seed, plan
        self._season: Season = season_of(problem)
        self._rounds: list[Held] = list(rounds_of(self._season, plan))
        self._exchanges: dict[int, Exchange] = {}
        self._row = {member.id: row for row, member in enumerate(self._season.members)}
        self._places = {item.id: item.places for item in problem.items}
        self._wished = (self._season.points > 0).sum(axis=0)
        able = np.minimum(self._season.wants, (self._season.points > 0).sum(axis=1))
        self._wanted = int(able.sum())
        self._same = Counter(member.carry_over for member in problem.members)
        self._same_labour = Counter((one.carry_over, one.labour) for one in problem.members)

    def of(self, member: Member) -> Iterator[Sentence]:
        row = self._row[member.id]
        if not member.wants or not self._season.points[row].any():
            yield NOTHING_WISHED()
            return
        places = sum(self._places.values())
        yield IN_ALL(wanted=self._wanted, places=places, wants=member.wants)
        yield from self._got(member, row)
        missed = self._best_missed(row)
        if missed is not None:
            yield from self._why_missed(row, missed)
        if self._rounds and self._is_short(member):
            yield from self._why_short(row)
            yield from self._order(member, row)

    def _got(self, member: Member, row: int) -> Iterator[Sentence]:
        got = self._plan.gets[member.id]
        best = self._season.values[row].max()
        for number, item in enumerate(got, start=1):
            said = FIRST_CHOICE if number == 1 and member.values.get(item) == best else GOT
            yield said(round=number, item=item)
        if len(got) >= member.wants:
            yield SERVED_IN_FULL(wants=member.wants)
        elif self._is_short(member):
            yield SHORT(got=len(got), wants=member.wants)
        else:
            yield ALL_WISHES(wants=member.wants)

    def _is_short(self, member: Member) -> bool:
        wished = sum(value > 0 for value in member.values.values())
        return len(self._plan.gets[member.id]) < min(member.wants, wished)

    def _best_missed(self, row: int) -> int | None:
        """The item worth most to a member that they did not get, where one they got is worth less.

        None too where the plan states no rounds.
        """
        if not self._rounds:
            return None
        values = self._season.values[row]
        has = [int(held.chosen[row]) for held in self._rounds if held.chosen[row] != NONE]
        missing = values.copy()
        missing[has] = 0.0
        best = int(missing.argmax())
        return best if has and missing[best] > values[has].min() else None

    def _why_missed(self, row: int, item: int) -> Iterator[Sentence]:
        season = self._season
        given = [held for held in self._rounds if (held.chosen == item).any()]
        if not given or given[-1].chosen[row] == NONE:
            return
        held, instead = given[-1], int(given[-1].chosen[row])
        facts: dict[str, str | int] = {
            "item": season.items[item],
            "places": self._places[season.items[item]],
            "wished": int(self._wished[item]),
            "round": held.number,
            "instead": season.items[instead],
        }
        if held.withheld[row, item]:
            yield WITHHELD(round=held.number, item=season.items[item])
        elif season.values[row, instead] >= season.values[row, item]:
            yield MISSED_BY_CHOICE(**facts)
        else:
            yield self._why_not(row, item, held, facts)

    def _why_not(self, row: int, item: int, held: Held, facts: dict[str, str | int]) -> Sentence:
        if held.number not in self._exchanges:
            self._exchanges[held.number] = Exchange(self._season, held)
        cost = self._exchanges[held.number].cost(row, item)
        if cost.points is None:
            return MISSED_TO_SERVE_ALL(**facts, other=cost.other)
        if cost.points == 0:
            return MISSED_BY_ORDER(**facts, other=cost.other)
        return MISSED(**facts, other=cost.other, points=cost.points, best=BEST)

    def _why_short(self, row: int) -> Iterator[Sentence]:
        held = next(held for held in self._rounds if held.chosen[row] == NONE)
        yield NOTHING_LEFT(round=held.number, served=held.served.size, unserved=held.unserved.size)
        for item in np.flatnonzero(held.withheld[row]):
            yield WITHHELD(round=held.number, item=self._season.items[item])
        holders = np.flatnonzero(held.wished[row, held.chosen] & (held.chosen != NONE))
        if holders.size:
            last = int(holders.max())
            yield LAST_BEFORE(other=self._season.members[last].id, place=last + 1)
        else:
            yield NO_PLACES()

    def _order(self, member: Member, row: int) -> Iterator[Sentence]:
        yield ORDER(carry_over=member.carry_over, place=row + 1, members=len(self._season.members))
        same = self._same[member.carry_over]
        if same > 1:
            yield SAME_CARRY_OVER(same=same, labour=member.labour)
        as_much = self._same_labour[member.carry_over, member.labour]
        if as_much > 1:
            yield BY_LOT(same=as_much, lot=lot(self._seed, member.id)[:_LOT_SHOWN])
