"""How large a plot is: as drawn, as declared, and as it earns water."""

from dataclasses import dataclass

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import remarks

# Surveys and plane maps differ from the ellipsoid by well under this.
TOLERANCE = 0.02

M2_A_HECTARE = 10_000


@dataclass(frozen=True, slots=True)
class Areas:
    """Gross and net area in m², and what to say where they do not agree."""

    gross_m2: float
    net_m2: float
    warning: Sentence | None = None


def agreed(
    plot: str, drawn_m2: float, declared_m2: float | None, net_m2: float | None = None
) -> Areas:
    """Make one truth of the area drawn, the whole area declared and the net area declared.

    Net is never more than gross: a declared area up to 2 % larger than the drawn one is
    believed for both; a larger one is not. A net area may be any amount smaller.
    """
    said = net_m2 if net_m2 is not None else declared_m2
    if said is None:
        return Areas(drawn_m2, drawn_m2)
    facts: dict[str, str | float] = {
        "plot": plot,
        "declared_ha": _ha(said),
        "drawn_ha": _ha(drawn_m2),
    }
    if said > drawn_m2 * (1 + TOLERANCE):
        return Areas(drawn_m2, drawn_m2, remarks.DECLARED_LARGER(**facts))
    gross_m2 = max(drawn_m2, said)
    if net_m2 is None and said < drawn_m2 * (1 - TOLERANCE):
        return Areas(gross_m2, said, remarks.DECLARED_SMALLER(**facts))
    return Areas(gross_m2, said)


def _ha(m2: float) -> float:
    return round(m2 / M2_A_HECTARE, 4)
