"""Kashkadarya: 426 surveyed fields in the dry week of 4 to 10 July 2016, from file to roster."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from coopfarm.land.actions import importing
from coopfarm.land.models import Outlet, Plot
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from coopfarm.members.models import Cooperative
from coopfarm.members.queries import cooperative
from coopfarm.planning.need.weather import Station
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, planner
from coopfarm.water.models import Rotation, Turn
from coopfarm.water.rules import RULES, Wish
from tests.conftest import Clock
from tests.factories.members import Visitor

HERE = ZoneInfo("Asia/Tashkent")
WEEK_MINUTES = 7 * 24 * 60
# Mid-season coefficients; every other crop takes nothing in this check.
COEFFICIENTS = {"cotton": 1.17, "orchard": 1.10, "alfalfa": 0.95, "vineyard": 0.70, "maize": 1.20}
WISH = Wish(
    starts_at=datetime(2016, 7, 4, tzinfo=HERE).astimezone(UTC),
    cycle_minutes=WEEK_MINUTES,
    supply=60.0,
    coefficients=COEFFICIENTS,
)

pytestmark = pytest.mark.xdist_group("kashkadarya")


@pytest.fixture
def cooperative_id(database: Database, clock: Clock) -> int:
    """The cooperative of Kashkadarya, in June 2016."""
    clock.now = datetime(2016, 6, 20, 8, tzinfo=UTC)
    with database.transaction() as session:
        home = Cooperative(name="Kashkadarya", timezone=HERE.key, locale="en_GB", made_at=clock.now)
        session.add(home)
        session.flush()
        return home.id


@pytest.fixture
def imported(
    database: Database, cooperative_id: int, clock: Clock, shared_data: Callable[[str], Path]
) -> None:
    """Plots, then the watercourses that water them, then the weather of two years."""
    with database.transaction(cooperative_id) as session:
        for name in ("kashkadarya_uz/plots.geojson", "kashkadarya_uz/watercourses_SYNTHETIC.csv"):
            _bring_in(session, shared_data(name), clock.now)
        konya = Station(latitude_deg=37.984, elevation_m=1031.0, wind_height_m=2.0)
        actions.set_station(session, "Konya", konya, actor_id=None, now=clock.now)
        text = shared_data("weather/konya_tr_2015_2016_full.csv").read_text("utf-8")
        actions.keep_weather(session, text, actor_id=None, now=clock.now)


def _bring_in(session: TenantSession, path: Path, now: datetime) -> None:
    reading = files.read(path.read_bytes(), Ask("plots"))
    upload = importing.keep_upload(
        session, "plots", path.name, b"", options={}, made_by=None, now=now
    )
    importing.import_(session, upload, reading, make_outlets=True, actor_id=None, now=now)
    session.flush()


def test_the_week_needs_and_gets_what_was_worked_out_by_hand(
    database: Database, cooperative_id: int, imported: None
) -> None:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        plots, outlets = (
            session.scalar(select(func.count()).select_from(table)) for table in (Plot, Outlet)
        )

        draft = planner.work_out(session, cooperative(session, cooperative_id), WISH)

    assert (plots, outlets) == (426, 9)
    assert draft.season.reference_mm == pytest.approx(59.57, rel=0.005)
    assert sum(need.need_m3 for need in draft.needs) == pytest.approx(1_142_997, abs=1)
    assert draft.problem.supply_m3 == pytest.approx(685_798, abs=1)
    assert sum(draft.plan.awards_m3.values()) == pytest.approx(685_798, abs=1)


def test_every_rule_is_certified_published_and_worked_out_again_the_same(
    database: Database, cooperative_id: int, imported: None, clock: Clock
) -> None:
    for rule in RULES:
        with database.transaction(cooperative_id) as session:
            plan = _published(session, rule, clock.now)

            assert plan.findings == []
            assert planner.departures(session, plan, planner.replay(plan)) == ()
            assert {*plan.comparison} == {*RULES}
            assert all(one["findings"] == 0 for one in plan.comparison.values())

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        states = session.scalars(select(Rotation.state).order_by(Rotation.version)).all()
        by_outlet = session.execute(
            select(Turn.outlet_id, func.min(Turn.starts_at), func.max(Turn.ends_at))
            .where(Turn.is_live)
            .group_by(Turn.outlet_id)
        ).all()
    assert states == ["superseded", "superseded", "superseded", "in_force"]
    assert len(by_outlet) == 9
    assert {(start, end) for _, start, end in by_outlet} == {(WISH.starts_at, WISH.ends_at)}


def _published(session: TenantSession, rule: str, now: datetime) -> Rotation:
    home = cooperative(session, session.cooperative_id or 0)
    wish = Wish.from_json(WISH.as_json() | {"rule": rule})
    draft = planner.compare(planner.work_out(session, home, wish), lambda *_: True)
    plan = planner.keep(session, draft, actor_id=None, now=now)
    actions.give_notice(session, plan, "A dry July.", actor_id=None, now=now)
    actions.put_in_force(session, plan, actor_id=None, now=now)
    return plan


def test_the_roster_is_printed_with_every_turn_of_the_nine_watercourses(
    database: Database,
    cooperative_id: int,
    imported: None,
    clock: Clock,
    visitor: Callable[..., Visitor],
) -> None:
    with database.transaction(cooperative_id) as session:
        plan_id = _published(session, "cea", clock.now).id
        turns = session.scalar(select(func.count()).select_from(Turn)) or 0
    officer = visitor("officer")

    sheet = officer.get(f"/water/plans/{plan_id}/roster")
    page = officer.get(f"/water/plans/{plan_id}")

    assert (sheet.status_code, page.status_code) == (200, 200)
    assert sheet.text.count("KD-") >= turns > 200
    assert "W9" in sheet.text
