"""What a campaign did: of the plants counted before and after, how many still have the pest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

# Statistics of fewer households than these could be traced back to one of them.
LEAST_HOUSEHOLDS: Final = 5


class Tally(NamedTuple):
    """Plants looked at, and those with the pest."""

    plants: int
    infested: int


@dataclass(frozen=True, slots=True)
class Visited:
    """A plot that was counted before and after, and the household that farms it."""

    household: UUID
    before: Tally
    after: Tally

    @property
    def fall_percent(self) -> float | None:
        """How much less of the pest there is; None where there was none before."""
        return fall_percent(_share([self.before]), _share([self.after]))


@dataclass(frozen=True, slots=True)
class Effect:
    """Of plots together: their share of plants with the pest before and after, and the fall.

    `corrected_percent` compares with plots that did not take part, where any were counted.
    """

    plots: int
    households: int
    before_percent: float
    after_percent: float
    fall_percent: float | None
    corrected_percent: float | None
    other_households: int


def fall_percent(before: float, after: float) -> float | None:
    """By how much a share fell, in percent of what it was; None where it was nothing."""
    return 100.0 * (1.0 - after / before) if before > 0 else None


def effect_of(joined: Sequence[Visited], others: Sequence[Visited]) -> Effect | None:
    """What happened on the plots that took part; None where none was counted twice."""
    if not joined:
        return None
    before, after = _shares(joined)
    return Effect(
        plots=len(joined),
        households=len({one.household for one in joined}),
        before_percent=100.0 * before,
        after_percent=100.0 * after,
        fall_percent=fall_percent(before, after),
        corrected_percent=_corrected(joined, others),
        other_households=len({one.household for one in others}),
    )


def _corrected(joined: Sequence[Visited], others: Sequence[Visited]) -> float | None:
    """The fall beyond what befell the plots that did not take part."""
    if not others:
        return None
    (treated_before, treated_after), (other_before, other_after) = _shares(joined), _shares(others)
    if not (treated_before > 0 and other_before > 0 and other_after > 0):
        return None
    # Henderson and Tilton 1955, J. Econ. Entomol. 48:157: 100 (1 - Ta Cb / (Tb Ca)).
    return 100.0 * (1.0 - treated_after * other_before / (treated_before * other_after))


def shows_all(effect: Effect, *, took_part: bool, is_office: bool) -> bool:
    """Whether somebody reads what the campaign did; others only where many took part."""
    return is_office or took_part or effect.households >= LEAST_HOUSEHOLDS


def shows_others(effect: Effect, *, is_office: bool) -> bool:
    """Whether the comparison with those who did not take part may be read."""
    return is_office or effect.other_households >= LEAST_HOUSEHOLDS


def _shares(visited: Sequence[Visited]) -> tuple[float, float]:
    return _share([one.before for one in visited]), _share([one.after for one in visited])


def _share(tallies: Sequence[Tally]) -> float:
    return sum(one.infested for one in tallies) / sum(one.plants for one in tallies)
