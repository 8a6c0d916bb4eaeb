"""Whether what was measured crosses a published threshold, and what is then proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

PROPOSAL_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "proposed": Phrase("proposal:proposed", N_("proposed")),
        "called": Phrase("proposal:called", N_("called")),
        "dismissed": Phrase("proposal:dismissed", N_("dismissed")),
    }
)


class DismissedWithoutReason(Invalid):
    code = "dismissed-without-reason"
    words = N_("%(field)s: say in a few words why nothing is done.")


class ProposalPastThat(Conflict):
    code = "proposal-past-that"
    words = N_("This proposal is decided already. Load the page again and look.")


class TrapCodeTaken(Conflict):
    code = "trap-code-taken"
    words = N_("%(field)s: there is a trap with this code already. Choose another one.")


class TrapCountUnusable(Invalid):
    code = "trap-count-unusable"
    words = N_(
        "%(field)s: give how many were caught, 0 or more, after how many nights, on a day that is "
        "not ahead and is not entered yet."
    )


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published threshold: for one crop or for any, for one stage or for any."""

    id: UUID
    crop: str
    stage: str
    measure: str
    value: float
    source: str
    source_year: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of a pest was found on a crop, by which measure, and by what."""

    pest: str
    crop: str
    measure: str
    value: float
    source_kind: str
    source_id: UUID


def crossed(measured: Measured, thresholds: Iterable[Threshold]) -> Threshold | None:
    """The threshold that is reached: one for this crop before one for any, the lowest first."""
    fitting = [
        one
        for one in thresholds
        if one.measure == measured.measure
        and one.crop in ("", measured.crop)
        and measured.value >= one.value
    ]
    return min(fitting, key=lambda one: (one.crop == "", one.value, str(one.id)), default=None)


def facts_of(measured: Measured, threshold: Threshold) -> dict[str, Any]:
    """What a proposal says: measured, compared with what, by whom published."""
    return {
        "value": round(measured.value, 2),
        "measure": measured.measure,
        "threshold": threshold.value,
        "stage": threshold.stage,
        "source": threshold.source,
        "source_year": threshold.source_year,
    }


def alarms(values: Sequence[float], threshold: float | None) -> bool:
    """Whether the latest of a series gets to its threshold."""
    return threshold is not None and bool(values) and values[-1] >= threshold
