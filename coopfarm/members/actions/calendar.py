"""Writing into the calendar of people. No function here commits."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import Entry
from coopfarm.members.models import PersonTime
from coopfarm.members.rules.calendar import PersonTaken
from coopfarm.store.guards import kept_by


def write(session: Session, entries: Iterable[Entry], *, name: str = "") -> None:
    """Put entries of members into the calendar. Raises PersonTaken where two hard ones meet."""
    for entry in entries:
        session.add(
            PersonTime(
                id=entry.id,
                member_id=entry.of,
                kind=entry.kind,
                starts_at=entry.during.start,
                ends_at=entry.during.end,
                is_hard=entry.is_hard,
            )
        )
    with kept_by("person_times_no_overlap", PersonTaken(name=name)):
        session.flush()


def erase(session: Session, ids: Sequence[UUID]) -> None:
    """Take out what was written for these rows."""
    session.execute(
        delete(PersonTime).where(PersonTime.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
