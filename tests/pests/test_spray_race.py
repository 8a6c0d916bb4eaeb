"""A machine is booked while its plot is sprayed: one of both knows of the other."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar
from coopfarm.land.rules.calendar import PlotLocked
from coopfarm.pests.actions import sprays
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.queries import sprays as queries
from coopfarm.pests.rules.sprays import Label, Wish
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor

ROUNDS, PAUSE_S = 6, 0.05


def wish_for(plot_id: UUID, now: datetime, number: int) -> Wish:
    ended = now - timedelta(minutes=number)
    return Wish(
        plot_id=plot_id,
        product=f"Safi {number}",
        dose=1.0,
        dose_unit="l_ha",
        area_m2=None,
        wind_km_h=8.0,
        during=Interval(ended - timedelta(hours=1), ended),
        label=Label(1.0, 0.0, "Label of Safi, Delta Works", 2025),
    )


def together(*acts: Callable[[], object]) -> list[object]:
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@dataclass
class Field:
    """A plot that is sprayed and booked in the same moment, each act kept a moment later."""

    database: Database
    cooperative_id: int
    by_id: UUID
    plot_id: UUID
    clock: Clock

    def spray(self, number: int) -> set[UUID]:
        """What it found on the plot that has to move."""
        now = self.clock.now
        act = Act(self.by_id, frozenset({"member"}), now, ZoneInfo("Africa/Cairo"))
        with self.database.transaction(self.cooperative_id) as session:
            found = sprays.record(session, wish_for(self.plot_id, now, number), act)
            seen = {one.time.id for one in queries.planned(session, found)}
            time.sleep(PAUSE_S)
        return seen

    def book(self, booking_id: UUID) -> bool:
        now = self.clock.now
        during = Interval(now + timedelta(minutes=5), now + timedelta(minutes=30))
        try:
            with self.database.transaction(self.cooperative_id) as session:
                calendar.write(session, [Entry(booking_id, self.plot_id, "booking", during)])
                time.sleep(PAUSE_S)
        except PlotLocked:
            return False
        return True

    def bookings_nobody_knew_of(self, rounds: int) -> int:
        """How often a machine was let on the plot, and the record of the spraying said nothing."""
        found = 0
        for number in range(1, rounds + 1):
            booking_id = uuid4()
            seen, is_booked = together(partial(self.spray, number), partial(self.book, booking_id))
            found += (booking_id in seen) != is_booked
            self.clock.forward(hours=3)
        return found


@pytest.fixture
def field(
    database: Database,
    cooperative_id: int,
    amina: Visitor,
    plots: dict[str, UUID],
    clock: Clock,
) -> Field:
    return Field(database, cooperative_id, amina.member_id, plots["P1"], clock)


def test_no_booking_slips_in_while_its_plot_is_sprayed(field: Field) -> None:
    assert field.bookings_nobody_knew_of(ROUNDS) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_without_the_lock_on_the_plot_one_would(field: Field, onlooker: Database) -> None:
    with onlooker.engine.begin() as connection:
        written = connection.exec_driver_sql(
            "SELECT pg_get_functiondef('coopfarm_plot_times_locked'::regproc)"
        ).scalar_one()
        unlocked = re.sub(r"PERFORM pg_advisory_xact_lock\(.*\);", "", written)
        assert unlocked != written
        connection.exec_driver_sql(unlocked)

    assert field.bookings_nobody_knew_of(ROUNDS) > 0
