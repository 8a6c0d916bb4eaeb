"""The outbreak of Al-Nur (docs/village.md): aphids told of, a trap that fills, a round to walk."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coopfarm.cli import village_campaign
from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot
from coopfarm.members.models import Member, MemberRole
from coopfarm.pests.actions import numbers, scouting, sprays, traps, triage
from coopfarm.pests.actions import sightings as telling
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.rules.numbers import Sourced
from coopfarm.pests.rules.scouting import drawn
from coopfarm.pests.rules.sprays import Wish
from coopfarm.store.tenancy import TenantSession


class Infested(NamedTuple):
    """How much there is to meet."""

    sightings: int
    traps: int


class _Village(NamedTuple):
    """Who tells, on which of their plots, and who decides."""

    members: Mapping[str, UUID]
    plots: Mapping[UUID | None, UUID]
    officer: Act

    def act(self, number: str, *, hours_ago: float = 0) -> Act:
        at = self.officer.now - timedelta(hours=hours_ago)
        return Act(self.members[number], frozenset({"member"}), at, self.officer.zone)


def infest(session: TenantSession, now: datetime) -> Infested:
    """Have the village meet an outbreak: told, verified in part, trapped, to be scouted."""
    told = files.whole("pests.json")
    there = _there(session, now)
    numbers.enter_published(session, there.officer)
    _assume(session, told, there.officer)
    for row in told["sightings"]:
        _tell(session, row, there)
    _trap(session, told["pest"], told["trap"], there)
    _scout(session, told["pest"], told["scouting"], there)
    for row in told["sprays"]:
        _spray(session, row, there)
    village_campaign.call_out(session, told, there.members, there.officer)
    return Infested(len(told["sightings"]), 1)


def _there(session: TenantSession, now: datetime) -> _Village:
    officer = session.scalars(
        select(MemberRole.member_id).where(MemberRole.role == "officer")
    ).one()
    backwards = session.scalars(select(Plot).order_by(Plot.code.desc()))
    plots = {plot.holder_id: plot.id for plot in backwards}
    zone = ZoneInfo(files.whole("cooperative.json")["timezone"])
    members = {member.number: member.id for member in session.scalars(select(Member))}
    return _Village(members, plots, Act(officer, frozenset({"officer"}), now, zone))


def _assume(session: TenantSession, told: Row, officer: Act) -> None:
    """Numbers that say themselves that nobody published them."""
    source, year = told["assumed"]["source"], told["assumed"]["year"]
    spread = {"scale_m": float(told["scale_m"]), "shape": None}
    numbers.enter(session, Sourced("kernel", told["pest"], spread, source, year), officer)
    for row in told["thresholds"]:
        values = {"crop": "", "stage": "", **row}
        numbers.enter(session, Sourced("threshold", told["pest"], values, source, year), officer)
    for row in told["intervals"]:
        values = {"crop": "", **row}
        numbers.enter(session, Sourced("interval", row["product"], values, source, year), officer)


def _tell(session: TenantSession, row: Row, there: _Village) -> None:
    act = there.act(row["member"], hours_ago=row["hours_ago"])
    seen = telling.Told(
        row["pest"],
        row["severity"],
        row["counts"],
        plot_id=there.plots[act.by_id],
        seen_at=act.now,
    )
    found = telling.report(session, seen, act)
    if row["is_verified"]:
        after = replace(there.officer, now=act.now + timedelta(hours=3))
        triage.decide(session, found.id, triage.Decision("verified"), after)


def _trap(session: TenantSession, pest: str, row: Row, there: _Village) -> None:
    today = there.officer.now.astimezone(there.officer.zone).date()
    set_on = today - timedelta(days=row["days_ago"])
    plot_id = there.plots[there.members[row["member"]]]
    new = traps.NewTrap(row["code"], pest, plot_id, row["lure"], set_on)
    trap = traps.set_trap(session, new, there.officer)
    for week, caught in enumerate(row["caught"], start=1):
        on_day = set_on + timedelta(days=week * row["nights"])
        traps.empty(session, trap.id, (on_day, caught, row["nights"]), there.officer)


def _scout(session: TenantSession, pest: str, row: Row, there: _Village) -> None:
    """By lot of one seed: the round is the same in every village."""
    day = there.officer.now.astimezone(there.officer.zone).date() + timedelta(days=row["in_days"])
    where = [*queries.places(session, queries.drawn_plots(session)).values()]
    new = scouting.NewRound(pest, "", day, there.members[row["member"]], "lot", row["seed"])
    scouting.draw(session, new, drawn(where, row["plots"], row["seed"]), there.officer)


def _spray(session: TenantSession, row: Row, there: _Village) -> None:
    """Written down by who did it, as soon as it was done."""
    act = there.act(row["member"], hours_ago=row["hours_ago"])
    wish = Wish(
        plot_id=there.plots[act.by_id],
        product=row["product"],
        dose=row["dose"],
        dose_unit=row["dose_unit"],
        area_m2=None,
        wind_km_h=row["wind_km_h"],
        during=Interval(act.now - timedelta(minutes=row["minutes"]), act.now),
    )
    sprays.record(session, wish, act)
