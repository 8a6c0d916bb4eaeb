import hashlib
from dataclasses import replace

from coopfarm.planning.fleet.season.lot import in_order, lot, public_seed
from coopfarm.planning.fleet.season.problem import Item, Member, Problem


def _order(*members, seed="seed"):
    return [member.id for member in in_order(Problem((Item("day", 1),), members, seed))]


def test_largest_carry_over_comes_first_then_most_labour():
    order = _order(
        Member("a", 1, {}, carry_over=-1.0, labour=90.0),
        Member("b", 1, {}, carry_over=0.5, labour=1.0),
        Member("c", 1, {}, carry_over=0.5, labour=2.0),
        Member("d", 1, {}, carry_over=2.0),
    )

    assert order == ["d", "c", "b", "a"]


def test_anybody_can_draw_the_lot_again():
    assert lot("2026-06-01", "Amina") == hashlib.sha256(b"2026-06-01\nAmina").hexdigest()


def test_equals_stand_in_the_order_of_their_lots():
    members = [Member(name, 1, {}) for name in ("آمنة", "Bashir", "Chaimae", "Daoud")]

    order = _order(*members)

    assert order == sorted(order, key=lambda name: lot("seed", name))
    assert order == _order(*reversed(members))


def test_another_seed_draws_another_lot():
    members = [Member(f"m{row}", 1, {}) for row in range(50)]

    assert _order(*members) != _order(*members, seed="another")


def test_the_seed_follows_from_what_was_published():
    published = ("2026-06-01", "round 7", '{"items": []}')

    assert public_seed(*published) == hashlib.sha256("\n".join(published).encode()).hexdigest()
    assert public_seed(*published) != public_seed(*published[:2], '{"items": [1]}')


def test_the_order_does_not_depend_on_how_the_file_is_sorted():
    problem = Problem(
        (Item("day", 1),), tuple(Member(f"m{row}", 1, {}, row % 3) for row in range(9)), "s"
    )

    turned = replace(problem, members=problem.members[::-1])

    assert in_order(turned) == in_order(problem)
