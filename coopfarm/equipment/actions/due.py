"""What is to be done at a moment and that nobody does: by a worker, or by the next request.

Doing it twice, or twice at once, changes nothing more: every duty looks again at what it holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import no_shows, overdue, waiting
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import life
from coopfarm.equipment.queries import waiting as line
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Duty:
    """What is done by itself: `moments` tell from when on it may be due, `is_due` whether it is.

    A moment is a scalar subquery; all of them are asked in one query.
    """

    moments: tuple[Any, ...]
    is_due: Callable[[Session, datetime], bool]
    do: Callable[[Session, datetime], int]


# Nobody coming frees machines before what is held is passed on.
DUTIES: Final = (
    Duty((life.SOMEBODY_AWAITED,), no_shows.is_due, no_shows.release),
    Duty((line.OFFER_ENDS, line.SPAN_ENDS), waiting.is_lapsing, waiting.lapse),
    Duty((life.UNREMINDED,), overdue.is_due, overdue.remind),
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """When nothing was found due, and until when nothing can be, as far as is known."""

    at: datetime
    until: datetime


# By database and cooperative. What others do meanwhile is seen after `_LOOK_EVERY`.
_looked: WeakKeyDictionary[Pool, dict[int, _Looked]] = WeakKeyDictionary()


_LOOK_EVERY: Final = timedelta(seconds=10)


def due(session: TenantSession, now: datetime) -> list[Duty]:
    """The duties that are due: one query where none is, and none where it was asked just now."""
    here = _looked.setdefault(session.connection().engine.pool, {})
    home = session.cooperative_id or 0
    last = here.get(home)
    if last is not None and last.at <= now < last.until:
        return []
    found, until = _ask(session, now)
    if found:
        here.pop(home, None)
    else:
        here[home] = _Looked(now, until)
    return found


def _ask(session: Session, now: datetime) -> tuple[list[Duty], datetime]:
    """The duties that are due now, and until when the others are not."""
    asked = [moment for duty in DUTIES for moment in duty.moments]
    # A query of cooperatives begins with one of their tables.
    row = session.execute(select(func.count(Booking.id), *asked).where(Booking.id.is_(None))).one()
    moments = iter(row[1:])
    soon = [(duty, [next(moments) for _ in duty.moments]) for duty in DUTIES]
    found = [
        duty
        for duty, told in soon
        if any(at is not None and at <= now for at in told) and duty.is_due(session, now)
    ]
    return found, min([now + _LOOK_EVERY, *(at for at in row[1:] if at is not None and at > now)])


def run(session: Session, now: datetime) -> int:
    """Do whatever is due for the session's cooperative; how many things were done."""
    return sum(duty.do(session, now) for duty in _ask(session, now)[0])


def perform(
    database: Database,
    cooperative_id: int,
    now: datetime,
    told: Callable[[TenantSession], Sequence[str]],
) -> list[str]:
    """Do whatever is due, each duty kept by itself; gives what `told` gave for each.

    Locks are taken in one order within a duty, and not across several.
    """
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        duties, _ = _ask(session, now)
    said: list[str] = []
    for duty in duties:
        with database.transaction(cooperative_id) as session:
            duty.do(session, now)
            said += told(session)
    return said
