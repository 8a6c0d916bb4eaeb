"""Judge who is asked to which party, knowing nothing of how it was worked out.

Whatever the plan: crews can be, the figures are true, no place stays open that a free member
could take, and nobody is passed over for a member who owes less.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate
from coopfarm.planning.parties.least import better_squares
from coopfarm.planning.parties.problem import Member, Party, Plan, Problem
from coopfarm.planning.parties.seated import gaps_are_true, holds, led_and_seated

PARTY_MISSING: Final = Phrase("parties-party-missing", N_("%(party)s has no crew in the plan."))
PARTY_UNKNOWN: Final = Phrase(
    "parties-party-unknown", N_("%(party)s is in the plan and not among the parties.")
)
MEMBER_UNKNOWN: Final = Phrase(
    "parties-member-unknown", N_("%(member)s is in the plan and no member.")
)
ASKED_TWICE: Final = Phrase(
    "parties-asked-twice", N_("%(member)s is asked to %(party)s more than once.")
)
NOT_FREE: Final = Phrase(
    "parties-not-free", N_("%(member)s is asked to %(party)s and is not free for it.")
)
CREW_TOO_LARGE: Final = Phrase(
    "parties-crew-too-large", N_("%(party)s has %(count)s members and %(places)s places.")
)
NO_LEADER: Final = Phrase(
    "parties-no-leader", N_("%(party)s has a crew in which nobody leads. Each crew needs a leader.")
)
SKILLS_CROWDED_OUT: Final = Phrase(
    "parties-skills-crowded-out",
    N_(
        "%(party)s keeps places for a leader and for skills, and its crew does not fit into them: "
        "too many have none of these skills."
    ),
)
BOOKED_TWICE: Final = Phrase(
    "parties-booked-twice",
    N_("%(member)s is asked to %(party)s and to %(other)s, which fall on one day or overlap."),
)
OVER_LIMIT: Final = Phrase(
    "parties-over-limit",
    N_("%(member)s is asked to %(count)s parties and may be asked to %(limit)s."),
)
OWED_AMISS: Final = Phrase(
    "parties-owed-amiss",
    N_("%(member)s owes %(true)s h after these parties, and the plan does not say so."),
)
UNFILLED_AMISS: Final = Phrase(
    "parties-unfilled-amiss",
    N_("%(party)s has %(places)s places that nobody fills, and the plan tells them otherwise."),
)
COULD_FILL: Final = Phrase(
    "parties-could-fill",
    N_("%(party)s has a place open, and %(member)s is free for it and could take it."),
)
PASSED_OVER: Final = Phrase(
    "parties-passed-over",
    N_(
        "%(member)s owes %(owed)s h and is free for %(party)s, where %(other)s, who would owe "
        "%(other_owed)s h without it, has a place that %(member)s could take."
    ),
)
NOT_LEAST: Final = Phrase(
    "parties-not-least",
    N_("Other crews fill as many places or more, with a sum of squared hours of %(squares)s."),
)


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Every finding against the plan; none, and it holds."""
    findings = tuple(_misnamed(problem, plan))
    if findings:
        return Certificate(findings)
    judge = _Judge(problem, plan)
    findings = (*judge.crews(), *judge.members(), *judge.figures())
    if findings:
        return Certificate(findings)
    findings = tuple(judge.unfair())
    if not findings and problem.exact:
        findings = tuple(_not_least(problem, plan))
    return Certificate(findings)


def _misnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    parties = {party.id for party in problem.parties}
    members = {member.id for member in problem.members}
    for name in parties - set(plan.crews):
        yield PARTY_MISSING(party=name)
    for name in [*plan.crews, *plan.unfilled]:
        if name not in parties:
            yield PARTY_UNKNOWN(party=name)
    named = [*(member for _, member in plan.pairs()), *plan.owed_after]
    for name in dict.fromkeys(named):
        if name not in members:
            yield MEMBER_UNKNOWN(member=name)
    for party, crew in plan.crews.items():
        for member, times in Counter(crew).items():
            if times > 1:
                yield ASKED_TWICE(member=member, party=party)


