"""Planning water, keeping weather, and checking a plan, from the command line."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from coopfarm.cli import door
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Sentence
from coopfarm.members import queries as members
from coopfarm.planning.need.weather import Station
from coopfarm.planning.pests.hours import is_hourly
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, planner, queries, rules
from coopfarm.water.models import Rotation

DIFFERS = 1
_SUPPLY = re.compile(r"([0-9.]+)\s*(%|l/s|m3|m³)")
_KINDS = {"%": "percent", "l/s": "flow", "m3": "volume", "m³": "volume"}


class SupplyUnusable(Invalid):
    code = "supply-unusable"
    words = N_("%(field)s: “%(given)s” is no supply. Write 60%%, 250l/s or 5000m3.")


class StartUnusable(Invalid):
    code = "start-unusable"
    words = N_("%(field)s: “%(given)s” is no moment. Write it as in 2026-07-04T06:00.")


class CoefficientUnusable(Invalid):
    code = "coefficient-unusable"
    words = N_("%(field)s: “%(given)s” is no coefficient. Write crop=number, as in cotton=1.17.")


@click.command()
@door.cooperative_option
@click.option("--starts", required=True, help="First turn, as in 2026-07-04T06:00, local time.")
@click.option("--days", type=float, default=7.0, show_default=True, help="Length of the cycle.")
@click.option("--supply", required=True, help="60%, 250l/s or 5000m3.")
@click.option("--rule", default="cea", show_default=True, type=click.Choice([*rules.RULES]))
@click.option("--basis", default="", type=click.Choice(["", *rules.BASES]), help="Turns go by.")
@click.option("--least", type=float, default=0.0, help="Least share for everybody, in percent.")
@click.option("--coefficient", multiple=True, metavar="CROP=KC", help="Instead of the table.")
@click.option("--count-rain", is_flag=True, help="Rain lowers the need.")
@click.option("--earlier-years", is_flag=True, help="Borrow days that have no weather yet.")
@click.option("--publish", metavar="NOTE", help="Put it in force, with a word to the members.")
@door.plainly
def plan(cooperative: str | None, publish: str | None, **asked: Any) -> None:
    """Plan one cycle of water as a draft, or put it in force."""
    now = datetime.now(UTC)
    with door.database() as database:
        home_id = door.home(database, cooperative)
        with database.transaction(home_id) as session:
            home = members.cooperative(session, home_id)
            draft = planner.work_out(session, home, _wish(ZoneInfo(home.timezone), asked))
            draft = planner.compare(draft, lambda *_: True)
            kept = planner.keep(session, draft, actor_id=None, now=now)
            if publish is not None:
                actions.give_notice(session, kept, publish, actor_id=None, now=now)
                actions.put_in_force(session, kept, actor_id=None, now=now)
            told = [*_told(kept, draft)]
    for line in told:
        click.echo(line)


@click.command()
@click.argument("version", type=int)
@door.cooperative_option
@door.plainly
def replay(version: int, cooperative: str | None) -> None:
    """Work a plan out again from its inputs alone; exit 1 when anything differs."""
    with door.database() as database, database.reading() as session:
        session.cooperative_id = door.home(database, cooperative)
        kept = queries.rotation_of_version(session, version)
        again = planner.replay(kept)
        departures = planner.departures(session, kept, again)
    if departures:
        click.echo(f"Plan {version} differs.")
        _list(departures)
        raise click.exceptions.Exit(DIFFERS)
    holds = "does not hold:" if again.findings else "holds."
    click.echo(f"Plan {version} is identical: {kept.outcome_hash}. Its certificate {holds}")
    _list(again.findings)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@door.cooperative_option
@click.option("--station", help="Name of the station, when it is new or moved.")
@click.option("--latitude", type=float, help="Degrees north.")
@click.option("--elevation", type=float, help="Metres above the sea.")
@click.option("--wind-height", type=float, default=2.0, show_default=True, help="Metres.")
@click.option("--source", help="Where hours are from; else the name of the file.")
@door.plainly
def weather(
    file: Path,
    cooperative: str | None,
    *,
    station: str | None,
    source: str | None,
    **place: float | None,
) -> None:
    """Keep the days of weather in a CSV file, or its hours where it has a column `hour`."""
    now = datetime.now(UTC)
    where = _place(station, **place)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file}: {error}") from error
    with (
        door.database() as database,
        database.transaction(door.home(database, cooperative)) as session,
    ):
        if station is not None and where is not None:
            actions.set_station(session, station, where, actor_id=None, now=now)
        if is_hourly(text):
            click.echo(_keep_hours(session, text, source or file.name, now))
            return
        count, notes = actions.keep_weather(session, text, actor_id=None, now=now)
    click.echo(f"{count} days of weather are kept.")
    _list(notes)


def _keep_hours(session: TenantSession, text: str, source: str, now: datetime) -> str:
    """Hours that name no day begin today, where the cooperative is."""
    zone = ZoneInfo(members.cooperative(session, session.cooperative_id or 0).timezone)
    today, by = now.astimezone(zone).date(), actions.Hand(None, now)
    kept = actions.keep_hours(session, text, source, first_day=today, zone=zone, by=by)
    last = kept[-1].starts_at.astimezone(zone)
    return f"{len(kept)} hours of weather are kept, up to {last:%Y-%m-%d %H:%M}."


def _place(
    station: str | None,
    *,
    latitude: float | None,
    elevation: float | None,
    wind_height: float | None,
) -> Station | None:
    """Where a station that is new or moved stands; None where none is named."""
    if station is None and latitude is None and elevation is None:
        return None
    if station is None or latitude is None or elevation is None:
        raise click.UsageError("give --station, --latitude and --elevation together")
    return Station(latitude, elevation, wind_height or 0.0)


def _list(said: Iterable[Sentence]) -> None:
    for sentence in said:
        click.echo(f"  {sentence}")


def _wish(zone: ZoneInfo, asked: Mapping[str, Any]) -> rules.Wish:
    amount, kind = _supply(asked["supply"])
    return rules.Wish(
        starts_at=_moment(asked["starts"], zone),
        cycle_minutes=_minutes(asked["days"]),
        supply=amount,
        supply_kind=kind,
        rule=asked["rule"],
        basis=asked["basis"],
        least_percent=asked["least"],
        count_rain=asked["count_rain"],
        earlier_years=asked["earlier_years"],
        coefficients=_coefficients(asked["coefficient"]),
    )


def _moment(given: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise StartUnusable(field="--starts", given=given) from error
    rules.check_day(moment.date(), "--starts")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _minutes(days: float) -> int:
    """A cycle in minutes; what is no number is 0, which `check_wish` refuses."""
    return round(min(days, 1e6) * 24 * 60) if math.isfinite(days) else 0


def _supply(given: str) -> tuple[float, str]:
    found = _SUPPLY.fullmatch(given.strip())
    if found is None or found[1].count(".") > 1 or found[1] == ".":
        raise SupplyUnusable(field="--supply", given=given)
    return float(found[1]), _KINDS[found[2]]


def _coefficients(given: Sequence[str]) -> Mapping[str, float] | None:
    found: dict[str, float] = {}
    for one in given:
        crop, _, value = one.partition("=")
        try:
            found[crop] = float(value)
        except ValueError as error:
            raise CoefficientUnusable(field="--coefficient", given=one) from error
    return found or None


def _told(kept: Rotation, draft: planner.Draft) -> Iterator[str]:
    """What to say of a plan, once it is kept."""
    percent = 100 * kept.supply_m3 / kept.need_m3
    yield f"Plan {kept.version}: {kept.state.replace('_', ' ')}, by {kept.rule}."
    yield f"Reference evapotranspiration {draft.season.reference_mm:.2f} mm."
    yield (
        f"Need {kept.need_m3:,.0f} m³, supply {kept.supply_m3:,.0f} m³ ({percent:.1f} %), "
        f"{len(draft.needs)} plots at {len(draft.plan.rosters)} outlets."
    )
    for rule, outcome in draft.comparison.items():
        even = outcome.evenness
        yield (
            f"  {rule:13} Gini {even.gini:.4f}  Jain {even.jain:.4f}  least {even.least:.1%}"
            f"  findings {outcome.findings}"
        )
    for sentence in (*draft.notes, *draft.findings):
        yield f"  {sentence}"
    yield "The certificate holds." if not draft.findings else "It cannot be published."
