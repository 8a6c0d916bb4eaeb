"""What a member owes for machines goes into the ledger: when a slip is posted, all at once."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules.work import Cost
from coopfarm.ledger import actions as ledger
from coopfarm.ledger.rules.units import from_wire

# Of one slip the money is one entry, and the hours of work are another.
_KIND_OF = {"money": "machine", "labour": "machine-work"}


def enter(session: Session, booking: Booking, slip_id: UUID, whose: Whose) -> None:
    """Enter everything that was charged for a booking. Raises LimitReached and the like."""
    charged = life.charged(session, booking.id)
    owed = Cost(charged.get("money", 0.0), charged.get("hours", 0.0))
    ledger.post_all(
        session,
        [*_deeds(session, booking, owed, whose, ("work-slip", slip_id))],
        by_id=whose.by_id,
        now=whose.now,
    )


def correct(session: Session, booking: Booking, owed: Cost, whose: Whose) -> None:
    """Enter what is charged, or given back, once the slip has been posted."""
    if booking.state == "settled":
        deeds = [*_deeds(session, booking, owed, whose)]
        ledger.post_all(session, deeds, by_id=whose.by_id, now=whose.now)


def _deeds(
    session: Session,
    booking: Booking,
    owed: Cost,
    whose: Whose,
    source: tuple[str, UUID] | None = None,
) -> Iterator[ledger.Deed]:
    machine = life.one(session, booking.id).machine.named
    on = booking.starts_at.astimezone(whose.zone).date()
    facts = {"machine": str(machine), "machine_latin": machine.latin}
    for unit, kind in _KIND_OF.items():
        amount = from_wire(unit, owed.money if unit == "money" else owed.hours)
        if amount:
            lines = (
                ledger.Line("cooperative", amount),
                ledger.Line(booking.member_id, -amount),
            )
            yield ledger.Deed(unit, kind, lines, on, facts, source)
