"""Who did what: written with the act, or not at all."""

from datetime import timedelta

from sqlalchemy import select

from coopfarm.members.models import Household
from coopfarm.store import audit
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import make_member


def test_an_act_is_written_down_with_who_for_whom_when_before_and_after(
    session: TenantSession, clock: Clock
) -> None:
    clerk, farmer = make_member(session, name="Mariam"), make_member(session, name="Hamid")
    house = Household(name="The Nassars")
    session.add(house)
    session.flush()

    audit.record(
        session,
        "household.rename",
        house,
        actor_id=clerk.id,
        on_behalf_of=farmer.id,
        at=clock.now,
        before={"name": "Nassar"},
        after={"name": "The Nassars"},
    )
    session.flush()
    session.expire_all()

    event = session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.subject_kind) == ("household.rename", "Household")
    assert event.subject_id == str(house.id)
    assert (event.actor_id, event.on_behalf_of) == (clerk.id, farmer.id)
    assert event.at == clock.now
    assert event.at.utcoffset() == timedelta(0)
    assert (event.before, event.after) == ({"name": "Nassar"}, {"name": "The Nassars"})


def test_an_act_that_is_undone_leaves_no_line(session: TenantSession, clock: Clock) -> None:
    house = Household(name="The Nassars")
    session.add(house)
    session.flush()
    audit.record(session, "household.make", house, actor_id=None, at=clock.now)

    session.rollback()

    assert session.scalars(select(AuditEvent)).all() == []
