"""Who takes which place of a crew: the leader's first, then the skills in their order."""

from collections.abc import Iterator, Sequence

from coopfarm.planning.parties.problem import Member, Party, Unfilled

Place = tuple[bool, str | None]  # whether it leads, and the skill it asks for


def seat_crew(party: Party, crew: Sequence[Member]) -> list[tuple[Place, Member | None]]:
    """Every place with who takes it; as many of the crew are seated as can be."""
    places = list(_places(party))
    taken: dict[int, int] = {}  # who sits on which place
    for place in range(len(places)):
        _seat(place, places, crew, taken, set())
    by_place = {place: crew[who] for who, place in taken.items()}
    return [(one, by_place.get(number)) for number, one in enumerate(places)]


def fits(party: Party, crew: Sequence[Member]) -> bool:
    """Whether all of a crew have a place and one of them leads; so has a crew of nobody."""
    if not crew:
        return True
    seated = seat_crew(party, crew)
    return seated[0][1] is not None and sum(who is not None for _, who in seated) == len(crew)


def gaps(party: Party, crew: Sequence[Member]) -> Unfilled:
    """The places nobody of the crew takes."""
    missing = [place for place, who in seat_crew(party, crew) if who is None]
    skills = [skill for _, skill in missing if skill is not None]
    return Unfilled(
        leader=sum(leads for leads, _ in missing),
        skills={skill: skills.count(skill) for skill in party.skills if skill in skills},
        anyone=missing.count((False, None)),
    )


def _places(party: Party) -> Iterator[Place]:
    yield True, None
    for skill, count in party.skills.items():
        yield from [(False, skill)] * count
    yield from [(False, None)] * party.anyone


def _seat(
    place: int, places: list[Place], crew: Sequence[Member], taken: dict[int, int], tried: set[int]
) -> bool:
    """Put one of the crew on a place, moving others to their other places where that helps."""
    # Kuhn, The Hungarian method for the assignment problem, 1955.
    suited = [who for who, member in enumerate(crew) if _suits(member, places[place])]
    for who in sorted((who for who in suited if who not in tried), key=lambda who: who in taken):
        if who in tried:
            continue
        tried.add(who)
        if who not in taken or _seat(taken[who], places, crew, taken, tried):
            taken[who] = place
            return True
    return False


def _suits(member: Member, place: Place) -> bool:
    leads, skill = place
    return member.leads if leads else skill is None or skill in member.skills
