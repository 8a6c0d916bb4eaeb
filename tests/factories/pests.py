"""Pests for tests, on land that `tests.land.making` draws."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from coopfarm.pests.models import PestNumber, Sighting
from coopfarm.store.tenancy import TenantSession
from tests.land.making import point

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


def make_sighting(session: TenantSession, member_id: UUID, **more: Any) -> Sighting:
    """Armyworms, much of them, 50 m into the first plot, told at eight."""
    pest = more.pop("pest", "fall-armyworm")
    defaults = {
        "told_pest": pest,
        "pest": pest,
        "severity": 2,
        "counts": [],
        "place": point(50, 70),
        "seen_at": NOW,
        "made_at": NOW,
    }
    return _kept(session, Sighting(member_id=member_id, **(defaults | more)))


def make_number(
    session: TenantSession, kind: str, subject: str, numbers: dict[str, Any], **more: Any
) -> PestNumber:
    """A number of a source that is made up for tests."""
    defaults = {"source": "A book for tests", "source_year": 2020, "entered_at": NOW}
    row = PestNumber(kind=kind, subject=subject, numbers=numbers, **(defaults | more))
    return _kept(session, row)


def _kept(session: TenantSession, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
