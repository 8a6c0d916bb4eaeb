"""From plots, machines and working hours to the problem of a campaign, as a file has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions.kept_days import Hours
from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import campaigns as known
from coopfarm.equipment.queries import fleet, times
from coopfarm.equipment.rules import campaigns as rules
from coopfarm.equipment.rules.rounds import check_days, days_between
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Rig, Spot, minutes_for, travel
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot

_MINUTE: Final = timedelta(minutes=1)
_SHORTEST: Final = timedelta(minutes=30)
_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Named:
    """A plot that is asked for: from which to which day it is ripe, and whether it must be."""

    code: str
    from_day: date
    to_day: date
    must: bool = False


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What is to be done on which plots, when, and how long to search for the best way."""

    name: str
    category: str
    job: str
    first_day: date
    last_day: date
    hours: Hours
    travel: str = "pooled"
    seconds: float = 10.0
    named: tuple[Named, ...] = ()
    crop: str = ""


def inputs_of(session: Session, new: NewCampaign) -> dict[str, Any]:
    """All that the plan is made from: the problem, and what its names stand for.

    A machine has a round for every day and every free stretch of it, named “code day hour”.
    Minutes count from the first day's opening. All machines are reckoned as the slowest.
    Raises TooManyDays, NoPlotsNamed, UnknownPlotCode, NoMachinesFree and NoWorkRate.
    """
    check_days(new.first_day, new.last_day)
    plots = _plots(session, new)
    machines = fleet.alike(session, new.category, new.job)
    rigs = [fleet.rig(one) for one in machines]
    rates = [rig.rate_ha_h for rig in rigs if rig.rate_ha_h]
    if not machines:
        raise rules.NoMachinesFree
    if not rates:
        raise rules.NoWorkRate
    start = new.hours.on(new.first_day).start
    slowest = min(rigs, key=lambda rig: rig.road_km_h)
    spots = [_spot(plot) for plot in plots]
    bases = [rig.base or spots[0] for rig in rigs]
    rounds = [*_rounds(session, new, machines, rigs)]
    if not rounds:
        raise rules.NoMachinesFree
    cleaning = max(rig.cleaning_minutes for rig in rigs)
    return {
        "problem": {
            "yards": [
                _at(machine.code, base) for machine, base in zip(machines, bases, strict=True)
            ],
            "machines": [
                {
                    "id": f"{code} {during.start.astimezone(new.hours.zone):%Y-%m-%d %H:%M}",
                    "yard": code,
                    "from": (during.start - start) / _MINUTE,
                    "until": (during.end - start) / _MINUTE,
                }
                for code, during in rounds
            ],
            "plots": [
                _plot(plot, spot, new, min(rates), cleaning)
                for plot, spot in zip(plots, spots, strict=True)
            ],
            "travel": _travel(slowest, [*bases, *spots]),
            "seconds": new.seconds,
            "seed": _SEED,
        },
        "start": start.isoformat(),
        "cleaning_minutes": cleaning,
        "opens": f"{new.hours.opens:%H:%M}",
        "closes": f"{new.hours.closes:%H:%M}",
        "machines": {machine.code: str(machine.id) for machine in machines},
        "plots": {
            plot.code: {
                "id": str(plot.id),
                "member_id": str(plot.worker_id or plot.holder_id),
                "area_m2": plot.net_area_m2,
            }
            for plot in plots
        },
    }


def _plots(session: Session, new: NewCampaign) -> Sequence[Plot]:
    codes = {one.code for one in new.named}
    plots = known.plots_for(session, codes, new.crop)
    unknown = codes - {plot.code for plot in plots}
    if unknown:
        raise rules.UnknownPlotCode(field="plots", plot=sorted(unknown)[0])
    if not 1 <= len(plots) <= rules.MOST_PLOTS:
        raise rules.NoPlotsNamed(field="plots", most=rules.MOST_PLOTS)
    return plots


def _rounds(
    session: Session, new: NewCampaign, machines: Sequence[Machine], rigs: Sequence[Rig]
) -> Iterator[tuple[str, Interval]]:
    """The free stretches of each machine on each day."""
    days = days_between(new.first_day, new.last_day)
    whole = Interval(new.hours.on(days[0]).start, new.hours.on(days[-1]).end)
    taken = times.taken(session, [machine.id for machine in machines], whole)
    for machine, rig in zip(machines, rigs, strict=True):
        for day in days:
            for during in _free(new.hours.on(day), rig, taken[machine.id]):
                yield machine.code, during


def _free(hours: Interval, rig: Rig, taken: Sequence[Taken]) -> Iterator[Interval]:
    """What is left of a day around what a machine has to do, its ways among it."""
    at: datetime = hours.start
    for one in sorted(taken, key=lambda one: one.during.start):
        way = travel(rig, one.spot, rig.base)
        if at + _SHORTEST <= min(one.during.start - way, hours.end):
            yield Interval(at, min(one.during.start - way, hours.end))
        at = max(at, one.during.end + way)
    if at + _SHORTEST <= hours.end:
        yield Interval(at, hours.end)


def _plot(plot: Plot, spot: Spot, new: NewCampaign, rate: float, cleaning: int) -> dict[str, Any]:
    minutes = minutes_for(plot.net_area_m2, rate) or 0
    named = next((one for one in new.named if one.code == plot.code), None)
    start = new.hours.on(new.first_day).start
    first, last = (named.from_day, named.to_day) if named else (new.first_day, new.last_day)
    opens = max((new.hours.on(first).start - start) / _MINUTE, 0.0)
    closes = (new.hours.on(last).end - start) / _MINUTE - minutes
    return _at(plot.code, spot) | {
        "work_minutes": minutes + cleaning,
        "opens": opens,
        "closes": max(closes, opens),
        "must": bool(named and named.must),
    }


def _at(name: str, spot: Spot) -> dict[str, Any]:
    """A place of the file; the ways are in the table, so that these are only to look at."""
    return {"id": name, "x": round(spot.longitude_deg, 6), "y": round(spot.latitude_deg, 6)}


def _spot(plot: Plot) -> Spot:
    found = times.spot_of(plot.boundary)
    if found is None:
        raise rules.UnknownPlotCode(field="plots", plot=plot.code)
    return found


def _travel(slowest: Rig, spots: Sequence[Spot]) -> list[list[float]]:
    return [[travel(slowest, one, other) / _MINUTE for other in spots] for one in spots]


def member_of(inputs: Mapping[str, Any], code: str) -> UUID:
    return UUID(inputs["plots"][code]["member_id"])
