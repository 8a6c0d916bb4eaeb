"""Whether a crew can sit in the places of its party, as the judge sees it."""

from collections.abc import Sequence

from coopfarm.planning.parties.problem import Member, Party, Unfilled


def holds(party: Party, crew: Sequence[Member]) -> bool:
    """Whether there are places for all, with one who leads."""
    return len(crew) <= party.crew and led_and_seated(party, crew)


def led_and_seated(party: Party, crew: Sequence[Member]) -> bool:
    """Whether one leads and the others fit into the places kept for skills and for anyone."""
    return any(
        member.leads and _fit([*crew[:place], *crew[place + 1 :]], dict(party.skills), party.anyone)
        for place, member in enumerate(crew)
    )


def gaps_are_true(party: Party, crew: Sequence[Member], stated: Unfilled | None) -> bool:
    """Whether the crew fills just the places that are not stated as open."""
    gaps = stated or Unfilled(leader=0, skills={}, anyone=0)
    rooms = {skill: room - gaps.skills.get(skill, 0) for skill, room in party.skills.items()}
    anyone = party.anyone - gaps.anyone
    if gaps.places != party.crew - len(crew) or set(gaps.skills) - set(party.skills):
        return False
    if anyone < 0 or gaps.leader != (not crew) or any(room < 0 for room in rooms.values()):
        return False
    return not crew or any(
        member.leads and _fit([*crew[:place], *crew[place + 1 :]], rooms, anyone)
        for place, member in enumerate(crew)
    )


def _fit(crew: Sequence[Member], rooms: dict[str, int], anyone: int) -> bool:
    """Whether all fit: for each set of skills, no more need a place beside them than there are."""
    # Hall, On Representatives of Subsets, 1935; those who have none of the skills sit anywhere.
    able = [frozenset(member.skills).intersection(rooms) for member in crew]
    sets = {frozenset[str]()}
    for skills in set(able):
        sets |= {skills | other for other in sets}
    return all(
        sum(skills <= chosen for skills in able) <= anyone + sum(rooms[skill] for skill in chosen)
        for chosen in sets
    )
