"""Where a job fits between what a machine has to do already, the road and the cleaning among it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.rounds import SharedOut
from coopfarm.equipment.rules.waiting import MachineHeld
from coopfarm.equipment.rules.work import Rig, Spot, travel
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch a machine is busy for, as it is stored: its cleaning is in it.

    `held_until` is set where it is only held, for whoever is next on the waiting list;
    `is_shared` where it is kept for a round that shares the season out.
    """

    during: Interval
    spot: Spot | None
    who: str
    held_until: datetime | None = None
    is_shared: bool = False


def stretch(rig: Rig, during: Interval) -> Interval:
    """How long the machine is taken for a job: the work, and cleaning it afterwards."""
    return Interval(during.start, during.end + timedelta(minutes=rig.cleaning_minutes))


def clash(rig: Rig, during: Interval, spot: Spot | None, taken: Sequence[Taken]) -> Refusal | None:
    """What stands in the way of a job on one machine, or nothing.

    `taken` holds at least all that touches the job and the nearest before and after it.
    """
    whole = stretch(rig, during)
    for one in taken:
        if one.during.overlaps(whole):
            return refusal_by(rig, one)
    for one in taken:
        needed = travel(rig, one.spot or rig.base, spot)
        is_before = one.during.end <= whole.start
        gap = whole.start - one.during.end if is_before else one.during.start - whole.end
        if gap < needed:
            # Cleaning is part of both stretches, and of what is told; a workshop needs none.
            cleaning = timedelta(minutes=rig.cleaning_minutes if one.who or not is_before else 0)
            return no.MachineUnreachable(
                machine=rig.name,
                who=one.who,
                starts=one.during.start,
                needed=round((needed + cleaning) / timedelta(minutes=1)),
                there=round((gap + cleaning) / timedelta(minutes=1)),
            )
    return None


def refusal_by(rig: Rig, one: Taken) -> Refusal:
    """What is said of a job in a stretch that a machine is busy, or held, for."""
    starts, ends = one.during.start, one.during.end
    if one.held_until is not None:
        return MachineHeld(machine=rig.name, starts=starts, ends=ends, until=one.held_until)
    if one.is_shared:
        return SharedOut(machine=rig.name, starts=starts, ends=ends)
    return no.MachineTaken(machine=rig.name, starts=starts, ends=ends, who=one.who)


@dataclass(frozen=True, slots=True)
class Frame:
    """Between which moments a slot may lie, at which hours of a day, and in which steps."""

    earliest: datetime
    latest: datetime
    zone: ZoneInfo
    hours: tuple[time, time] | None = None
    step: timedelta = timedelta(minutes=15)


def free(
    rig: Rig, length: timedelta, spot: Spot | None, taken: Sequence[Taken], frame: Frame
) -> Iterator[Interval]:
    """The stretches of this length that fit, each as early as its gap allows.

    Later ones in the same gap follow one another without a pause, so that three are three
    different offers. `taken` is in the order of time.
    """
    start = _next_step(frame.earliest, frame)
    while start + length <= frame.latest:
        opened = _opened(start, length, frame)
        if opened is None:
            return
        wanted = Interval(opened, opened + length)
        behind = _behind(rig, wanted, spot, taken)
        if behind is None:
            yield wanted
            behind = wanted.end
        start = _next_step(max(behind, opened + frame.step), frame)


def _behind(
    rig: Rig, wanted: Interval, spot: Spot | None, taken: Sequence[Taken]
) -> datetime | None:
    """The earliest moment after the first thing that is in the way, the road included."""
    whole = stretch(rig, wanted)
    for one in taken:
        road = travel(rig, one.spot or rig.base, spot)
        if one.during.start - road < whole.end and whole.start < one.during.end + road:
            return one.during.end + road
    return None


def _next_step(at: datetime, frame: Frame) -> datetime:
    """The next moment on a full step of the clock."""
    past = (at - datetime.min.replace(tzinfo=at.tzinfo)) % frame.step
    return at if not past else at + (frame.step - past)


def _opened(at: datetime, length: timedelta, frame: Frame) -> datetime | None:
    """The first moment from `at` on from which so long fits into the hours of a day."""
    if frame.hours is None:
        return at
    opens, closes = frame.hours
    here = at.astimezone(frame.zone)
    for ahead in range(3):
        day = here.date() + timedelta(days=ahead)
        first = datetime.combine(day, opens, frame.zone).astimezone(at.tzinfo)
        last = datetime.combine(day, closes, frame.zone).astimezone(at.tzinfo)
        begins = max(at, first)
        if begins + length <= last:
            return begins
    return None