def _not_least(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    squares = better_squares(problem, plan)
    if squares is not None:
        yield NOT_LEAST(squares=squares)


class _Judge:
    """A plan whose names are known."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem, self._plan = problem, plan
        self._member = {member.id: member for member in problem.members}
        self._party = {party.id: party for party in problem.parties}
        self._free = {member.id: frozenset(member.free) for member in problem.members}
        self._in: dict[str, list[Party]] = {member.id: [] for member in problem.members}
        for party, name in plan.pairs():
            self._in[name].append(self._party[party])
        self._owed = {
            member.id: member.owes_hours - sum(party.hours for party in self._in[member.id])
            for member in problem.members
        }

    def crews(self) -> Iterator[Sentence]:
        for party in self._problem.parties:
            crew = self._crew(party)
            for member in crew:
                if party.id not in self._free[member.id]:
                    yield NOT_FREE(member=member.id, party=party.id)
            if len(crew) > party.crew:
                yield CREW_TOO_LARGE(party=party.id, count=len(crew), places=party.crew)
            elif crew and not any(member.leads for member in crew):
                yield NO_LEADER(party=party.id)
            elif crew and not led_and_seated(party, crew):
                yield SKILLS_CROWDED_OUT(party=party.id)

    def members(self) -> Iterator[Sentence]:
        for name, parties in self._in.items():
            for place, party in enumerate(parties):
                for other in parties[:place]:
                    if party.clashes(other):
                        yield BOOKED_TWICE(member=name, party=other.id, other=party.id)
            limit = self._member[name].limit
            if limit is not None and len(parties) > limit:
                yield OVER_LIMIT(member=name, count=len(parties), limit=limit)

    def figures(self) -> Iterator[Sentence]:
        for name, true in self._owed.items():
            stated = self._plan.owed_after.get(name)
            begins = abs(self._member[name].owes_hours)
            if stated is None or not abs(stated - true) <= TOLERANCE * (1 + begins + abs(true)):
                yield OWED_AMISS(member=name, true=true)
        for party in self._problem.parties:
            crew, stated_gaps = self._crew(party), self._plan.unfilled.get(party.id)
            missing = party.crew - len(crew)
            if not gaps_are_true(party, crew, stated_gaps):
                yield UNFILLED_AMISS(party=party.id, places=missing)

    def unfair(self) -> Iterator[Sentence]:
        """Who could take an open place, or the place of somebody who owes less, just so."""
        by_owed = sorted(self._problem.members, key=lambda one: -self._owed[one.id])
        for party in self._problem.parties:
            crew = self._crew(party)
            waiting = [member for member in by_owed if self._could_come(member, party)]
            if waiting and len(crew) < party.crew:
                joining = next((one for one in waiting if holds(party, [*crew, one])), None)
                if joining is not None:
                    yield COULD_FILL(party=party.id, member=joining.id)
            yield from self._passed_over(party, crew, waiting)

    def _passed_over(
        self, party: Party, crew: list[Member], waiting: list[Member]
    ) -> Iterator[Sentence]:
        for other in crew:
            without = self._owed[other.id] + party.hours
            rest = [member for member in crew if member is not other]
            for member in waiting:
                owed = self._owed[member.id]
                if owed <= without + TOLERANCE * (1 + abs(without)):
                    break
                if holds(party, [*rest, member]):
                    yield PASSED_OVER(
                        member=member.id,
                        owed=owed,
                        party=party.id,
                        other=other.id,
                        other_owed=without,
                    )
                    return

    def _could_come(self, member: Member, party: Party) -> bool:
        held = self._in[member.id]
        return (
            party.id in self._free[member.id]
            and (member.limit is None or len(held) < member.limit)
            and not any(party.clashes(other) for other in held)
        )

    def _crew(self, party: Party) -> list[Member]:
        return [self._member[name] for name in self._plan.crews[party.id]]
