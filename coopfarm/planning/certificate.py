"""What a judge says of a plan."""

from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.words import Sentence

# A plan written down with six significant digits still holds: rounding moves a number by at
# most 5 parts in a million.
TOLERANCE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Certificate:
    """The findings against a plan, in words; a plan without findings holds."""

    findings: tuple[Sentence, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Leeway:
    """How far a stated amount may lie from the true one and still be called the same."""

    floor: float

    @classmethod
    def of(cls, total: float, members: int) -> "Leeway":
        """For amounts that make up `total`: a millionth of their mean, beside their own 1e-5."""
        return cls(1e-6 * total / max(members, 1))

    def around(self, amount: float) -> float:
        return TOLERANCE * abs(amount) + self.floor
