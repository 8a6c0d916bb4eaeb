"""The village of Al-Nur (docs/village.md), from its files into the database."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from shapely import LineString, MultiPolygon, Point
from sqlalchemy import insert, select

from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.config import Settings
from coopfarm.land.models import Canal, Nakka, Outlet, Plot
from coopfarm.members import actions as members
from coopfarm.members.models import Cooperative, Household, Member, MemberRole
from coopfarm.store.base import OfCooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import DayOfWeather, Scheme, WeatherStation

# Weather is known up to this long after today, so that coming weeks can be planned.
AHEAD = timedelta(days=60)

# The same rows get the same ids everywhere, so the same week gets the same plan, byte for byte.
_IDS = UUID("5f0c6b1e-3d0a-4c39-9d0e-8b6a1f3c7e42")
# Accepted and without an account, so that coming in for the first time can be tried.
NEW_MEMBER = "M-150"
_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 (an alphabet, not a password)


class SignInSlip(NamedTuple):
    """What a person needs to try the demo: `name` is a phone number or a login."""

    who: str
    roles: tuple[str, ...]
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What was made, and how to get in. The secrets are kept nowhere else."""

    cooperative_id: int
    households: int
    members: int
    plots: int
    sign_ins: tuple[SignInSlip, ...]


def settle(database: Database, settings: Settings, now: datetime) -> Settled:
    """Make the village in one transaction: people, land, channels, crops of today and weather.

    `settings` has its secrets. Raises sqlalchemy.exc.IntegrityError where it exists already.
    """
    told = files.whole("cooperative.json")
    with database.transaction() as session:
        cooperative = _found(told, now)
        session.add(cooperative)
        session.flush()
        session.cooperative_id = cooperative.id
        people = files.rows("members.csv")
        households = _settle_people(session, people, told["roles"])
        _dig_channels(session)
        plots = _lay_out_plots(session)
        _open_outlets_to_turns(session, told["schemes"])
        today = now.astimezone(ZoneInfo(told["timezone"])).date()
        sow(session, today)
        _write_weather(session, told["station"], today + AHEAD)
        slips = tuple(_let_in(session, told, way, settings.pepper) for way in told["sign_ins"])
        return Settled(cooperative.id, households, len(people), plots, slips)


def sow(session: TenantSession, on: date) -> None:
    """Give every plot of the village the crop that stood on it on a day."""
    grown = {plot["code"]: plot for plot, _ in files.features("plots.geojson")}
    for plot in session.scalars(select(Plot).where(Plot.code.in_(grown))):
        plot.crop, plot.sown_on = files.crop_on(grown[plot.code], on)


def _found(told: Row, now: datetime) -> Cooperative:
    return Cooperative(
        name=files.called(told),
        timezone=told["timezone"],
        locale=told["locale"],
        area_unit=told["area_unit"],
        field_efficiency=told["field_efficiency"],
        made_at=now,
    )


def _settle_people(
    session: TenantSession, people: list[Row], roles: Mapping[str, list[str]]
) -> int:
    homes: dict[str, Row] = {}
    for person in people:
        homes.setdefault(person["household"], person)
    _insert(
        session,
        Household,
        ({"id": _id("household", code), "name": head["name"]} for code, head in homes.items()),
    )
    _insert(session, Member, map(_member, people))
    held = ((p["number"], role) for p in people for role in roles.get(p["number"], ["member"]))
    _insert(
        session,
        MemberRole,
        (
            {"id": _id("role", role, number), "member_id": _id("member", number), "role": role}
            for number, role in held
        ),
    )
    return len(homes)


def _member(person: Row) -> Row:
    return {
        "id": _id("member", person["number"]),
        "number": person["number"],
        "name": person["name"],
        "name_latin": person["name_latin"],
        "household_id": _id("household", person["household"]),
        "phone": person["phone"] or None,
        "shares_phone": person["shares_phone"] == "yes",
        "locale": person["locale"],
        "joined_on": date.fromisoformat(person["joined_on"]),
        "state": "accepted" if person["number"] == NEW_MEMBER else "active",
    }


def _dig_channels(session: TenantSession) -> None:
    _insert(session, Canal, (_canal(*canal) for canal in files.features("canals.geojson")))
    _insert(session, Outlet, (_outlet(*outlet) for outlet in files.features("outlets.geojson")))
    _insert(session, Nakka, map(_nakka, files.rows("nakkas.csv")))


