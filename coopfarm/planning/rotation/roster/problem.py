"""A cycle of minutes and those who hold a title to them, head to tail."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.quantities import check_amount, check_limit

LONGEST_CYCLE: Final = 10_000_000  # minutes, nineteen years; beyond it a minute blurs in the sums
_LAST_DIGITS: Final = 1e-14  # of a cycle, lost when minutes are added up


class CycleNotPositive(Invalid):
    """No time to hand out."""

    code = "cycle-not-positive"
    words = N_(
        "A cycle of %(minutes)s minutes has no turns. Give whole minutes above 0: "
        "a week is 10,080, ten and a half days are 15,120."
    )


class CycleTooLong(Invalid):
    """More minutes than a roster can keep apart."""

    code = "cycle-too-long"
    words = N_("A cycle of %(minutes)s minutes is too long. Give at most %(most)s.")


class NoHolders(Invalid):
    """Nobody to hand minutes to."""

    code = "no-holders"
    words = N_("The roster has no holders. Give at least one.")


class NoShares(Invalid):
    """Nobody holds a share of the minutes."""

    code = "no-shares"
    words = N_("All shares are 0, so the cycle cannot be divided. Give at least one share above 0.")


class ShareWithoutWater(Invalid):
    """A holder with neither share nor allowance."""

    code = "share-without-water"
    words = N_(
        "%(field)s: %(id)s has a share of 0 and no allowance, so no turn. Give a share or filling "
        "minutes, or leave the holder out; filling minutes of 0 keep an empty row."
    )


class AllowancesFillCycle(Invalid):
    """Filling takes all the time there is."""

    code = "allowances-fill-cycle"
    words = N_(
        "Filling takes %(filling)s minutes and draining gives %(draining)s back: nothing of the "
        "%(minutes)s minutes of the cycle is left for the shares. Lengthen it or fill less."
    )


class TurnBelowZero(Invalid):
    """More is drained than the turn has."""

    code = "turn-below-zero"
    words = N_(
        "%(field)s: %(id)s would have a turn of %(turn)s minutes, because draining takes "
        "%(draining)s of them. Drain at most %(most)s."
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """A title to part of the cycle: a share in any unit, and minutes added or taken off.

    Filling (bharai) is time given to fill the channel, draining (jharai) is water already in it.
    Left out, an allowance is 0; a share of 0 needs one that is stated.
    """

    id: str
    share: float
    filling_minutes: float | None = None
    draining_minutes: float | None = None

    @property
    def extra_minutes(self) -> float:
        """What the turn has beside what the share earns; below 0 where more is drained."""
        return (self.filling_minutes or 0.0) - (self.draining_minutes or 0.0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One cycle in whole minutes and its holders from head to tail."""

    cycle_minutes: int
    holders: tuple[Holder, ...]

    def __post_init__(self) -> None:
        if self.cycle_minutes <= 0:
            raise CycleNotPositive(field="cycle_minutes", minutes=self.cycle_minutes)
        if self.cycle_minutes > LONGEST_CYCLE:
            raise CycleTooLong(
                field="cycle_minutes", minutes=self.cycle_minutes, most=LONGEST_CYCLE
            )
        _check_holders(self.holders)
        _check_turns(self.cycle_minutes, self.holders)


@dataclass(frozen=True, slots=True)
class Turn:
    """From `starts_at_minute` of the cycle, so many whole minutes; `exact_minutes` is the title."""

    id: str
    exact_minutes: float
    minutes: int
    starts_at_minute: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What one share earns, and the turns from head to tail."""

    minutes_per_share: float
    turns: tuple[Turn, ...]


def _check_holders(holders: Sequence[Holder]) -> None:
    if not holders:
        raise NoHolders(field="holders")
    check_ids((holder.id for holder in holders), "holders")
    for place, holder in enumerate(holders):
        _check_holder(holder, f"holders[{place}]")
    shares = math.fsum(holder.share for holder in holders)
    if not shares:
        raise NoShares(field="holders")
    check_limit(shares, "holders: the sum of shares")


def _check_holder(holder: Holder, where: str) -> None:
    check_amount(holder.share, f"{where}.share")
    check_amount(holder.filling_minutes or 0.0, f"{where}.filling_minutes")
    check_amount(holder.draining_minutes or 0.0, f"{where}.draining_minutes")
    no_allowance = holder.filling_minutes is None and holder.draining_minutes is None
    if not holder.share and no_allowance:
        raise ShareWithoutWater(field=f"{where}.share", id=holder.id)


def _check_turns(cycle_minutes: int, holders: Sequence[Holder]) -> None:
    filling = math.fsum(holder.filling_minutes or 0.0 for holder in holders)
    draining = math.fsum(holder.draining_minutes or 0.0 for holder in holders)
    to_share = cycle_minutes - filling + draining
    too_full = AllowancesFillCycle(
        field="cycle_minutes", minutes=cycle_minutes, filling=filling, draining=draining
    )
    if to_share <= 0:
        raise too_full
    shares = math.fsum(holder.share for holder in holders)
    for place, holder in enumerate(holders):
        turn = to_share / shares * holder.share + holder.extra_minutes
        if turn < -_LAST_DIGITS * cycle_minutes:
            most = _most_draining(holder, to_share, holder.share / shares)
            if most is None:
                raise too_full
            raise TurnBelowZero(
                field=f"holders[{place}].draining_minutes",
                id=holder.id,
                turn=turn,
                draining=holder.draining_minutes,
                most=most,
            )


def _most_draining(holder: Holder, to_share: float, part: float) -> float | None:
    """The draining that leaves a turn of 0; None where even none at all would not.

    What is drained comes back to all by their shares, so a `part` of it to this holder.
    """
    without = to_share - (holder.draining_minutes or 0.0)
    undrained = without * part + (holder.filling_minutes or 0.0)
    return undrained / (1 - part) if undrained >= 0 and part < 1 else None
