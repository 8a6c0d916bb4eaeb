"""The village in the database: whole, of one cooperative, and open to those with a slip."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coopfarm.cli import village
from coopfarm.config import Settings
from coopfarm.land.models import Canal, Nakka, Outlet, Plot
from coopfarm.members import actions as members
from coopfarm.members import queries
from coopfarm.members.models import Account, Cooperative, Household, Member
from coopfarm.store.db import Database
from coopfarm.water.models import DayOfWeather, Scheme
from tests.conftest import Clock


@pytest.fixture
def settled(database: Database, settings: Settings, clock: Clock) -> village.Settled:
    return village.settle(database, settings, clock.now)


def test_the_whole_village_is_there(database: Database, settled: village.Settled) -> None:
    tables = (Household, Member, Canal, Outlet, Nakka, Plot, Scheme)
    with database.reading() as session:
        session.cooperative_id = settled.cooperative_id

        counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]

    assert counts == [120, 150, 6, 3, 56, 158, 3]
    assert (settled.households, settled.members, settled.plots) == (120, 150, 158)


def test_each_slip_opens_the_door_to_its_roles(
    database: Database, settled: village.Settled, settings: Settings, clock: Clock
) -> None:
    for slip in settled.sign_ins:
        with database.transaction(settled.cooperative_id) as session:
            admitted = members.sign_in(
                session, [slip.name], slip.secret, pepper=settings.pepper, now=clock.now
            )
            account = queries.accounts_named(session, [slip.name])[0]
            assert account is not None
            (who,) = queries.memberships(session, account)

            assert admitted.refusal is None
            assert f"{who.name} · {who.name_latin}" == slip.who
            assert queries.roles(session, who) == set(slip.roles)


def test_there_is_one_way_in_for_each_kind_of_person(settled: village.Settled) -> None:
    assert [slip.roles[0] for slip in settled.sign_ins] == [
        "member",
        "member",
        "manager",
        "water_master",
        "officer",
    ]


def test_secrets_differ_between_two_villages(
    database: Database, settings: Settings, clock: Clock, settled: village.Settled
) -> None:
    with database.transaction() as session:
        home = session.get(Cooperative, settled.cooperative_id)
        assert home is not None
        home.name = "Al-Nur, the older"
        for account in session.scalars(select(Account)):
            account.phone = account.phone and account.phone.replace("+20153", "+20154")
            account.login = account.login and f"older-{account.login}"

    again = village.settle(database, settings, clock.now)

    assert again.cooperative_id != settled.cooperative_id
    assert {s.secret for s in again.sign_ins}.isdisjoint(s.secret for s in settled.sign_ins)


def test_a_village_is_settled_once_and_a_second_try_leaves_no_trace(
    database: Database, settings: Settings, clock: Clock, settled: village.Settled
) -> None:
    with pytest.raises(IntegrityError):
        village.settle(database, settings, clock.now)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cooperative)) == 1


def test_plots_carry_the_crop_of_the_day(database: Database, settled: village.Settled) -> None:
    with database.transaction(settled.cooperative_id) as session:
        summer = _crop(session.scalars(select(Plot).where(Plot.code == "W3-12")).one())

        village.sow(session, date(2026, 2, 7))

        winter = _crop(session.scalars(select(Plot).where(Plot.code == "W3-12")).one())
    assert summer == ("cotton", date(2026, 3, 28))
    assert winter == ("berseem", date(2025, 10, 12))


def test_weather_reaches_two_months_past_today(
    database: Database, settings: Settings, clock: Clock
) -> None:
    clock.forward(days=400)

    settled = village.settle(database, settings, clock.now)

    with database.reading() as session:
        session.cooperative_id = settled.cooperative_id
        last = session.scalar(select(func.max(DayOfWeather.on_day)).select_from(DayOfWeather))
        assert last == clock.now.date() + village.AHEAD


def test_rows_have_the_same_ids_in_every_installation(
    database: Database, settled: village.Settled
) -> None:
    with database.reading() as session:
        session.cooperative_id = settled.cooperative_id

        amina = session.scalars(select(Member).where(Member.number == "M-001")).one()

    assert str(amina.id) == "2f292655-9122-5ed6-a885-fb4f235e7ec0"


def _crop(plot: Plot) -> tuple[str | None, date | None]:
    return plot.crop, plot.sown_on
