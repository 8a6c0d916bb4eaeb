"""A machine is booked while its plot is sprayed: one of both knows of the other."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

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

ROUNDS = 6


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


def test_no_booking_slips_in_while_its_plot_is_sprayed(
    database: Database,
    cooperative_id: int,
    amina: Visitor,
    plots: dict[str, UUID],
    clock: Clock,
) -> None:
    act = Act(amina.member_id, frozenset({"member"}), clock.now, ZoneInfo("Africa/Cairo"))

    def spray(number: int) -> set[UUID]:
        """What it found on the plot that has to move."""
        with database.transaction(cooperative_id) as session:
            found = sprays.record(session, wish_for(plots["P1"], clock.now, number), act)
            return {one.time.id for one in queries.planned(session, found)}

    def book(booking_id: UUID) -> bool:
        during = Interval(clock.now + timedelta(minutes=5), clock.now + timedelta(minutes=30))
        try:
            with database.transaction(cooperative_id) as session:
                entry = Entry(booking_id, plots["P1"], "booking", during)
                calendar.write(session, [entry])
        except PlotLocked:
            return False
        return True

    for number in range(1, ROUNDS + 1):
        booking_id = uuid4()

        seen, is_booked = together(partial(spray, number), partial(book, booking_id))

        assert (booking_id in seen) == is_booked
        clock.forward(hours=3)
        act = Act(act.by_id, act.roles, clock.now, act.zone)
