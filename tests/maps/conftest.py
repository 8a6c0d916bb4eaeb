"""A small village on the equator, in the middle of a rotation."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from coopfarm.land.models import Plot
from coopfarm.members.models import Cooperative, Member
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import Allotment, Rotation, Turn
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.land.making import line, make_canal, make_outlet, make_plot, point, square

HOLDERS = ("سلمى حسن", "Hamid Omar", "Yusuf & Sons", "Mariam Farag", "Karim Ali")
# Need and award of each plot, m³, head to tail.
WATER = ((100.0, 12.0), (100.0, 48.0), (100.0, 79.9), (50.0, 50.0), (0.0, 0.0))


@pytest.fixture
def village(database: Database, cooperative_id: int, clock: Clock) -> None:
    """Five plots: one had its turn, one has it, one is next, one waits, one needs nothing."""
    with database.transaction(cooperative_id) as session:
        plots = lay_out(session)
        plan = make_rotation(session, clock.now - timedelta(hours=2))
        for place, (plot, (need_m3, award_m3)) in enumerate(zip(plots, WATER, strict=True)):
            about = {"rotation_id": plan.id, "plot_id": plot.id, "member_id": plot.holder_id}
            session.add(Allotment(need_m3=need_m3, award_m3=award_m3, reasons=[], **about))
            if need_m3:
                starts_at = plan.starts_at + timedelta(minutes=90 * place)
                ends_at = starts_at + timedelta(minutes=90)
                turn = Turn(place=place + 1, starts_at=starts_at, ends_at=ends_at, **about)
                turn.outlet_id, turn.exact_minutes, turn.is_live = plot.outlet_id, 90.0, True
                session.add(turn)


def lay_out(session: TenantSession) -> list[Plot]:
    """A canal to the east with a branch to the north, and five plots along a watercourse."""
    main = make_canal(
        session, "K1", name="Nakhil", capacity_l_s=900.0, line=line((0, 0), (1000, 0))
    )
    branch = line((1000, 500), (1000, 0))
    make_canal(session, "K2", feeds_from_id=main.id, line=branch, flows_against_line=True)
    ditch = line((500, 0), (500, 600))
    outlet = make_outlet(
        session, "W1", name="Mill", canal_id=main.id, place=point(500), watercourse=ditch
    )
    return [
        make_plot(
            session,
            f"W1-{place:02}",
            outlet,
            place_from_head=place,
            holder_id=make_member(session, name=name).id,
            boundary=square(500, 110 * place),
        )
        for place, name in enumerate(HOLDERS, start=1)
    ]


def make_rotation(session: TenantSession, starts_at: datetime, **more: Any) -> Rotation:
    """A plan in force for a week, without turns."""
    values: dict[str, Any] = {
        "version": 1,
        "state": "in_force",
        "ends_at": starts_at + timedelta(days=7),
        "rule": "cea",
        "basis": "award",
        "need_m3": 350.0,
        "supply_m3": 200.0,
        "is_certified": True,
        "made_at": starts_at,
        "inputs_hash": "",
        "outcome_hash": "",
    }
    values |= {name: {} for name in ("inputs", "outcome", "comparison")}
    values |= {"findings": [], "notes": []}
    plan = Rotation(starts_at=starts_at, **(values | more))
    session.add(plan)
    session.flush()
    return plan


@pytest.fixture
def officer(visitor: Callable[..., Visitor]) -> Visitor:
    officer = visitor("officer", name="Nadia")
    officer.client.set_cookie("language", "en")
    return officer


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    manager = visitor("manager", name="Mona")
    manager.client.set_cookie("language", "en")
    return manager


@pytest.fixture
def neighbours(database: Database, clock: Clock) -> int:
    """Another cooperative beside ours, with one plot."""
    with database.transaction() as session:
        home = Cooperative(name="Zahr", timezone="UTC", locale="ar_EG", made_at=clock.now)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(home_id) as session:
        make_plot(session, "Z1", make_outlet(session), boundary=square(900, 200), crop="rice")
    return home_id


def serve_there(database: Database, home_id: int, officer: Visitor, here: int, state: str) -> None:
    """Have another cooperative ask the officer, who agreed or did not answer yet."""
    with database.transaction(here) as session:
        account_id = session.get_one(Member, (here, officer.member_id)).account_id
    with database.transaction(home_id) as session:
        make_member(session, "officer", number="O-1", state=state, account_id=account_id)
