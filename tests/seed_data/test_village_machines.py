"""The machines of the village: believable, ruled, and some of them booked this week."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopfarm.cli import village, village_files, village_machines
from coopfarm.config import Settings
from coopfarm.equipment.models import Booking, Kit, Machine, MachinePolicy, MachineTime
from coopfarm.equipment.queries import fleet
from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS
from coopfarm.equipment.rules.policy import policy_of
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock


@pytest.fixture
def parked(database: Database, settings: Settings, clock: Clock) -> Iterator[TenantSession]:
    settled = village.settle(database, settings, clock.now)
    with database.transaction(settled.cooperative_id) as session:
        village_machines.park(session, clock.now)
        yield session


def test_every_machine_has_words_for_what_it_is_and_does() -> None:
    rows = village_files.rows("machines.csv")

    assert Counter(row["category"] for row in rows)["tractor"] == 2
    assert {row["category"] for row in rows} <= set(CATEGORIES)
    assert {job for row in rows for job in row["jobs"].split()} <= set(JOBS)
    assert all(row["name"] and row["name_latin"] and row["lon"] for row in rows)


def test_work_rates_are_those_of_small_fields(parked: TenantSession) -> None:
    rates = {row.code: fleet.rig(row).rate_ha_h for row in fleet.machines(parked)}

    known = {code: round(rate, 2) for code, rate in rates.items() if rate}
    assert known == {
        "PL-1": 0.58,
        "PL-2": 0.97,
        "HA-1": 1.32,
        "SD-1": 1.23,
        "LL-1": 0.44,
        "CH-1": 1.05,
        "SP-1": 2.88,
    }


def test_the_week_has_bookings_of_several_machines_and_one_that_waits(
    parked: TenantSession, clock: Clock
) -> None:
    booked = parked.scalars(select(Booking)).all()

    assert len(booked) == len(village_files.whole("machinery.json")["bookings"])
    assert Counter(one.state for one in booked)["requested"] == 2
    assert all(clock.now < one.starts_at < clock.now + timedelta(days=14) for one in booked)
    times = parked.scalars(select(MachineTime.machine_id).where(MachineTime.is_live))
    assert len(set(times)) >= 8


def test_kits_are_of_machines_that_are_there(parked: TenantSession) -> None:
    kits = fleet.kits(parked)

    assert len(kits) == len(parked.scalars(select(Kit)).all()) == 6
    assert all(len(parts) == 2 for _, parts in kits)


def test_the_rules_in_force_let_a_long_harvest_wait_for_the_office(parked: TenantSession) -> None:
    rows = {row.category: row for row in parked.scalars(select(MachinePolicy))}

    combine = policy_of(1, "combine", rows["combine"].lines)
    assert [line.value for line in combine.lines if line.code == "approval"] == [360]
    assert policy_of(1, "", rows[""].lines).hours() == combine.hours()


def test_no_two_stickers_have_the_same_secret(parked: TenantSession) -> None:
    tags = parked.scalars(select(Machine.tag)).all()

    assert len(set(tags)) == len(tags) == 11
    assert all(len(tag) >= 20 for tag in tags)
