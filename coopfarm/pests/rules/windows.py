"""What is in the way of putting a predicted window into the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

_WIDTH, _HEIGHT = 600.0, 200.0


class NoWindow(Invalid):
    """The event is not reached by what is known."""

    code = "no-window-predicted"
    words = N_(
        "%(field)s: by the temperatures that are stored the event is not reached, so there is no "
        "window to put down. Choose another day, or enter more weather."
    )


class NoPlotsOfCrop(Invalid):
    code = "no-plots-of-crop"
    words = N_("%(field)s: no plot has this crop now. Choose another one.")


@dataclass(frozen=True, slots=True)
class Curve:
    """A running total as a path, and the height at which it gets to its target, in px."""

    path: str
    target_y: float
    width: float = _WIDTH
    height: float = _HEIGHT


def curve(totals: Sequence[float], target: float, *, rtl: bool = False) -> Curve:
    """Totals from left to right, or the other way where the page is read so."""
    top = max(target, totals[-1] if totals else 0.0) * 1.1
    step = _WIDTH / max(len(totals) - 1, 1)
    across = [_WIDTH - place * step if rtl else place * step for place in range(len(totals))]
    down = [_HEIGHT * (1 - total / top) for total in totals]
    points = [f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True)]
    return Curve(f"M{' '.join(points)}" if points else "", round(_HEIGHT * (1 - target / top), 1))
