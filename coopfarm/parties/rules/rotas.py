"""Rotas: what their slots weigh, what may be swapped, and how even the loads are."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

KINDS: Final = {
    "childcare": Phrase("rota:childcare", N_("childcare")),
    "secretary": Phrase("rota:secretary", N_("secretary")),
    "guard": Phrase("rota:guard", N_("guard")),
    "other": Phrase("rota:other", N_("something else")),
}
MOST_DAYS: Final = 200
MOST_SLOTS: Final = 600
HEAVY: Final = 2


class RotaUnusable(Invalid):
    code = "rota-unusable"
    words = N_(
        "%(field)s: a rota takes from 1 to %(days)s days, up to 4 hours of the day, and two "
        "members or more."
    )


class RotaPlanned(Conflict):
    code = "rota-planned"
    words = N_("Of this rota some slots have passed. Make a new one for the days to come.")


class SwapUneven(Invalid):
    """Only what weighs the same changes hands, so that loads stay even."""

    code = "rota-swap-uneven"
    words = N_(
        "A slot is swapped for one of somebody else in the same rota that weighs the same and is "
        "still to come."
    )


class SwapOver(Conflict):
    code = "rota-swap-over"
    words = N_("This was answered already, or one of the slots has changed hands since.")


class SlotAhead(Conflict):
    code = "rota-slot-ahead"
    words = N_("This turn is not over yet. Say so after %(ends)s.")


class SlotTold(Conflict):
    code = "rota-slot-told"
    words = N_("Of this turn it is said already whether it was done.")


class SlotNotYours(Conflict):
    code = "rota-slot-not-yours"
    words = N_(
        "Whoever has a turn says that it was done, and the office for everybody; that it was "
        "missed the office alone says."
    )


def check_told(state: str, ends_at: datetime, now: datetime) -> None:
    """Raise SlotTold or SlotAhead where nothing can be said of a slot, by its state and end."""
    if state != "assigned":
        raise SlotTold
    if now < ends_at:
        raise SlotAhead(ends=ends_at)


def slots_of(
    first_day: date, last_day: date, hours: Iterable[tuple[time, time, int]], zone: ZoneInfo
) -> list[tuple[Interval, int]]:
    """Each day's slots between two days with their weights; one that ends before it starts ends
    on the next day. Raises RotaUnusable."""
    days = (last_day - first_day).days + 1
    told = list(hours)
    if not 1 <= days <= MOST_DAYS or not told or days * len(told) > MOST_SLOTS:
        raise RotaUnusable(field="last_day", days=MOST_DAYS)
    found = []
    for ahead in range(days):
        day = first_day + timedelta(days=ahead)
        for starts, ends, weight in told:
            last = day if ends > starts else day + timedelta(days=1)
            opens = datetime.combine(day, starts, zone)
            found.append((Interval(opens, datetime.combine(last, ends, zone)), weight))
    return found


def loads(weights: Iterable[tuple[str, int]], members: Iterable[str]) -> Mapping[str, int]:
    """What each member carries: the weights of their slots."""
    found = dict.fromkeys(members, 0)
    for member, weight in weights:
        found[member] += weight
    return found


def gap(carried: Mapping[str, int]) -> int:
    """How much more the most loaded member carries than the least."""
    return max(carried.values()) - min(carried.values()) if carried else 0
