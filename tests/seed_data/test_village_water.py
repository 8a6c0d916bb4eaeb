"""What the village's channels can carry, in the weeks in which it matters."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from coopfarm.cli import village_files as files
from coopfarm.planning.need.need import PlotNeed, need_of
from coopfarm.planning.need.plots import CroppedPlot, Terms
from coopfarm.planning.need.reference import reference_et
from coopfarm.planning.need.weather import Station, WeatherDay
from coopfarm.planning.rotation.canal_tree.network import Canal, entering
from coopfarm.planning.rotation.canal_tree.problem import Claim, Problem
from coopfarm.planning.rotation.canal_tree.solve import solve

HOTTEST = date(2026, 8, 1)
WEEK = timedelta(days=7)
M3_A_WEEK = WEEK.total_seconds() / 1000  # of one litre a second


def needs(start: date) -> tuple[PlotNeed, ...]:
    told = files.whole("cooperative.json")
    station = told["station"]
    days = [
        WeatherDay(on, **measured)
        for on, measured in files.weather(start + WEEK)
        if start <= on < start + WEEK
    ]
    reference = reference_et(
        Station(station["latitude_deg"], station["elevation_m"], station["wind_height_m"]), days
    )
    plots = []
    for plot, _ in files.features("plots.geojson"):
        crop, sown_on = files.crop_on(plot, start)
        plots.append(CroppedPlot(plot["code"], crop, plot["net_area_m2"], sown_on))
    terms = Terms(field_efficiency=told["field_efficiency"])
    return need_of(plots, reference, start=start, end=start + WEEK, terms=terms)


def shared_out(start: date, supply_percent: float) -> Mapping[str, str]:
    """What holds each plot when so much of the need enters at the head, each hectare alike."""
    claims = tuple(
        Claim(plot["code"], outlets()[plot["outlet"]], need.need_m3, plot["net_area_m2"])
        for (plot, _), need in zip(files.features("plots.geojson"), needs(start), strict=True)
    )
    asked = dict.fromkeys(outlets().values(), 0.0)
    for claim in claims:
        asked[claim.canal] += claim.amount
    need_at_head = sum(h for c, h in entering(reaches(), asked).items() if c == "FJR-1")
    source = Canal("river", None, need_at_head * supply_percent / 100, 1.0)
    return solve(Problem((source, *reaches("river")), claims)).held_by


def outlets() -> Mapping[str, str]:
    return {told["code"]: told["canal"] for told, _ in files.features("outlets.geojson")}


def reaches(above: str | None = None) -> tuple[Canal, ...]:
    return tuple(
        Canal(
            told["code"],
            told["feeds_from"] or above,
            told["capacity_l_s"] * M3_A_WEEK,
            told["efficiency"],
        )
        for told, _ in files.features("canals.geojson")
    )


@pytest.mark.parametrize("supply_percent", [90, 95, 100])
def test_with_much_water_only_the_tail_of_the_minor_is_too_small(supply_percent: float) -> None:
    held_by = shared_out(HOTTEST, supply_percent)

    full = {canal for canal in held_by.values() if canal not in ("claim", "river")}
    assert full == {"NKH-3"}
    assert all(plot.startswith("W3") for plot, canal in held_by.items() if canal == "NKH-3")


def test_with_little_water_every_channel_is_wide_enough() -> None:
    held_by = shared_out(HOTTEST, 60)

    assert set(held_by.values()) == {"claim", "river"}


def test_outlets_pass_what_their_plots_need_in_the_hottest_week() -> None:
    capacity = {o["code"]: o["capacity_l_s"] for o, _ in files.features("outlets.geojson")}

    needed = dict.fromkeys(capacity, 0.0)
    for need in needs(HOTTEST):
        needed[need.id[:2]] += need.need_m3 / M3_A_WEEK

    assert all(0.7 * capacity[o] < needed[o] < capacity[o] for o in capacity)


def test_most_plots_need_water_in_every_week_of_the_history() -> None:
    for week in files.whole("history.json")["weeks"]:
        dry = [n.id for n in needs(date.fromisoformat(week["starts_on"])) if n.need_m3 == 0]

        assert len(dry) < 10, week["starts_on"]
