"""Which plots to scout first, by how near and how large the places are where a pest was seen."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from coopfarm.planning.quantities import NotFinite, check_amount, check_positive

FloatArray = NDArray[np.float64]
REACH: Final = 5.0  # in scales; beyond it an exponential kernel has 4 % of its weight


class Place(NamedTuple):
    """A plot by its id and its middle, in metres on a plane."""

    id: str
    x_m: float
    y_m: float


class Infestation(NamedTuple):
    """Where a pest was seen, on how much land, and how severe: 0 is none."""

    x_m: float
    y_m: float
    area_m2: float
    severity: float


Where = TypeVar("Where", Place, Infestation)


@dataclass(frozen=True, slots=True)
class Kernel:
    """How a pest spreads: per m² at a distance, 1 over the whole plane.

    `scale_m` is the pest's, and has to come from somewhere: there is no default. Exponential
    where `shape` is None, else Student's 2Dt, whose tail is fatter the nearer `shape` is to 1.
    """

    scale_m: float
    shape: float | None = None

    def __post_init__(self) -> None:
        check_positive(self.scale_m, "scale_m")
        if self.shape is not None:
            check_positive(self.shape - 1.0, "shape - 1")

    def per_m2(self, distance_m: FloatArray) -> FloatArray:
        """The kernel at these distances, 0 beyond `REACH` scales."""
        away = distance_m / self.scale_m
        if self.shape is None:
            # Nathan et al. 2012, Dispersal kernels: review; exponential.
            density = np.exp(-away) / (2 * math.pi * self.scale_m**2)
        else:
            # Clark et al. 1999, Ecology 80:1475; 2Dt.
            density = (self.shape - 1) / (math.pi * self.scale_m**2) * (1 + away**2) ** -self.shape
        return np.where(away <= REACH, density, 0.0)


def risk_of(
    plots: Sequence[Place], infestations: Sequence[Infestation], kernel: Kernel
) -> dict[str, float]:
    """The risk of each plot by its id, from 0 to below 1: for ranking, not a probability.

    Only what lies within `REACH` scales of a plot counts. Raises NotFinite and BelowZero.
    """
    _check(plots, infestations)
    cell_m = REACH * kernel.scale_m
    sources = _by_cell(infestations, cell_m)
    risks: dict[str, float] = {}
    for cell, members in _by_cell(plots, cell_m).items():
        pressure = _pressure(members, _around(cell, sources), kernel)
        # 1 - exp(-Σ s A k(d)): the chance that at least one arrives, were s A arrivals per k.
        risk = -np.expm1(-pressure)
        risks.update({plot.id: float(r) for plot, r in zip(members, risk, strict=True)})
    return {plot.id: risks[plot.id] for plot in plots}


def to_scout(risks: Mapping[str, float]) -> list[str]:
    """The plots at any risk, the highest first; equal ones by their id."""
    return sorted((id_ for id_, risk in risks.items() if risk > 0), key=lambda i: (-risks[i], i))


def _check(plots: Sequence[Place], infestations: Sequence[Infestation]) -> None:
    for plot in plots:
        if not (math.isfinite(plot.x_m) and math.isfinite(plot.y_m)):
            raise NotFinite(field=f"place of {plot.id}")
    for seen in infestations:
        if not (math.isfinite(seen.x_m) and math.isfinite(seen.y_m)):
            raise NotFinite(field="place of an infestation")
        check_amount(seen.area_m2, "area_m2")
        check_amount(seen.severity, "severity")


def _by_cell(places: Sequence[Where], cell_m: float) -> dict[tuple[int, int], list[Where]]:
    cells: dict[tuple[int, int], list[Where]] = defaultdict(list)
    for place in places:
        cells[math.floor(place.x_m / cell_m), math.floor(place.y_m / cell_m)].append(place)
    return cells


def _around(
    cell: tuple[int, int], sources: Mapping[tuple[int, int], list[Infestation]]
) -> list[Infestation]:
    """What was seen in a cell and the eight about it: all that is in reach."""
    x, y = cell
    near = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return [seen for where in near for seen in sources.get(where, ())]


def _pressure(plots: Sequence[Place], seen: Sequence[Infestation], kernel: Kernel) -> FloatArray:
    """Σ severity × area × kernel at each plot."""
    if not seen:
        return np.zeros(len(plots))
    at = np.array([(plot.x_m, plot.y_m) for plot in plots])
    found = np.array(seen, dtype=np.float64)
    apart = np.hypot(at[:, :1] - found[:, 0], at[:, 1:] - found[:, 1])
    return kernel.per_m2(apart) @ (found[:, 2] * found[:, 3])
