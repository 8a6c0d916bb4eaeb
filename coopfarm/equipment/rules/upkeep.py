"""When a machine is due for upkeep, and that it is not booked past that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Rig
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_

_HOUR = timedelta(hours=1)


class UpkeepDueByMeter(Conflict):
    """What is booked already brings the meter to where the machine needs its upkeep."""

    code = "upkeep-due-by-meter"
    words = N_(
        "%(machine)s needs “%(upkeep)s” at %(limit)s on its meter. It stands at %(reading)s, and "
        "with what is booked this would bring it to %(expected)s. It can be booked again once "
        "the office has planned the upkeep."
    )


class UpkeepDueByDay(Conflict):
    """The day of the upkeep has come by then."""

    code = "upkeep-due-by-day"
    words = N_(
        "%(machine)s needs “%(upkeep)s” by %(limit)s, and this ends after that. It can be booked "
        "again once the office has planned the upkeep."
    )


class UpkeepWithoutMeasure(Invalid):
    """Upkeep comes after so many units of the meter, or days, or both."""

    code = "upkeep-without-measure"
    words = N_(
        "%(field)s: say after how many units of the meter, or after how many days, this is due."
    )


class UpkeepNameTaken(Conflict):
    code = "upkeep-name-taken"
    words = N_("%(field)s: this machine has upkeep of that name already. Choose another name.")


class UpkeepNotPlanned(Conflict):
    """It was done, or taken back."""

    code = "upkeep-not-planned"
    words = N_("This time in the workshop is %(upkeep_state)s. Plan another one.")


@dataclass(frozen=True, slots=True)
class Need:
    """One plan of upkeep with where its machine stands.

    `reading` is the meter's, and only machines whose meter counts hours or hectares are
    forecast (`counts`); `workshop` are the times already planned for it, in their order.
    """

    plan_id: UUID
    name: str
    counts: str
    reading: float
    every_units: float | None
    every_days: int | None
    done_at_reading: float
    done_on: date
    workshop: tuple[Interval, ...] = ()

    @property
    def due_reading(self) -> float | None:
        return None if self.every_units is None else self.done_at_reading + self.every_units

    @property
    def due_on(self) -> date | None:
        return None if self.every_days is None else self.done_on + timedelta(days=self.every_days)


def is_due(need: Need, today: date) -> bool:
    """Whether the upkeep should have been done by now."""
    by_meter = need.due_reading is not None and need.reading >= need.due_reading
    return by_meter or (need.due_on is not None and today > need.due_on)


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that a machine is asked for; `taken` is what it has to do already."""

    rig: Rig
    during: Interval
    taken: Sequence[Taken]
    now: datetime
    zone: ZoneInfo


def past_due(needs: Sequence[Need], asked: Asked) -> Refusal | None:
    """Why a job would go beyond what the machine may do before its upkeep, or nothing.

    The job counts to its end. A planned time in the workshop before it counts as done.
    """
    for need in needs:
        mended = [time.end for time in need.workshop if time.end <= asked.during.start]
        since = max(mended, default=None)
        refusal = _past_day(need, asked, since) or _past_reading(need, asked, since)
        if refusal is not None:
            return refusal
    return None


def _past_day(need: Need, asked: Asked, since: datetime | None) -> Refusal | None:
    limit = need.due_on
    if since is not None and need.every_days is not None:
        limit = since.astimezone(asked.zone).date() + timedelta(days=need.every_days)
    if limit is None or asked.during.end.astimezone(asked.zone).date() <= limit:
        return None
    return UpkeepDueByDay(machine=asked.rig.name, upkeep=need.name, limit=limit)


def _past_reading(need: Need, asked: Asked, since: datetime | None) -> Refusal | None:
    if need.every_units is None or need.due_reading is None:
        return None
    ahead = forecast(need.counts, asked, since)
    start, limit = need.reading, need.due_reading
    if since is not None:
        # At the workshop the meter will stand at what is booked until then.
        start = limit = need.reading + forecast(need.counts, asked, None) - ahead
        limit += need.every_units
    if start + ahead <= limit:
        return None
    return UpkeepDueByMeter(
        machine=asked.rig.name,
        upkeep=need.name,
        limit=round(limit, 1),
        reading=round(need.reading, 1),
        expected=round(start + ahead, 1),
    )


def forecast(counts: str, asked: Asked, since: datetime | None) -> float:
    """Units that the meter will count, from `since` or now, to the end of the job.

    Engine hours are those booked, hectares follow from the work rate; kilometres nobody foresees.
    """
    cleaning = timedelta(minutes=asked.rig.cleaning_minutes)
    lengths = [
        max(timedelta(0), one.during.length - cleaning)
        for one in asked.taken
        if one.who
        and max(asked.now, since or asked.now) < one.during.end
        and one.during.start < asked.during.start
    ]
    hours = sum(lengths, asked.during.length) / _HOUR
    rates = {"hours": 1.0, "hectares": asked.rig.rate_ha_h or 0.0}
    return hours * rates.get(counts, 0.0)
