"""The plots of Al-Nur and the people whose they are."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from village_channels import Gate
from village_crops import ALFALFA, CLOVER_COTTON, LASTING, Rotation, grown
from village_ground import Field, fields
from village_lot import Lot
from village_people import Person

CYCLE_QIRATS = 168  # one qirat of water is an hour of the week

# Where the people farm whom the walks through the demo meet: outlet and place from its head.
AT_HOME = {
    ("W3", 12): "M-001",
    ("W1", 5): "M-002",
    ("W3", 11): "M-003",
    ("W3", 13): "M-004",
    ("W2", 8): "M-005",
    ("W2", 21): "M-006",
}
LANDLESS = ("M-007",)
KEPT = {("W3", 12): CLOVER_COTTON}
SOILS = {"W1": ("loam", "sandy_loam"), "W2": ("clay_loam", "loam"), "W3": ("loam", "sandy_loam")}


class Planned(NamedTuple):
    """A plot before anybody holds it; `place` counts from 1 at the head of its outlet."""

    outlet: str
    place: int
    nakka: int
    field: Field
    rotation: Rotation
    soil: str


class Hands(NamedTuple):
    """Who holds a plot, who pays for its water and who works it: numbers of members."""

    holder: str
    payer: str
    worker: str


def planned(lot: Lot, gate: Gate) -> list[Planned]:
    """The plots of one outlet, head to tail."""
    drawn = fields(lot, gate.course, gate.sides, gate.starts_m)
    nakkas = {metres: n for n, metres in enumerate(sorted({f.takes_at_m for f in drawn}), 1)}
    head_soil, tail_soil = SOILS[gate.code]
    found = []
    for place, field in enumerate(drawn, 1):
        nakka = nakkas[field.takes_at_m]
        rotation = KEPT.get((gate.code, place)) or grown(lot, gate.code)
        if place == len(drawn):
            rotation = ALFALFA  # it takes what drains from the watercourse all year
        sandier = lot.happens(field.takes_at_m / gate.course.length_m)
        soil = tail_soil if sandier else head_soil
        found.append(Planned(gate.code, place, nakka, field, rotation, soil))
    return found


def hands(lot: Lot, plots: Sequence[Planned], folk: Sequence[Person]) -> list[Hands]:
    """Who holds, pays for and works each plot; every household but the officer's has one."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for person in folk:
        homes[person.household].append(person.number)
    settled = {*AT_HOME.values(), *LANDLESS}
    houses = [house for house in homes.values() if house[0] not in settled]
    free = [(p.outlet, p.place) for p in plots if (p.outlet, p.place) not in AT_HOME]
    first = dict(zip(lot.some(free, len(houses)), houses, strict=True))
    found = []
    for plot in plots:
        here = (plot.outlet, plot.place)
        if here in AT_HOME:
            found.append(Hands(*[AT_HOME[here]] * 3))
        else:
            found.append(_hands_of(lot, first.get(here) or lot.pick(houses), lot.pick(houses)))
    return found


def _hands_of(lot: Lot, house: list[str], neighbours: list[str]) -> Hands:
    """Mostly the head of the household does all three; kin or a tenant may."""
    head, kin, tenant = house[0], house[-1], neighbours[0]
    if lot.happens(0.10):
        return Hands(head, tenant if lot.happens(0.6) else head, tenant)
    held = kin if lot.happens(0.3) else head
    return Hands(held, head, kin if lot.happens(0.4) else held)


def filling_minutes(plot: Planned) -> int:
    """Minutes to fill the ditch to a far field that is watered all year; 5 for each 64 m."""
    lasting = plot.rotation in LASTING
    return math.ceil(plot.field.ditch_m / 64.0 * 5.0) if lasting else 0


def qirats(lot: Lot, plots: Sequence[Planned], gross: Sequence[float]) -> dict[int, float]:
    """The old rights to the second watercourse: near to the areas, in halves of a qirat."""
    places = [place for place, plot in enumerate(plots) if plot.outlet == "W2"]
    wanted = {place: gross[place] * lot.between(0.75, 1.25) for place in places}
    each = CYCLE_QIRATS * 2 / sum(wanted.values())
    halves = {place: max(1, math.floor(want * each)) for place, want in wanted.items()}
    short = CYCLE_QIRATS * 2 - sum(halves.values())
    for place in sorted(places, key=lambda p: halves[p] - wanted[p] * each)[:short]:
        halves[place] += 1
    return {place: half / 2.0 for place, half in halves.items()}
