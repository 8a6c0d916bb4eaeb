"""What every claim on water has to be, on one supply or on a tree of canals."""

import math
from collections.abc import Sequence
from typing import Protocol

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.quantities import check_amount, check_positive


class NothingClaimed(Invalid):
    """Nobody, or nobody with more than nothing, asks."""

    code = "nothing-claimed"
    words = N_("There is no claim above 0, so there is nothing to share. Give at least one.")


class FloorAboveClaim(Invalid):
    """More is promised than is asked for."""

    code = "floor-above-claim"
    words = N_(
        "%(field)s: the floor of %(id)s is %(floor)s, more than the claim of %(amount)s. "
        "Lower the floor or raise the claim."
    )


class Asking(Protocol):
    """An amount asked for, the weight of the asking, and what is promised whatever happens."""

    @property
    def id(self) -> str: ...
    @property
    def amount(self) -> float: ...
    @property
    def weight(self) -> float: ...
    @property
    def floor(self) -> float: ...


def check_claims(claims: Sequence[Asking]) -> None:
    """Refuse claims without number or name, floors above the claim, and claims of nothing."""
    check_ids((claim.id for claim in claims), "claims")
    for place, claim in enumerate(claims):
        _check_claim(claim, f"claims[{place}]")
    if not any(claim.amount for claim in claims):
        raise NothingClaimed(field="claims")


def claimed_in_all(claims: Sequence[Asking]) -> float:
    return math.fsum(claim.amount for claim in claims)


def floors_in_all(claims: Sequence[Asking]) -> float:
    return math.fsum(claim.floor for claim in claims)


def _check_claim(claim: Asking, where: str) -> None:
    check_amount(claim.amount, f"{where}.amount")
    check_positive(claim.weight, f"{where}.weight")
    check_amount(claim.floor, f"{where}.floor")
    if claim.floor > claim.amount:
        raise FloorAboveClaim(
            field=f"{where}.floor", id=claim.id, floor=claim.floor, amount=claim.amount
        )
