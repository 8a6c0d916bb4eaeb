from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.explain import explain, would_fill
from coopfarm.planning.parties.moves import moves
from coopfarm.planning.parties.problem import Member, Party, Problem
from coopfarm.planning.parties.solve import solve

HOURS = st.sampled_from((2.0, 3.0, 4.5))


@st.composite
def problems(draw, *, exact=False, most_members=6, most_parties=4, even=None):
    """Small cases in which leaders, skills, days, times and limits all get in the way."""
    even = draw(st.booleans()) if even is None else even
    same = draw(HOURS)
    parties = []
    for number in range(draw(st.integers(1, most_parties))):
        skills = {"spray": 1} if draw(st.booleans()) and draw(st.booleans()) else {}
        starts = draw(st.none() | st.integers(0, 30))
        parties.append(
            Party(
                id=f"p{number}",
                day=draw(st.sampled_from("AB")),
                crew=draw(st.integers(1 + len(skills), 3)),
                hours=same if even else draw(HOURS),
                skills=skills,
                starts_hour=starts,
                ends_hour=None if starts is None else starts + 5.0,
            )
        )
    ids = [party.id for party in parties]
    members = [
        Member(
            id=f"m{number}",
            owes_hours=float(draw(st.integers(-3, 12))),
            leads=draw(st.booleans()),
            free=tuple(draw(st.lists(st.sampled_from(ids), unique=True))),
            distance_km=draw(st.none() | st.integers(0, 5).map(float)),
            skills=draw(st.sampled_from(((), ("spray",)))),
            limit=draw(st.none() | st.integers(0, 2)),
        )
        for number in range(draw(st.integers(1, most_members)))
    ]
    return Problem(tuple(parties), tuple(members), exact=exact)


def _least(problem):
    """Places open and squared hours of the best crews, by trying every one."""
    options = [
        [tuple(chosen) for chosen in product((False, True), repeat=len(member.free))]
        for member in problem.members
    ]
    found = []
    for choice in product(*options):
        asked = [
            [party for party, comes in zip(member.free, chosen, strict=True) if comes]
            for member, chosen in zip(problem.members, choice, strict=True)
        ]
        if _can_be(problem, asked):
            found.append(_value(problem, asked))
    return min(found)


def _can_be(problem, asked):
    party = {one.id: one for one in problem.parties}
    for member, names in zip(problem.members, asked, strict=True):
        if member.limit is not None and len(names) > member.limit:
            return False
        if any(party[a].clashes(party[b]) for a in names for b in names if a < b):
            return False
    return all(
        _crew_can_be(
            one, [m for m, names in zip(problem.members, asked, strict=True) if one.id in names]
        )
        for one in problem.parties
    )


def _crew_can_be(party, crew):
    if not crew:
        return True
    needs = sum(party.skills.values())
    return any(
        leader.leads
        and len(crew) - 1 - min(needs, sum("spray" in m.skills for m in crew if m is not leader))
        <= party.anyone
        for leader in crew
    )


def _value(problem, asked):
    hours = {party.id: party.hours for party in problem.parties}
    places = sum(party.crew for party in problem.parties) - sum(map(len, asked))
    owed = (
        member.owes_hours - sum(hours[name] for name in names)
        for member, names in zip(problem.members, asked, strict=True)
    )
    return places, round(sum(one * one for one in owed), 6)


def _value_of(problem, plan):
    places = sum(gaps.places for gaps in plan.unfilled.values())
    return places, round(sum(owed * owed for owed in plan.owed_after.values()), 6)


def _work(owed, *, leads=False, free=("a",), **more):
    return Member(f"owes {owed:g}", owed, leads, free, **more)


@settings(deadline=None, max_examples=300)
@given(problems(exact=True, most_members=5, most_parties=3))
def test_an_exact_plan_is_as_good_as_the_best_of_all_that_can_be(problem):
    plan = solve(problem)

    assert _value_of(problem, plan) == _least(problem)


