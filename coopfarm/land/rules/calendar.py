"""One thing at a time on a plot, and nobody on it where it is locked after spraying."""

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_


class PlotTaken(Conflict):
    """Something else is to happen on a plot in those hours."""

    code = "plot-taken"
    words = N_(
        "On one of these plots something else is to happen in those hours. Look at the calendar "
        "of the plot, and choose other hours."
    )


class PlotLocked(Conflict):
    """A plot was sprayed while somebody chose hours on it."""

    code = "plot-locked"
    words = N_(
        "One of these plots was sprayed just now, and nobody may work on it in those hours. Look "
        "at the calendar of the plot, and choose later ones."
    )
