"""A dry week for tests: an outlet, a plot a member, weather, and plans of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from coopfarm.land.models import Nakka, Outlet, Plot
from coopfarm.members.queries import cooperative
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import DayOfWeather, Rotation, Turn, WeatherStation
from coopfarm.water.planner import Draft, keep, work_out
from coopfarm.water.rules import Wish

STARTS_AT = datetime(2026, 7, 4, 6, tzinfo=UTC)
WEEK_MINUTES = 7 * 24 * 60
ASKED = {"starts_at": STARTS_AT.isoformat(), "cycle_minutes": WEEK_MINUTES, "supply": 60}


def settle_week(
    session: TenantSession, holders: list[UUID], *, outlet: str = "O1", weather: bool = True
) -> Outlet:
    """An outlet with a plot of cotton for each holder, head to tail, and eight days of weather."""
    gate = Outlet(code=outlet, name="The gate by the mill", capacity_l_s=600.0)
    session.add(gate)
    session.flush()
    for place, holder in enumerate(holders, start=1):
        nakka = Nakka(outlet_id=gate.id, label=f"N{place}")
        session.add(nakka)
        session.flush()
        session.add(
            Plot(
                code=f"{outlet}-{place:02}",
                outlet_id=gate.id,
                nakka_id=nakka.id,
                place_from_head=place,
                holder_id=holder,
                gross_area_m2=10_000.0 * place,
                net_area_m2=9_000.0 * place,
                crop="cotton",
                sown_on=date(2026, 4, 10),
            )
        )
    if weather:
        _settle_weather(session)
    session.flush()
    return gate


def make_plan(session: TenantSession, *, supply: float = 60.0, **more: Any) -> Rotation:
    """A certified draft of the week of `STARTS_AT`."""
    draft = work_out_week(session, supply=supply, **more)
    plan = keep(session, draft, actor_id=None, now=STARTS_AT)
    session.flush()
    return plan


def work_out_week(session: TenantSession, **more: Any) -> Draft:
    """The week of `STARTS_AT` at 60 %, worked out and not kept."""
    wish = Wish(**{"starts_at": STARTS_AT, "cycle_minutes": WEEK_MINUTES, "supply": 60.0} | more)
    return work_out(session, cooperative(session, session.cooperative_id or 0), wish)


def make_turn(
    session: TenantSession,
    plan: Rotation,
    plot: Plot,
    starts_at: datetime,
    minutes: int,
    **more: Any,
) -> Turn:
    """One more turn of a plan, beside those it has; live unless said otherwise."""
    values = {"place": 900, "exact_minutes": float(minutes), "is_live": True} | more
    turn = Turn(
        rotation_id=plan.id,
        outlet_id=plot.outlet_id,
        plot_id=plot.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **values,
    )
    session.add(turn)
    return turn


def _settle_weather(session: TenantSession) -> None:
    station = WeatherStation(name="Al-Nur", latitude_deg=30.0, elevation_m=20.0)
    session.add(station)
    session.flush()
    session.add_all(
        DayOfWeather(
            station_id=station.id,
            on_day=STARTS_AT.date() + timedelta(days=day),
            measured={"eto_mm": 8.0, "rain_mm": 0.0},
        )
        for day in range(8)
    )