@settings(deadline=None, max_examples=300)
@given(problems(exact=True))
def test_every_exact_plan_holds(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()


@settings(deadline=None, max_examples=300)
@given(problems(most_members=8, most_parties=5))
def test_every_plan_holds_and_is_the_same_again(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert solve(problem) == plan


@settings(deadline=None)
@given(problems(most_members=8, most_parties=5))
def test_hours_that_members_receive_are_what_the_parties_give(problem):
    plan = solve(problem)

    done = list(moves(problem, plan))

    assert all(sum(move.lines) == 0 for move in done)
    for member in problem.members:
        received = sum(move.hours for move in done if move.member == member.id)
        assert plan.owed_after[member.id] == member.owes_hours - received


@settings(deadline=None)
@given(problems(most_members=8, most_parties=5))
def test_everybody_is_told_why_and_every_open_place_what_would_fill_it(problem):
    plan = solve(problem)

    assert set(explain(problem, plan)) == {member.id for member in problem.members}
    assert all(map(str, explain(problem, plan).values()))
    assert set(would_fill(problem, plan)) == set(plan.unfilled)


def test_who_owes_most_is_asked_first_and_between_equals_who_is_near():
    far = Member("far", 6, leads=False, free=("a",), distance_km=9)
    near = Member("near", 6, leads=False, free=("a",), distance_km=1)
    problem = Problem((Party("a", "1", 3, 4),), (_work(1, leads=True), far, near, _work(9)))

    plan = solve(problem)

    assert plan.crews == {"a": ("owes 1", "owes 9", "near")}
    assert plan.unfilled == {}


def test_a_crew_without_a_leader_is_not_asked():
    problem = Problem((Party("a", "1", 2, 4),), (_work(9), _work(5)))

    plan = solve(problem)

    assert plan.crews == {"a": ()}
    assert (plan.unfilled["a"].leader, plan.unfilled["a"].anyone) == (1, 1)


def test_a_place_for_a_skill_stays_open_when_nobody_has_it():
    party = Party("a", "1", 3, 4, skills={"spray": 1})
    problem = Problem((party,), (_work(9, leads=True), _work(5), _work(3)))

    plan = solve(problem)

    assert plan.crews == {"a": ("owes 9", "owes 5")}
    assert plan.unfilled["a"].skills == {"spray": 1}
    assert "spray" in " ".join(map(str, would_fill(problem, plan)["a"]))


def test_somebody_moves_so_that_one_more_place_is_filled():
    parties = (Party("a", "1", 1, 4), Party("b", "1", 1, 4))
    members = (_work(9, leads=True, free=("a", "b")), _work(5, leads=True, free=("a",)))

    plan = solve(Problem(parties, members))

    assert plan.crews == {"a": ("owes 5",), "b": ("owes 9",)}


def test_the_reason_tells_what_is_owed_and_how_far_it_is():
    member = Member("Amina", 9, leads=True, free=("a",), distance_km=4)
    problem = Problem((Party("a", "2026-06-04", 1, 3),), (member, _work(2)))

    why = " ".join(map(str, explain(problem, solve(problem))["Amina"]))

    assert why == (
        "You are asked to a on 2026-06-04: you owe 9 h, most of all who are free that day. "
        "You lead the crew. 4 km away. With 3 h credited in all you owe 6 h."
    )


def test_who_gives_more_than_they_owe_is_told_how_far_they_are_ahead():
    party = Party("canal", "2026-06-04", crew=2, hours=4)
    members = (
        Member("Amina", owes_hours=9, leads=True, free=("canal",)),
        Member("Omar", owes_hours=3, leads=False, free=("canal",)),
    )
    problem = Problem((party,), members)

    said = " ".join(map(str, explain(problem, solve(problem))["Omar"]))

    assert said == (
        "You are asked to canal on 2026-06-04: you owe 3 h. Free that day: 2; "
        "of them owing more than you: 1. With 4 h credited in all you are 1 h ahead."
    )


def _late(name, day, starts, crew, hours):
    """A party of five hours from `starts` on, which may reach into the next day."""
    return Party(name, day, crew, hours, {}, float(starts), starts + 5.0)


def test_who_was_busy_leading_elsewhere_leads_what_nobody_else_can():
    parties = (
        _late("a", "A", 22, 3, 4.5),
        _late("b", "B", 18, 3, 2.0),
        _late("c", "A", 28, 1, 2.0),
    )
    members = (
        _work(5.0, leads=True, free=("c", "b", "a"), limit=2),
        _work(0.0, leads=True, free=("a",)),
    )
    problem = Problem(parties, members)

    plan = solve(problem)

    assert all(plan.crews.values())
    assert certify(problem, plan).findings == ()


def test_who_made_room_for_others_is_asked_to_what_that_left_open():
    parties = (
        _late("a", "A", 21, 2, 3.0),
        Party("b", "A", 2, 3.0, {"spray": 1}),
        Party("c", "B", 2, 3.0, {"spray": 1}, 21.0, 26.0),
    )
    free = ("a", "b", "c")
    members = (
        _work(8.0, leads=True, free=free, distance_km=0.0),
        _work(3.0, free=("a",), skills=("spray",)),
        _work(12.0, free=("b", "a", "c"), skills=("spray",)),
        Member("who sprays and leads", 8.0, True, ("b", "c", "a"), skills=("spray",)),
    )
    problem = Problem(parties, members)

    plan = solve(problem)

    assert plan.unfilled == {}
    assert certify(problem, plan).findings == ()
