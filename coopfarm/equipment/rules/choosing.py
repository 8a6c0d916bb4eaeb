"""At which hours machines are offered, where no rule of the cooperative says."""

from datetime import time
from typing import Final

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_

# Nobody is offered midnight first; who wants it writes the hours.
BY_DAYLIGHT: Final = (time(6), time(20))
LONGEST_BY_DAYLIGHT_MINUTES: Final = 14 * 60


class DayTooShort(Conflict):
    """What is left of the day does not hold the work."""

    code = "day-too-short"
    words = N_("%(machine)s: what is left of %(day)s is too short for %(minutes)s minutes.")
