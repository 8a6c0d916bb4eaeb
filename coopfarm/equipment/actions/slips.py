"""Work slips: drafted when a machine is back, signed by both sides, posted once.

No function here commits.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import entering
from coopfarm.equipment.models import Booking, WorkSlip
from coopfarm.equipment.queries import bookings, fleet, life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import slips as rules
from coopfarm.equipment.rules.work import Cost
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

# A second posting of the same slip: see `models.booking.Charge`.
_ONCE = "machine_charges"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the office found out about a slip that is not agreed on."""

    hours: float
    hectares: float
    kilometres: float
    words: str


def draft(session: Session, what: Kept, whose: Whose) -> WorkSlip:
    """The slip of a booking whose machines are back, from their meters; one that is there stays."""
    there = life.slip_of(session, what.booking.id)
    if there is not None:
        return there
    slip = WorkSlip(
        id=uuid4(), booking_id=what.booking.id, drafted_by=whose.by_id, drafted_at=whose.now
    )
    _fill(slip, what, rules.done(_uses(session, what), what.booking.area_m2))
    session.add(slip)
    session.flush()
    _note(session, "slip.draft", slip, whose)
    return slip


def sign(session: Session, slip_id: UUID, edition: int, whose: Whose) -> WorkSlip:
    """Sign for the member, or for the office where it is somebody else's; with both it is posted.

    Raises NotYourSlip, SlipNotInThatState, SlipChanged and Missing.
    """
    slip, booking = _held(session, slip_id, ("drafted",))
    if slip.edition != edition:
        raise rules.SlipChanged
    if whose.member_id == booking.member_id:
        slip.signed_by_member, slip.member_signed_at = whose.by_id, whose.now
    elif whose.is_office and whose.by_id != booking.member_id:
        slip.signed_by_office, slip.office_signed_at = whose.by_id, whose.now
    else:
        raise rules.NotYourSlip
    if slip.member_signed_at and slip.office_signed_at:
        slip.state = "countersigned"
    session.flush()
    _note(session, "slip.sign", slip, whose)
    if slip.state == "countersigned":
        post(session, slip_id, whose)
    return slip


def post(session: Session, slip_id: UUID, whose: Whose) -> WorkSlip:
    """Charge what is owed beyond the booking, once; the booking is settled and in the ledger.

    Raises SlipNotInThatState, Missing, and LimitReached of the ledger.
    """
    slip, booking = _held(session, slip_id, ("countersigned",))
    real = Cost(slip.money, slip.hours_owed)
    owed = rules.difference(real, Cost(booking.cost_money, booking.cost_hours))
    slip.state, slip.posted_at = "posted", whose.now
    booking.state, booking.edition = "settled", booking.edition + 1
    with kept_by(_ONCE, rules.SlipNotInThatState()):
        booked.charge(session, booking, owed, "slip", whose)
    entering.enter(session, booking, slip.id, whose)
    _note(session, "slip.post", slip, whose)
    return slip


def dispute(session: Session, slip_id: UUID, words: str, whose: Whose) -> WorkSlip:
    """Say what is not right; the office decides. Raises SlipWordsMissing and the like."""
    if not words:
        raise rules.SlipWordsMissing(field="words")
    slip, booking = _held(session, slip_id, ("drafted",))
    if whose.member_id != booking.member_id and not whose.is_office:
        raise rules.NotYourSlip
    slip.state, slip.words = "disputed", words
    _unsign(slip)
    _note(session, "slip.dispute", slip, whose)
    return slip


def decide(session: Session, slip_id: UUID, decision: Decision, whose: Whose) -> WorkSlip:
    """Put other figures into a slip, or the same, for both sides to sign anew.

    Raises NotYourSlip, SlipWordsMissing, SlipNotInThatState and Missing.
    """
    slip, booking = _held(session, slip_id, ("drafted", "disputed"))
    if not whose.is_office or whose.by_id == booking.member_id:
        raise rules.NotYourSlip
    if not decision.words:
        raise rules.SlipWordsMissing(field="words")
    what = life.kept(session, [booking])[0]
    before = _told(slip)
    _fill(slip, what, rules.Done(decision.hours, decision.hectares, decision.kilometres))
    slip.state, slip.words = "drafted", decision.words
    _unsign(slip)
    slip.signed_by_office, slip.office_signed_at = whose.by_id, whose.now
    _note(session, "slip.decide", slip, whose, before)
    return slip


def _held(session: Session, slip_id: UUID, states: tuple[str, ...]) -> tuple[WorkSlip, Booking]:
    """A slip and its booking, held in the order of all who act: the booking first."""
    booking_id = life.slip(session, slip_id).booking_id
    booking = bookings.booking(session, booking_id, for_update=True)
    slip = life.slip(session, slip_id, for_update=True)
    if slip.state not in states:
        raise rules.SlipNotInThatState
    return slip, booking


def _uses(session: Session, what: Kept) -> list[rules.Use]:
    handed = life.hand_overs(session, what.booking.id)
    pairs = (
        (machine, handed.get((machine.id, "out")), handed.get((machine.id, "back")))
        for machine in what.machines
    )
    return [
        rules.Use(machine.meter, out.at, back.at, out.meter_reading, back.meter_reading)
        for machine, out, back in pairs
        if out and back
    ]


def _fill(slip: WorkSlip, what: Kept, done: rules.Done) -> None:
    cost = rules.real_cost(tuple(fleet.rig(machine) for machine in what.machines), done)
    slip.hours, slip.hectares, slip.kilometres = done.hours, done.hectares, done.kilometres
    slip.money, slip.hours_owed = cost.money, cost.hours
    # A new row has no edition before it is written.
    slip.edition = (slip.edition or 0) + 1


def _unsign(slip: WorkSlip) -> None:
    slip.signed_by_member = slip.signed_by_office = None
    slip.member_signed_at = slip.office_signed_at = None


def _note(
    session: Session,
    verb: str,
    slip: WorkSlip,
    whose: Whose,
    before: dict[str, object] | None = None,
) -> None:
    session.flush()
    member_id = bookings.booking(session, slip.booking_id).member_id
    audit.record(
        session,
        verb,
        slip,
        actor_id=whose.by_id,
        at=whose.now,
        before=before,
        after=_told(slip),
        on_behalf_of=member_id if whose.by_id != member_id else None,
    )


def _told(slip: WorkSlip) -> dict[str, object]:
    return {
        "booking": str(slip.booking_id),
        "state": slip.state,
        "hours": slip.hours,
        "hectares": slip.hectares,
        "kilometres": slip.kilometres,
        "money": slip.money,
        "hours_owed": slip.hours_owed,
        **({"words": slip.words} if slip.words else {}),
    }
