"""Places on machine-days, and the members who wish for some of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.json_text import join
from coopfarm.planning.quantities import LARGEST, NotFinite, OutOfReach, check_amount

MOST_ITEMS: Final = 1_000
MOST_MEMBERS: Final = 20_000


class NothingToShare(Invalid):
    """A season without machine-days."""

    code = "season-no-items"
    words = N_("There are no items to share. Give at least one.")


class NobodyToShare(Invalid):
    """A season without members."""

    code = "season-no-members"
    words = N_("There are no members to share among. Give at least one.")


class SeasonTooLarge(Invalid):
    """More than one round can keep apart exactly."""

    code = "season-too-large"
    words = N_(
        "%(field)s has %(count)s entries, and one season takes at most %(most)s. "
        "Share each class of machines by itself."
    )


class CountBelowZero(Invalid):
    """Fewer than no places, or fewer than no wishes."""

    code = "season-count-below-zero"
    words = N_("%(field)s is %(stated)s. Give a whole number from 0 to %(most)s.")


class UnknownItem(Invalid):
    """A wish for what is not shared."""

    code = "season-unknown-item"
    words = N_("%(field)s: %(member)s wishes for %(item)s, which is not among the items.")


@dataclass(frozen=True, slots=True)
class Item:
    """A machine-day (a class of machines on one day) and how many places it has."""

    id: str
    places: int


@dataclass(frozen=True, slots=True)
class Member:
    """Who wants up to `wants` items, one place on each, and what each is worth to them.

    Values are in any unit of the member's own; an item without value is not wished for.
    `carry_over` is what past seasons left owing (below 0: had too much), in machine-days.
    `labour` is what was given to the others, in hours.
    """

    id: str
    wants: int
    values: Mapping[str, float]
    carry_over: float = 0.0
    labour: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """One season; `seed` is public before the wishes close, and settles the lot."""

    items: tuple[Item, ...]
    members: tuple[Member, ...]
    seed: str

    def __post_init__(self) -> None:
        if not self.items:
            raise NothingToShare(field="items")
        if not self.members:
            raise NobodyToShare(field="members")
        _check_size("items", len(self.items), MOST_ITEMS)
        _check_size("members", len(self.members), MOST_MEMBERS)
        check_ids((item.id for item in self.items), "items")
        check_ids((member.id for member in self.members), "members")
        for place, item in enumerate(self.items):
            _check_count(item.places, f"items[{place}].places", MOST_MEMBERS)
        self._check_members()

    def _check_members(self) -> None:
        known = {item.id for item in self.items}
        for place, member in enumerate(self.members):
            where = f"members[{place}]"
            _check_count(member.wants, f"{where}.wants", MOST_ITEMS)
            _check_balance(member.carry_over, f"{where}.carry_over")
            check_amount(member.labour, f"{where}.labour")
            for item, value in member.values.items():
                name = join(f"{where}.values", item)
                if item not in known:
                    raise UnknownItem(field=name, member=member.id, item=item)
                check_amount(value, name)


@dataclass(frozen=True, slots=True)
class Round:
    """What proves one round: the price of each item, and what was kept from whom.

    Prices are in points of `Season.worth`; an item not named has a price of 0. Withheld is what
    would have left another envious by more than one item.
    """

    prices: Mapping[str, int]
    withheld: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each gets, in the order of the rounds; and the rounds, where they are stated."""

    gets: Mapping[str, Sequence[str]]
    rounds: tuple[Round, ...] = ()

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every member with every item given to them."""
        return ((member, item) for member, items in self.gets.items() for item in items)


def _check_size(name: str, count: int, most: int) -> None:
    if count > most:
        raise SeasonTooLarge(field=name, count=count, most=most)


def _check_count(count: int, name: str, most: int) -> None:
    if not 0 <= count <= most:
        raise CountBelowZero(field=name, stated=count, most=most)


def _check_balance(amount: float, name: str) -> None:
    if not math.isfinite(amount):
        raise NotFinite(field=name)
    if abs(amount) > LARGEST:
        raise OutOfReach(
            field=name, stated=f"{amount:g}", smallest=f"{-LARGEST:g}", largest=f"{LARGEST:g}"
        )
