"""A campaign is published, and shifted by the weather. No function here commits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import changing
from coopfarm.equipment.actions.kept_days import Hours
from coopfarm.equipment.actions.rounds import write_down
from coopfarm.equipment.models import Booking, Campaign, Stop
from coopfarm.equipment.queries import bookings, fleet
from coopfarm.equipment.queries import campaigns as known
from coopfarm.equipment.queries.campaigns import Visited
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.queries.times import spot_of
from coopfarm.equipment.rules import campaigns as rules
from coopfarm.equipment.rules.work import Rig, travel
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import Sentence
from coopfarm.members.actions import telling
from coopfarm.planning.fleet.campaign import weather
from coopfarm.planning.fleet.campaign.clock import WorkingClock

_MINUTE: Final = timedelta(minutes=1)
_DAYS_AFTER: Final = 14


def publish(session: Session, campaign_id: UUID, whose: Whose) -> Campaign:
    """Book every stop for its member and tell all of them; a plan it replaces ends.

    A stop that cannot be booked stays with its reason. Raises CampaignMovedOn, NotCertified.
    """
    found = known.campaign(session, campaign_id, for_update=True)
    if found.state != "draft":
        raise rules.CampaignMovedOn(campaign_state=found.state)
    if not found.is_certified:
        raise rules.NotCertified
    _hold(session, known.stops(session, campaign_id))
    again = found.inputs.get("again")
    if again is not None:
        _replace(session, found, UUID(again["campaign_id"]), whose)
    for one in known.stops(session, campaign_id):
        if one.stop.booking_id is None:
            _book(session, found, one, whose)
    found.state, found.published_at = "published", whose.now
    found.edition += 1
    session.flush()
    write_down(session, "campaign.publish", found, whose, {"outcome": found.outcome_hash})
    return found


def _hold(session: Session, visits: Sequence[Visited]) -> None:
    """Hold members and machines, each in the order of their ids."""
    for member_id in sorted({one.member.id for one in visits if one.member}):
        booked.hold_member(session, member_id)
    machines = {one.machine.id for one in visits if one.machine}
    if machines:
        fleet.machines_by_id(session, machines, for_update=True)


def _replace(session: Session, found: Campaign, old_id: UUID, whose: Whose) -> None:
    """Hand on the bookings that stay as they are, and give up the others."""
    old = known.campaign(session, old_id, for_update=True)
    if old.state != "published":
        raise rules.CampaignMovedOn(campaign_state=old.state)
    before = {one.stop.plot_id: one.stop for one in known.stops(session, old_id)}
    for one in known.stops(session, found.id):
        was = before[one.stop.plot_id]
        one.stop.lost_minutes = was.lost_minutes
        if was.booking_id is None:
            continue
        booking = bookings.booking(session, was.booking_id)
        same = (was.machine_id, was.starts_at, was.ends_at)
        has_begun = booking.state != "confirmed"
        if has_begun or same == (one.stop.machine_id, one.stop.starts_at, one.stop.ends_at):
            one.stop.booking_id, was.booking_id = was.booking_id, None
        else:
            changing.cancel(
                session, booking.id, replace(whose, member_id=booking.member_id), old.name
            )
    old.state = "replaced"
    old.edition += 1
    session.flush()


def _book(session: Session, found: Campaign, one: Visited, whose: Whose) -> None:
    stop = one.stop
    if stop.member_id is None:
        return
    if stop.machine_id is None or stop.starts_at is None or stop.ends_at is None:
        said = rules.LEFT_OUT(campaign=found.name, plot=one.plot.code)
        telling.tell(session, telling.Notice(stop.member_id, said))
        return
    during = Interval(stop.starts_at, stop.ends_at)
    wanted = Wanted((stop.machine_id,), found.job, during, stop.plot_id, "", found.name)
    try:
        made = booked.book(session, wanted, replace(whose, member_id=stop.member_id))
    except Conflict as refusal:
        said = rules.STOP_NOT_BOOKED(why=refusal.sentence)
        stop.reasons = [*stop.reasons, said.as_json()]
        telling.tell(session, telling.Notice(stop.member_id, said))
        return
    made.reasons = [*made.reasons, *stop.reasons]
    stop.booking_id = made.id
    session.flush()
    _tell(session, found, one, during, stop.member_id)


def _tell(
    session: Session, found: Campaign, one: Visited, during: Interval, member_id: UUID
) -> None:
    said = rules.COMES(
        campaign=found.name,
        machine=one.machine.named if one.machine else "",
        plot=one.plot.code,
        starts=during.start,
        ends=during.end,
    )
    telling.tell(session, telling.Notice(member_id, said, during.end))


def no_go(
    session: Session, campaign_id: UUID, closed: Interval, hours: Hours, whose: Whose
) -> list[Stop]:
    """Nobody can work in these hours: every booking of the campaign moves on, in its order.

    Gives the stops that lost time, with the minutes. Raises CampaignMovedOn,
    BeyondWorkingHours and what stands in the way of a booking at its new hours.
    """
    found = known.campaign(session, campaign_id, for_update=True)
    if found.state != "published":
        raise rules.CampaignMovedOn(campaign_state=found.state)
    visits = [one for one in known.stops(session, campaign_id) if one.stop.booking_id]
    _hold(session, visits)
    days = (found.last_day - found.first_day).days + 1 + _DAYS_AFTER
    clock = WorkingClock.daily(hours.zone, found.first_day, days, hours.opens, hours.closes)
    lost: list[Stop] = []
    for machine_id in sorted({one.machine.id for one in visits if one.machine}):
        queue = [one for one in visits if one.stop.machine_id == machine_id]
        lost += _shift(session, queue, closed, clock, whose)
    told = {"from": closed.start.isoformat(), "to": closed.end.isoformat(), "moved": len(lost)}
    write_down(session, "campaign.no-go", found, whose, told)
    return lost


def _shift(
    session: Session,
    queue: Sequence[Visited],
    closed: Interval,
    clock: WorkingClock,
    whose: Whose,
) -> list[Stop]:
    """Move the queue of one machine, the last first, so that none runs into the next."""
    waiting = {str(one.id): (one, rig) for one, rig in _to_move(session, queue, closed)}
    ways = _ways(session, [one for one, _ in waiting.values()], queue)
    asked = [
        weather.Booked(name, Interval(one.starts_at - ways[one.id], one.ends_at + _cleaning(rig)))
        for name, (one, rig) in waiting.items()
    ]
    moved = []
    for shifted in reversed(weather.shift(asked, closed, clock)):
        one, rig = waiting[shifted.id]
        start = _after(shifted.stretches, ways[one.id])
        during = Interval(start, shifted.stretches[-1].end - _cleaning(rig))
        if during != one.during:
            said = weather.explain(shifted, closed)
            moved.append(_move(session, one, during, said, whose))
    return moved


def _to_move(
    session: Session, queue: Sequence[Visited], closed: Interval
) -> Iterator[tuple[Booking, Rig]]:
    for one in queue:
        if one.stop.booking_id is None or one.machine is None:
            continue
        booking = bookings.booking(session, one.stop.booking_id)
        if booking.state == "confirmed" and booking.ends_at > closed.start:
            yield booking, fleet.rig(one.machine)


def _ways(
    session: Session, waiting: Sequence[Booking], queue: Sequence[Visited]
) -> dict[UUID, timedelta]:
    """How long the machine is on the road before each booking, from the stop before it."""
    ways: dict[UUID, timedelta] = {}
    before = None
    for one in queue:
        spot = spot_of(one.plot.boundary)
        if one.machine is not None and one.stop.booking_id is not None:
            rig = fleet.rig(one.machine)
            ways[one.stop.booking_id] = travel(rig, before or rig.base, spot)
        before = spot
    return {one.id: ways[one.id] for one in waiting}


def _cleaning(rig: Rig) -> timedelta:
    return timedelta(minutes=rig.cleaning_minutes)


def _after(stretches: Sequence[Interval], way: timedelta) -> datetime:
    """The moment after so much of the stretches."""
    for stretch in stretches:
        if way < stretch.length:
            return stretch.start + way
        way -= stretch.length
    return stretches[-1].start


def _move(
    session: Session, booking: Booking, during: Interval, said: Sentence, whose: Whose
) -> Stop:
    stop = known.stop_of_booking(session, booking.id)
    if stop is None:
        raise rules.CampaignMovedOn(campaign_state="published")
    stop.lost_minutes += max(round((during.start - booking.starts_at) / _MINUTE), 0)
    reason = rules.WEATHER_REASON
    changing.move(session, booking.id, during, whose, override_reason=reason)
    stop.starts_at, stop.ends_at = during.start, during.end
    stop.reasons = [*stop.reasons, said.as_json()]
    booking.reasons = [*booking.reasons, said.as_json()]
    session.flush()
    telling.tell(session, telling.Notice(booking.member_id, said, during.end))
    return stop
