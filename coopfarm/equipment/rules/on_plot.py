"""What is in the way of a machine on its plot: water, somebody else, or what was sprayed there."""

from datetime import datetime
from typing import Final, Protocol

from coopfarm.equipment.rules.refusals import PlotUnderWater
from coopfarm.kernel.calendar import PRE_HARVEST, RE_ENTRY
from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_

# Jobs that take a crop off its plot; the database names the same ones (`store.plot_locks`).
HARVESTS: Final = frozenset({"harvest", "mow", "thresh", "bale"})


class PlotNotToEnter(Conflict):
    """A machine has a driver, and nobody enters before the re-entry time is over."""

    code = "plot-re-entry"
    words = N_(
        "Plot %(plot)s was sprayed with %(product)s: nobody enters it before %(until)s. Choose "
        "hours after that, or another plot."
    )


class PlotNotToHarvest(Conflict):
    """What is harvested too early carries what was sprayed."""

    code = "plot-pre-harvest"
    words = N_(
        "Plot %(plot)s was sprayed with %(product)s: nothing is harvested there before %(until)s. "
        "Choose hours after that, or another plot."
    )


class OnPlot(Protocol):
    """A stretch of the calendar of a plot."""

    @property
    def kind(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def what(self) -> str: ...


def in_the_way(plot: str, time: OnPlot) -> Conflict:
    """What to say of a stretch in which a machine is not to be on a plot of this code."""
    if time.kind == RE_ENTRY:
        return PlotNotToEnter(plot=plot, product=time.what, until=time.ends_at)
    if time.kind == PRE_HARVEST:
        return PlotNotToHarvest(plot=plot, product=time.what, until=time.ends_at)
    return PlotUnderWater(plot=plot, starts=time.starts_at, ends=time.ends_at, calendar=time.kind)
