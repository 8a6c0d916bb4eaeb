"""What stands in the calendar of a member, or of a machine, for other programs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Feed, Machine, MachineTime, Upkeep
from coopfarm.equipment.rules.feeds import BEHIND, Entry, span
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.models import Plot, PlotTime
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.members.queries.calendar import of_people
from coopfarm.store.base import same_row
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

MY_BOOKING = Phrase("feed:booking", N_("%(machine)s: %(job)s"))
MY_TIME = Phrase("feed:planned", N_("%(calendar)s"))
ITS_BOOKING = Phrase("feed:of-machine", N_("%(job)s: %(who)s"))
ITS_UPKEEP = Phrase("feed:upkeep", N_("workshop: %(words)s"))
_SHOWN: Final = ("requested", "confirmed", "out", "returned", "settled")
_OFF: Final = ("cancelled", "declined", "no_show")


def by_token(session: TenantSession, token_hash: str) -> Feed | None:
    """The feed that has this secret, whichever cooperative's; from then on the session's.

    Who is signed in at another cooperative has no feed there: the session stays where it is.
    """
    here = session.cooperative_id
    session.show_token(token_hash)
    query = select(Feed).where(Feed.token_hash == token_hash, Feed.revoked_at.is_(None))
    found = session.scalar(query, execution_options=ALL_COOPERATIVES)
    if found is None or here not in (None, found.cooperative_id):
        return None
    session.cooperative_id = found.cooperative_id
    return found


def of_member(session: Session, member_id: UUID) -> Feed | None:
    """The feed of a member that is open now."""
    query = select(Feed).where(Feed.member_id == member_id, Feed.revoked_at.is_(None))
    return session.scalars(query.order_by(Feed.made_at.desc())).first()


def of_machine(session: Session, machine_id: UUID) -> Feed | None:
    """The feed of a machine that is open now."""
    query = select(Feed).where(Feed.machine_id == machine_id, Feed.revoked_at.is_(None))
    return session.scalars(query.order_by(Feed.made_at.desc())).first()


def entries_of_member(
    session: Session, member_id: UUID, now: datetime, *, latin: bool
) -> Sequence[Entry]:
    """Bookings with what was given up of them, and whatever else stands in the one calendar."""
    during = span(now)
    booked = _booked(session, member_id, now)
    machines = _machines(session, [one.id for one in booked])
    plots = _plots(session, [one.plot_id for one in booked if one.plot_id])
    found = [
        Entry(
            id=one.id,
            kind="booking",
            during=one.during,
            summary=MY_BOOKING(machine=_names(machines.get(one.id, ()), latin=latin), job=one.job),
            edition=one.edition,
            changed_at=one.ended_at or one.decided_at or one.made_at,
            place=plots.get(one.plot_id, "") if one.plot_id else "",
            status=_status(one),
        )
        for one in booked
    ]
    found += _others(session, member_id, during)
    return sorted(found, key=lambda entry: (entry.during.start, entry.id))


def _booked(session: Session, member_id: UUID, now: datetime) -> Sequence[Booking]:
    during = span(now)
    query = select(Booking).where(
        Booking.member_id == member_id,
        Booking.starts_at < during.end,
        Booking.ends_at > during.start,
    )
    return [one for one in session.scalars(query) if _is_shown(one, now)]


def _is_shown(booking: Booking, now: datetime) -> bool:
    """What was given up is said for as long as any program may need to hear of it."""
    ended_at = booking.ended_at or booking.made_at
    return booking.state in _SHOWN or (booking.state in _OFF and ended_at > now - BEHIND)


def _status(booking: Booking) -> str:
    if booking.state in _OFF:
        return "CANCELLED"
    return "TENTATIVE" if booking.state == "requested" else "CONFIRMED"


def _others(session: Session, member_id: UUID, during: Interval) -> Iterator[Entry]:
    """Turns of water and what else others wrote into the calendar of people."""
    times = [one for one in of_people(session, [member_id], during) if one.kind != "booking"]
    query = (
        select(PlotTime.id, Plot.code)
        .join(Plot, same_row(Plot, PlotTime.plot_id, PlotTime))
        .where(PlotTime.id.in_([one.id for one in times]))
    )
    codes = {row.id: row.code for row in session.execute(query)}
    for one in times:
        yield Entry(
            id=one.id,
            kind=one.kind,
            during=Interval(one.starts_at, one.ends_at),
            summary=MY_TIME(calendar=one.kind),
            edition=0,
            changed_at=one.starts_at,
            place=codes.get(one.id, ""),
        )


def entries_of_machine(
    session: Session, machine_id: UUID, now: datetime, *, latin: bool
) -> Sequence[Entry]:
    """Who has the machine when, and when it is in the workshop."""
    during = span(now)
    query = (
        select(Booking, called(latin=latin), Plot.code)
        .join(MachineTime, _subject_of(machine_id))
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .outerjoin(Plot, same_row(Plot, Booking.plot_id, Booking))
        .where(Booking.starts_at < during.end, Booking.ends_at > during.start)
    )
    found = [
        Entry(
            id=booking.id,
            kind="booking",
            during=booking.during,
            summary=ITS_BOOKING(job=booking.job, who=name),
            edition=booking.edition,
            changed_at=booking.ended_at or booking.decided_at or booking.made_at,
            place=plot or "",
            status=_status(booking),
        )
        for booking, name, plot in session.execute(query)
        if _is_shown(booking, now)
    ]
    found += _workshop(session, machine_id, during)
    return sorted(found, key=lambda entry: (entry.during.start, entry.id))


def _workshop(session: Session, machine_id: UUID, during: Interval) -> Iterator[Entry]:
    query = select(Upkeep).where(
        Upkeep.machine_id == machine_id,
        Upkeep.starts_at < during.end,
        Upkeep.ends_at > during.start,
    )
    for one in session.scalars(query):
        is_off = one.state == "cancelled"
        yield Entry(
            id=one.id,
            kind="upkeep",
            during=Interval(one.starts_at, one.ends_at),
            summary=ITS_UPKEEP(words=one.words or "–"),
            edition=2 if is_off else 1,
            changed_at=one.done_at or one.made_at,
            status="CANCELLED" if is_off else "CONFIRMED",
        )


def _subject_of(machine_id: UUID) -> ColumnElement[bool]:
    return and_(
        MachineTime.cooperative_id == Booking.cooperative_id,
        MachineTime.subject_id == Booking.id,
        MachineTime.machine_id == machine_id,
    )


def _machines(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Machine]]:
    query = (
        select(MachineTime.subject_id, Machine)
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(MachineTime.subject_id.in_(ids))
        .order_by(Machine.kind.desc(), Machine.name)
    )
    found: dict[UUID, list[Machine]] = {}
    for subject_id, machine in session.execute(query):
        found.setdefault(subject_id, []).append(machine)
    return found


def _names(machines: Sequence[Machine], *, latin: bool) -> str:
    return " + ".join((one.name_latin if latin else "") or one.name for one in machines)


def _plots(session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]:
    found = session.execute(select(Plot.id, Plot.code).where(Plot.id.in_(ids)))
    return {row.id: row.code for row in found}
