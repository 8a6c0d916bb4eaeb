"""Canals that feed each other, and claims on what arrives from them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.rotation.canal_tree.network import Canal, check_canals, check_floors
from coopfarm.planning.rotation.claims import check_claims


class UnknownCanal(Invalid):
    """A claim on a canal that is not there."""

    code = "unknown-canal"
    words = N_(
        "%(field)s: %(id)s claims water from canal %(canal)s, which is not among the canals. "
        "Add that canal or name another."
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What one asks for at the end of a canal, its weight, and what is promised in any case."""

    id: str
    canal: str
    amount: float
    weight: float = 1.0
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A forest of canals and the claims they serve, all in one unit; refuses what cannot flow."""

    canals: tuple[Canal, ...]
    claims: tuple[Claim, ...]

    def __post_init__(self) -> None:
        check_canals(self.canals)
        check_claims(self.claims)
        self._check_places()
        floors: dict[str, float] = defaultdict(float)
        for claim in self.claims:
            floors[claim.canal] += claim.floor
        check_floors(self.canals, floors)

    def _check_places(self) -> None:
        known = {canal.id for canal in self.canals}
        for place, claim in enumerate(self.claims):
            if claim.canal not in known:
                raise UnknownCanal(field=f"claims[{place}].canal", id=claim.id, canal=claim.canal)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each gets, and what holds it there: the id of a full canal, "claim" or "floor"."""

    deliveries: Mapping[str, float]
    held_by: Mapping[str, str]
