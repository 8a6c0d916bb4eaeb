"""What is to happen on a plot or to a person, as the capabilities tell each other."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase

# Each capability adds what it writes; everybody can say it.
KINDS: Final = {
    "turn": Phrase("calendar:turn", N_("water turn")),
    "booking": Phrase("calendar:booking", N_("machine booked")),
    "work_party": Phrase("calendar:work-party", N_("work party")),
    "rota": Phrase("calendar:rota", N_("turn of duty")),
    "spray": Phrase("calendar:spray", N_("spraying")),
    "pest_window": Phrase("calendar:pest-window", N_("a pest may appear: look at your plants")),
    "re_entry": Phrase("calendar:re-entry", N_("nobody may enter after spraying")),
    "pre_harvest": Phrase("calendar:pre-harvest", N_("nothing is harvested after spraying")),
}
# Locks of a sprayed plot. They tell of what was done, so that they are soft: they stop nothing
# that was there before them, and nothing is begun within them.
RE_ENTRY: Final = "re_entry"
PRE_HARVEST: Final = "pre_harvest"


def locks(*, harvests: bool) -> frozenset[str]:
    """What keeps somebody off a plot who harvests there, or does not."""
    return frozenset({RE_ENTRY, PRE_HARVEST}) if harvests else frozenset({RE_ENTRY})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that will happen to `of`, a plot or a member.

    Two hard entries never share a moment; soft ones only tell. `id` is that of the row it
    comes from (a turn, a booking), so that it can be taken out again. `what` names more of it
    as people do: the product that was sprayed.
    """

    id: UUID
    of: UUID
    kind: str
    during: Interval
    is_hard: bool = True
    what: str = ""
