"""One thing at a time on a plot."""

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_


class PlotTaken(Conflict):
    """Something else is to happen on a plot in those hours."""

    code = "plot-taken"
    words = N_(
        "On one of these plots something else is to happen in those hours. Look at the calendar "
        "of the plot, and choose other hours."
    )