def _canal(told: Row, line: LineString) -> Row:
    feeder = told["feeds_from"]
    return {
        "id": _id("canal", told["code"]),
        "code": told["code"],
        "name": files.called(told),
        "feeds_from_id": _id("canal", feeder) if feeder else None,
        "capacity_l_s": told["capacity_l_s"],
        "efficiency": told["efficiency"],
        "length_m": told["length_m"],
        "line": line,
    }


def _outlet(told: Row, watercourse: LineString) -> Row:
    return {
        "id": _id("outlet", told["code"]),
        "code": told["code"],
        "name": files.called(told),
        "canal_id": _id("canal", told["canal"]),
        "metres_from_head": told["metres_from_head"],
        "capacity_l_s": told["capacity_l_s"],
        "place": Point(watercourse.coords[0]),
        "watercourse": watercourse,
    }


def _nakka(told: Row) -> Row:
    return {
        "id": _id("nakka", told["outlet"], told["nakka"]),
        "outlet_id": _id("outlet", told["outlet"]),
        "label": told["nakka"],
        "metres_from_outlet": float(told["metres_from_outlet"]),
        "place": Point(float(told["lon"]), float(told["lat"])),
    }


def _lay_out_plots(session: TenantSession) -> int:
    """The file has the plots of each outlet from head to tail."""
    places: dict[str, int] = {}
    rows = []
    for told, boundary in files.features("plots.geojson"):
        places[told["outlet"]] = place = places.get(told["outlet"], 0) + 1
        rows.append(_plot(told, place) | {"boundary": MultiPolygon([boundary])})
    _insert(session, Plot, rows)
    return len(rows)


def _plot(told: Row, place: int) -> Row:
    as_told = ("code", "gross_area_m2", "net_area_m2", "shares", "soil")
    allowances = ("filling_minutes", "draining_minutes")
    return {
        **{name: told[name] for name in as_told + allowances},
        **{f"{who}_id": _id("member", told[who]) for who in ("holder", "payer", "worker")},
        "id": _id("plot", told["code"]),
        "outlet_id": _id("outlet", told["outlet"]),
        "nakka_id": _id("nakka", told["outlet"], told["nakka"]),
        "place_from_head": place,
    }


def _open_outlets_to_turns(session: TenantSession, schemes: Mapping[str, Row]) -> None:
    rows = (
        {"unit_name": "", "unit_minutes": None, **told, "outlet_id": _id("outlet", outlet)}
        for outlet, told in schemes.items()
    )
    _insert(session, Scheme, ({"id": uuid5(row["outlet_id"], "scheme"), **row} for row in rows))


def _write_weather(session: TenantSession, told: Row, last: date) -> None:
    station = _id("station", told["name_latin"])
    where = ("latitude_deg", "elevation_m", "wind_height_m")
    row = {"id": station, "name": files.called(told), **{name: told[name] for name in where}}
    _insert(session, WeatherStation, [row])
    days = (
        {"id": uuid5(station, str(on)), "station_id": station, "on_day": on, "measured": measured}
        for on, measured in files.weather(last)
    )
    _insert(session, DayOfWeather, days)


def _let_in(session: TenantSession, told: Row, way: Row, pepper: str) -> SignInSlip:
    number = way["member"]
    member = session.scalars(select(Member).where(Member.number == number)).one()
    roles = tuple(told["roles"].get(number, ["member"]))
    if way["by"] == "phone":
        phone, pin = str(member.phone), members.random_pin()
        members.open_account(session, member, secret=pin, pepper=pepper, phone=phone)
        return SignInSlip(_both(member), roles, phone, pin)
    login, password = way["login"], _password()
    members.open_account(session, member, secret=password, pepper=pepper, login=login)
    return SignInSlip(_both(member), roles, login, password)


def _both(member: Member) -> str:
    return f"{member.name} · {member.name_latin}"


def _password() -> str:
    """Three groups of four letters, none of which is easily taken for another."""
    groups = ("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def _id(*what: str) -> UUID:
    return uuid5(_IDS, "/".join(what))


def _insert(session: TenantSession, table: type[OfCooperative], rows: Iterable[Row]) -> None:
    here = session.cooperative_id
    session.execute(insert(table), [{"cooperative_id": here, **row} for row in rows])
