"""The season of the village: a round to read, one to wish in, and a campaign to look at."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopfarm.cli import village, village_machines, village_season
from coopfarm.config import Settings
from coopfarm.equipment.models import Booking, Campaign, Round, SeasonShare, Stop
from coopfarm.equipment.planner import rounds
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock


@pytest.fixture
def shared(database: Database, settings: Settings, clock: Clock) -> Iterator[TenantSession]:
    settled = village.settle(database, settings, clock.now)
    with database.transaction(settled.cooperative_id) as session:
        village_machines.park(session, clock.now)
        before = len(session.scalars(select(Booking.id)).all())
        village_season.share(session, clock.now)
        assert len(session.scalars(select(Booking.id)).all()) == before
        yield session


def test_the_village_has_a_season_to_look_at(shared: TenantSession, clock: Clock) -> None:
    past, ahead = shared.scalars(select(Round).order_by(Round.number)).all()

    shares = shared.scalars(select(SeasonShare)).all()
    assert (past.state, ahead.state) == ("published", "open")
    assert ahead.deadline_at > clock.now + timedelta(days=7)
    assert past.is_certified
    assert rounds.replay(past).outcome == past.outcome
    assert {len(one.days) for one in shares} == {1, 2}
    assert all(one.reasons for one in shares)

    (campaign,) = shared.scalars(select(Campaign)).all()
    stops = shared.scalars(select(Stop)).all()
    assert (campaign.state, campaign.is_certified) == ("draft", True)
    assert sum(one.machine_id is not None for one in stops) >= 6
    assert {one.booking_id for one in stops} == {None}
