"""Why these members: for each what they owe and where they stand, for each party what is open."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.parties.problem import Member, Party, Plan, Problem

ASKED_FIRST: Final = Phrase(
    "parties-asked-first",
    N_(
        "You are asked to %(party)s on %(day)s: you owe %(owed)s h, most of all who are free that "
        "day."
    ),
)
ASKED: Final = Phrase(
    "parties-asked",
    N_(
        "You are asked to %(party)s on %(day)s: you owe %(owed)s h. Free that day: %(free)s; "
        "of them owing more than you: %(more)s."
    ),
)
LEADS: Final = Phrase("parties-leads", N_("You lead the crew."))
HAS_SKILL: Final = Phrase("parties-has-skill", N_("The crew needs %(skill)s."))
NEAR: Final = Phrase("parties-near", N_("%(distance_km)s km away."))
CREDITED: Final = Phrase(
    "parties-credited", N_("With %(hours)s h credited in all you owe %(after)s h.")
)
CREDITED_AHEAD: Final = Phrase(
    "parties-credited-ahead", N_("With %(hours)s h credited in all you are %(ahead)s h ahead.")
)
NOT_FREE_AT_ALL: Final = Phrase(
    "parties-not-free-at-all", N_("You are free for none of these parties, so you are not asked.")
)
AT_LIMIT: Final = Phrase(
    "parties-at-limit", N_("You are asked to no more than %(limit)s, the most you may be asked to.")
)
NOT_ASKED: Final = Phrase(
    "parties-not-asked",
    N_(
        "You are not asked. You owe %(owed)s h; the places you could take went to members who owe "
        "as much or more, or who lead or have a skill their crew needs."
    ),
)
OPEN: Final = Phrase("parties-open", N_("%(party)s has %(places)s places that nobody fills."))
NEEDS_LEADER: Final = Phrase(
    "parties-needs-leader", N_("A leader who is free on %(day)s would fill one.")
)
NEEDS_SKILL: Final = Phrase(
    "parties-needs-skill", N_("For %(count)s it takes %(skill)s and a free %(day)s.")
)
NEEDS_ANYONE: Final = Phrase(
    "parties-needs-anyone", N_("Anyone who is free on %(day)s would fill one; places: %(count)s.")
)
FREE_BUT: Final = Phrase(
    "parties-free-but",
    N_(
        "Free for it, but asked to another that clashes: %(elsewhere)s; "
        "at their limit: %(limited)s."
    ),
)


def explain(problem: Problem, plan: Plan) -> dict[str, tuple[Sentence, ...]]:
    """For each member why they are asked or not."""
    story = _Story(problem, plan)
    return {member.id: tuple(story.of(member)) for member in problem.members}


def would_fill(problem: Problem, plan: Plan) -> dict[str, tuple[Sentence, ...]]:
    """For each party with places open what would fill them."""
    story = _Story(problem, plan)
    return {
        party.id: tuple(story.open_places(party))
        for party in problem.parties
        if party.id in plan.unfilled
    }


class _Story:
    """The parties as they are told."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem, self._plan = problem, plan
        self._party = {party.id: party for party in problem.parties}
        self._in: dict[str, list[Party]] = {member.id: [] for member in problem.members}
        for party, name in plan.pairs():
            self._in[name].append(self._party[party])
        self._free_on: dict[str, list[Member]] = {}
        for member in problem.members:
            for day in dict.fromkeys(self._party[party].day for party in member.free):
                self._free_on.setdefault(day, []).append(member)
        self._owing = {
            day: sorted(-member.owes_hours for member in free)
            for day, free in self._free_on.items()
        }

    def of(self, member: Member) -> Iterator[Sentence]:
        asked = self._in[member.id]
        for party in asked:
            yield self._why(member, party)
            yield from self._role(member, party)
        if asked:
            if member.distance_km is not None:
                yield NEAR(distance_km=member.distance_km)
            yield self._credited(member, sum(party.hours for party in asked))
        elif not member.free:
            yield NOT_FREE_AT_ALL()
        elif member.limit != 0:
            yield NOT_ASKED(owed=member.owes_hours)
        if member.limit is not None and len(asked) == member.limit:
            yield AT_LIMIT(limit=member.limit)

    def _credited(self, member: Member, hours: float) -> Sentence:
        after = self._plan.owed_after[member.id]
        if after < 0:
            return CREDITED_AHEAD(hours=hours, ahead=-after)
        return CREDITED(hours=hours, after=after)

    def _why(self, member: Member, party: Party) -> Sentence:
        owing = self._owing[party.day]
        more = bisect_left(owing, -member.owes_hours)
        facts: dict[str, str | float] = {
            "party": party.id,
            "day": party.day,
            "owed": member.owes_hours,
        }
        return ASKED(**facts, free=len(owing), more=more) if more else ASKED_FIRST(**facts)

    def _role(self, member: Member, party: Party) -> Iterator[Sentence]:
        crew = self._plan.crews[party.id]
        if member.leads and crew[0] == member.id:
            yield LEADS()
        for skill in party.skills:
            if skill in member.skills:
                yield HAS_SKILL(skill=skill)

    def open_places(self, party: Party) -> Iterator[Sentence]:
        gaps = self._plan.unfilled[party.id]
        yield OPEN(party=party.id, places=gaps.places)
        if gaps.leader:
            yield NEEDS_LEADER(day=party.day)
        for skill, count in gaps.skills.items():
            yield NEEDS_SKILL(count=count, skill=skill, day=party.day)
        if gaps.anyone:
            yield NEEDS_ANYONE(day=party.day, count=gaps.anyone)
        yield from self._free_but(party)

    def _free_but(self, party: Party) -> Iterator[Sentence]:
        asked = set(self._plan.crews[party.id])
        free = [
            member
            for member in self._free_on.get(party.day, ())
            if party.id in member.free and member.id not in asked
        ]
        elsewhere = sum(any(party.clashes(one) for one in self._in[member.id]) for member in free)
        limited = sum(
            member.limit is not None and len(self._in[member.id]) >= member.limit for member in free
        )
        if elsewhere or limited:
            yield FREE_BUT(elsewhere=elsewhere, limited=limited)
