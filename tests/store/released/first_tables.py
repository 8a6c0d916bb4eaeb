"""The data of two cooperatives at revision 20261122_first_tables, written for that schema alone.

Nothing here knows the models: they change, and what was released does not. Every column that
may be empty is so in some rows and is not in others.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

REVISION = "20261122_first_tables"
HOMES = (1, 2)
ROWS = 20
BEGAN = datetime(2026, 7, 4, 6, 0, 0, 123456, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_ROLES = ("member", "water_master", "manager", "officer")
_RUN_STATES = ("queued", "running", "feasible", "done", "stopped", "refused")
_TABLES = (
    "cooperatives",
    "accounts",
    "acts",
    "canals",
    "households",
    "weather_stations",
    "days_of_weather",
    "members",
    "outlets",
    "audit_events",
    "member_roles",
    "nakkas",
    "rotations",
    "schemes",
    "sign_ins",
    "uploads",
    "plan_runs",
    "plots",
    "allotments",
    "turns",
)


class Shape(str):
    """Well-known text of a shape in degrees."""

    __slots__ = ()


def an_id(kind: str, home: int, place: int) -> UUID:
    """The id of the row at a place, the same in every run."""
    return UUID(int=(_TABLES.index(kind) + 1) << 96 | home << 64 | place + 1)


def fill(connection: Connection) -> None:
    """Two cooperatives, about twenty rows a table each."""
    for home, name in zip(HOMES, ("قرية النور", "Kashkadarya 50 %"), strict=True):
        _put(
            connection,
            "cooperatives",
            id=home,
            name=name,
            timezone="Africa/Cairo",
            locale="ar_EG",
            area_unit="feddan",
            field_efficiency=0.6,
            made_at=BEGAN,
        )
    for home in HOMES:
        for table, row in _BUILDERS:
            for place in range(ROWS):
                _put(connection, table, **row(home, place))


def _put(connection: Connection, table: str, **values: Any) -> None:
    lite = connection.dialect.name == "sqlite"
    places = ", ".join(
        f"ST_GeomFromText(:{name}, 4326)" if isinstance(value, Shape) else f":{name}"
        for name, value in values.items()
    )
    names = ", ".join(f'"{name}"' for name in values)
    sent = {name: _sent(value, lite=lite) for name, value in values.items()}
    connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({places})'), sent)  # noqa: S608 (names of this file)


def _sent(value: Any, *, lite: bool) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, Shape):
        return str(value)
    if not lite:
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat() if isinstance(value, date) else value


def _every(place: int, value: Any, nth: int = 2) -> Any:
    """The value in every nth row, nothing in the others."""
    return None if place % nth else value


def _own(home: int, table: str, place: int) -> dict[str, Any]:
    return {"cooperative_id": home, "id": an_id(table, home, place)}


def _accounts(home: int, place: int) -> dict[str, Any]:
    return {
        "id": an_id("accounts", home, place),
        "phone": f"+20100{home}{place:06}" if place % 3 else None,
        "login": f"salwa-{home}-{place}" if place % 2 or not place % 3 else None,
        "secret_hash": f"$argon2id$v=19$m=19456,t=2,p=1${home}${place}",
        "failures": place % 5,
        "locked_until": _every(place, BEGAN + place * _HOUR),
    }


def _acts(home: int, place: int) -> dict[str, Any]:
    return {
        "doer": an_id("members", home, place).hex,
        "key": f"act %{place}",
        "cooperative_id": home if place % 4 else None,
        "route": "POST /water/plan",
        "body_hash": f"{place:064x}",
        "status": _every(place, 303),
        "answer": _every(place, "done\nوانتهى"),
        "headers": _every(place, {"Location": "/"}),
        "made_at": BEGAN,
        "on_behalf_of": _every(place, an_id("members", home, 1)),
    }


def _canals(home: int, place: int) -> dict[str, Any]:
    return _own(home, "canals", place) | {
        "code": f"C{place}",
        "name": "الترعة الشرقية",
        "feeds_from_id": an_id("canals", home, place - 1) if place else None,
        "capacity_l_s": _every(place, 900.5),
        "efficiency": 0.85,
        "length_m": _every(place, 1234.5678901234567, 3),
        "flows_against_line": place % 2 == 1,
        "line": _every(place, Shape(f"LINESTRING(31.{place:02} 30.1, 31.2 30.{place:02}1)")),
        "edition": place + 1,
    }


def _households(home: int, place: int) -> dict[str, Any]:
    return _own(home, "households", place) | {"name": f"بيت {place}"}


def _weather_stations(home: int, place: int) -> dict[str, Any]:
    return _own(home, "weather_stations", place) | {
        "name": f"Station {place}",
        "latitude_deg": -30.5 + place,
        "elevation_m": 20.25,
        "wind_height_m": 2.0,
    }


def _days_of_weather(home: int, place: int) -> dict[str, Any]:
    return _own(home, "days_of_weather", place) | {
        "station_id": an_id("weather_stations", home, place % 3),
        "on_day": date(2026, 6, 1) + timedelta(days=place),
        "measured": {"eto_mm": 8.1, "rain_mm": None, "note": "ندى"},
    }


def _members(home: int, place: int) -> dict[str, Any]:
    return _own(home, "members", place) | {
        "number": f"M-{place:04}",
        "name": f"أمينة {place}",
        "name_latin": f"Amina {place}",
        "household_id": _every(place, an_id("households", home, place)),
        "account_id": _every(place, an_id("accounts", home, place), 3),
        "phone": _every(place, f"+20100{home}{place:06}"),
        "shares_phone": place % 3 == 1,
        "locale": _every(place, "ar_EG"),
        "joined_on": date(2020, 1, 1),
        "left_on": _every(place, date(2026, 1, 31), 5),
    }


def _outlets(home: int, place: int) -> dict[str, Any]:
    return _own(home, "outlets", place) | {
        "code": f"O{place}",
        "name": "The gate by the mill",
        "canal_id": _every(place, an_id("canals", home, place)),
        "metres_from_head": _every(place, 100.0 * place, 3),
        "capacity_l_s": _every(place, 60.0),
        "place": _every(place, Shape(f"POINT(31.{place:02} 30.5)")),
        "watercourse": _every(place, Shape("LINESTRING(31 30, 31.5 30.5, 31.25 30.75)"), 3),
        "edition": 1,
    }


def _audit_events(home: int, place: int) -> dict[str, Any]:
    return _own(home, "audit_events", place) | {
        "at": BEGAN + place * _HOUR,
        "actor_id": _every(place, an_id("members", home, place)),
        "on_behalf_of": _every(place, an_id("members", home, 1), 3),
        "verb": "plot.changed",
        "subject_kind": "Plot",
        "subject_id": str(an_id("plots", home, place)),
        "before": _every(place, {"crop": "cotton", "area": 0.1}),
        "after": _every(place, {"crop": "قطن"}, 3),
    }


def _member_roles(home: int, place: int) -> dict[str, Any]:
    return _own(home, "member_roles", place) | {
        "member_id": an_id("members", home, place),
        "role": _ROLES[place % len(_ROLES)],
    }


def _nakkas(home: int, place: int) -> dict[str, Any]:
    return _own(home, "nakkas", place) | {
        "outlet_id": an_id("outlets", home, place % 4),
        "label": f"N{place}",
        "metres_from_outlet": _every(place, 12.5 * place),
        "place": _every(place, Shape(f"POINT(31.3 30.{place:02})"), 3),
    }


def _rotations(home: int, place: int) -> dict[str, Any]:
    state = ("draft", "notice", "in_force", "superseded")[place % 4]
    return _own(home, "rotations", place) | {
        "version": place + 1,
        "state": state,
        "starts_at": BEGAN + timedelta(days=7 * place),
        "ends_at": BEGAN + timedelta(days=7 * (place + 1)),
        "rule": "cea",
        "basis": "award",
        "need_m3": 100000.1,
        "supply_m3": 60000.06,
        "is_certified": state != "draft" or place % 8 == 0,
        "inputs": {"plots": [1, 2.5, "ثلاثة"], "seed": 7},
        "inputs_hash": f"{place:064x}",
        "outcome": {"awards": {"a": 1e-7, "b": 123456789.125}},
        "outcome_hash": f"{place + 1:064x}",
        "findings": [] if state != "draft" else [{"code": "late", "facts": {"minutes": 3}}],
        "comparison": {},
        "notes": [],
        "note": "The ditch had 300.",
        "made_by": _every(place, an_id("members", home, 0)),
        "made_at": BEGAN,
        "published_by": _every(place, an_id("members", home, 1), 3),
        "noticed_at": _every(place, BEGAN),
        "in_force_at": _every(place, BEGAN, 3),
        "superseded_at": _every(place, BEGAN, 4),
        "replaced_by_id": an_id("rotations", home, place - 1) if place % 4 == 3 else None,
        "edition": 2,
    }


def _schemes(home: int, place: int) -> dict[str, Any]:
    return _own(home, "schemes", place) | {
        "outlet_id": an_id("outlets", home, place),
        "basis": ("award", "area", "shares", "equal", "crop")[place % 5],
        "unit_name": "قيراط",
        "unit_minutes": _every(place, 45.0),
        "yearly_shift": place % 2 == 0,
    }


def _sign_ins(home: int, place: int) -> dict[str, Any]:
    return {
        "token_hash": f"{home * 1000 + place:064x}",
        "account_id": an_id("accounts", home, place),
        "cooperative_id": home,
        "member_id": an_id("members", home, place),
        "made_at": BEGAN,
        "ends_at": BEGAN + timedelta(days=30),
        "ended_at": _every(place, BEGAN + _HOUR),
    }


def _uploads(home: int, place: int) -> dict[str, Any]:
    return _own(home, "uploads", place) | {
        "kind": "plots",
        "filename": "قطع.zip",
        "content": bytes(range(256)) * place,
        "options": {"encoding": "cp1256", "crs": None},
        "made_by": _every(place, an_id("members", home, 2)),
        "made_at": BEGAN,
        "imported_at": _every(place, BEGAN + _HOUR, 3),
    }


def _plan_runs(home: int, place: int) -> dict[str, Any]:
    return _own(home, "plan_runs", place) | {
        "state": _RUN_STATES[place % len(_RUN_STATES)],
        "wish": {"supply": 60.0},
        "progress": place / ROWS,
        "doing": _every(place, {"code": "sharing", "facts": {}}),
        "refusal": _every(place, {"code": "no-weather", "facts": {}}, 3),
        "rotation_id": _every(place, an_id("rotations", home, place)),
        "asked_by": _every(place, an_id("members", home, 3), 3),
        "asked_at": BEGAN,
        "stop_asked_at": _every(place, BEGAN),
        "ended_at": _every(place, BEGAN, 3),
    }


def _plots(home: int, place: int) -> dict[str, Any]:
    west = 31 + place / 100
    ring = f"{west} 30, {west + 0.01} 30, {west + 0.01} 30.01, {west} 30.01, {west} 30"
    return _own(home, "plots", place) | {
        "code": f"P{place:03}",
        "name": "عند الطاحونة",
        "outlet_id": _every(place, an_id("outlets", home, place % 4)),
        "nakka_id": _every(place, an_id("nakkas", home, place), 3),
        "place_from_head": _every(place, place),
        "placed_by_hand": place % 2 == 1,
        "holder_id": _every(place, an_id("members", home, place)),
        "payer_id": _every(place, an_id("members", home, 1), 3),
        "worker_id": _every(place, an_id("members", home, 2), 5),
        "gross_area_m2": 10_000.5,
        "net_area_m2": 9_000.25,
        "shares": _every(place, 2.5),
        "filling_minutes": 3.0,
        "draining_minutes": 0.0,
        "crop": _every(place, "cotton"),
        "sown_on": _every(place, date(2026, 4, 10), 3),
        "soil": _every(place, "clay"),
        "boundary": _every(place, Shape(f"MULTIPOLYGON((({ring})))"), 3),
        "edition": 1,
    }


def _allotments(home: int, place: int) -> dict[str, Any]:
    return _own(home, "allotments", place) | {
        "rotation_id": an_id("rotations", home, place % 4),
        "plot_id": an_id("plots", home, place),
        "member_id": _every(place, an_id("members", home, place)),
        "need_m3": 800.0,
        "award_m3": 480.00000000000006,
        "reasons": [{"code": "short", "facts": {"minutes": 45}}],
    }


def _turns(home: int, place: int) -> dict[str, Any]:
    return _own(home, "turns", place) | {
        "rotation_id": an_id("rotations", home, 2),
        "outlet_id": an_id("outlets", home, place % 4),
        "plot_id": an_id("plots", home, place),
        "member_id": _every(place, an_id("members", home, place)),
        "place": place,
        "starts_at": BEGAN + place * _HOUR,
        "ends_at": BEGAN + (place + 1) * _HOUR,
        "exact_minutes": 59.99999999999999,
        "is_live": place % 2 == 0,
    }


_Builder = Callable[[int, int], dict[str, Any]]
_BUILDERS: tuple[tuple[str, _Builder], ...] = (
    ("accounts", _accounts),
    ("acts", _acts),
    ("canals", _canals),
    ("households", _households),
    ("weather_stations", _weather_stations),
    ("days_of_weather", _days_of_weather),
    ("members", _members),
    ("outlets", _outlets),
    ("audit_events", _audit_events),
    ("member_roles", _member_roles),
    ("nakkas", _nakkas),
    ("rotations", _rotations),
    ("schemes", _schemes),
    ("sign_ins", _sign_ins),
    ("uploads", _uploads),
    ("plan_runs", _plan_runs),
    ("plots", _plots),
    ("allotments", _allotments),
    ("turns", _turns),
)
