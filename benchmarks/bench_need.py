"""Reference evapotranspiration of a million station-days, and the need of 10,000 plots.

Beside each stands plain numpy doing the same arithmetic on arrays that have no gaps and are not
checked: the least it can cost here. CPU seconds of one process, the best of three runs.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from coopfarm.planning.need.gaps import FloatArray, IntArray, WeatherColumns
from coopfarm.planning.need.need import need_of
from coopfarm.planning.need.plots import CroppedPlot
from coopfarm.planning.need.reference import ReferenceEt, work_out
from coopfarm.planning.need.weather import Station

Row = tuple[str, float, str, float, str]

STATIONS, DAYS, PLOTS = 100, 10_000, 10_000
KONYA = Station(latitude_deg=37.984, elevation_m=1031.0)


def rows() -> list[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    measured = _weather()
    bare = WeatherColumns(measured.day_of_year, measured.tmin_c, measured.tmax_c)
    plain = _cpu_s(lambda: _plain_penman_monteith(measured), STATIONS)
    peer = "plain numpy Penman-Monteith, no gaps"
    return [
        (
            "reference ET, 1,000,000 station-days, all measured",
            _cpu_s(lambda: work_out(KONYA, measured), STATIONS),
            peer,
            plain,
            "≤ 0.5 s",
        ),
        (
            "reference ET, 1,000,000 station-days, temperatures alone",
            _cpu_s(lambda: work_out(KONYA, bare), STATIONS),
            peer,
            plain,
            "≤ 0.5 s",
        ),
        _need_row(),
    ]


def _weather() -> WeatherColumns:
    rng = np.random.default_rng(56)
    tmin = rng.uniform(-5, 22, DAYS)
    return WeatherColumns(
        day_of_year=np.resize(np.arange(1, 366), DAYS),
        tmin_c=tmin,
        tmax_c=tmin + rng.uniform(4, 18, DAYS),
        rs_mj_m2=rng.uniform(3, 14, DAYS),
        rh_mean_pct=rng.uniform(20, 95, DAYS),
        wind_m_s=rng.uniform(0.5, 8, DAYS),
    )


def _plain_penman_monteith(weather: WeatherColumns) -> FloatArray:
    """FAO-56 eq. 6 straight through, for weather in which nothing is missing."""
    assert weather.rs_mj_m2 is not None
    assert weather.rh_mean_pct is not None
    assert weather.wind_m_s is not None
    low, high, rs = weather.tmin_c, weather.tmax_c, weather.rs_mj_m2
    mean = (low + high) / 2
    es = (_saturation(low) + _saturation(high)) / 2
    ea = es * weather.rh_mean_pct / 100
    slope = 4098 * _saturation(mean) / (mean + 237.3) ** 2
    gamma = 0.000665 * 101.3 * ((293 - 0.0065 * KONYA.elevation_m) / 293) ** 5.26
    clear = (0.75 + 2e-5 * KONYA.elevation_m) * _sky(weather.day_of_year)
    cloud = 1.35 * np.clip(rs / clear, 0.3, 1.0) - 0.35
    heat = ((low + 273.16) ** 4 + (high + 273.16) ** 4) / 2
    net = 0.77 * rs - 4.903e-9 * heat * (0.34 - 0.14 * np.sqrt(ea)) * cloud
    u2 = weather.wind_m_s
    eto: FloatArray = (0.408 * slope * net + gamma * 900 / (mean + 273) * u2 * (es - ea)) / (
        slope + gamma * (1 + 0.34 * u2)
    )
    return eto


def _saturation(temperature: FloatArray) -> FloatArray:
    pressure: FloatArray = 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))
    return pressure


def _sky(day_of_year: IntArray) -> FloatArray:
    """FAO-56 eq. 21 to 25."""
    angle = 2 * np.pi / 365 * day_of_year
    latitude, sun = np.radians(KONYA.latitude_deg), 0.409 * np.sin(angle - 1.39)
    sunset = np.arccos(-np.tan(latitude) * np.tan(sun))
    height = sunset * np.sin(latitude) * np.sin(sun)
    height += np.cos(latitude) * np.cos(sun) * np.sin(sunset)
    sky: FloatArray = 24 * 60 / np.pi * 0.0820 * (1 + 0.033 * np.cos(angle)) * height
    return sky


def _need_row() -> Row:
    start = date(2016, 7, 4)
    days = tuple(start + timedelta(days=n) for n in range(7))
    reference = ReferenceEt(days, np.full(7, 8.0), np.zeros(7), ())
    plots = [
        CroppedPlot(str(n), "cotton", 5000.0 + n, date(2016, 4, 1 + n % 30)) for n in range(PLOTS)
    ]
    areas, kc = np.array([plot.area_m2 for plot in plots]), np.ones((PLOTS, 7))
    return (
        "need of 10,000 plots over 7 days, with its sentences",
        _cpu_s(lambda: need_of(plots, reference, start=start, end=start + timedelta(days=7)), 1),
        "numpy product of the same arrays",
        _cpu_s(lambda: (kc @ reference.eto_mm) * areas / 1000.0, 1),
        "—",
    )


def _cpu_s(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print the rows, and how far the two formulas of evapotranspiration are apart."""
    for name, cpu_s, peer, peer_cpu_s, target in rows():
        print(f"{name}: {cpu_s:.4f} s ({target}); {peer}: {peer_cpu_s:.4f} s")
    weather = _weather()
    apart = np.abs(work_out(KONYA, weather).eto_mm - _plain_penman_monteith(weather)).max()
    print(f"largest difference from the plain formula: {apart:.4f} mm a day")


if __name__ == "__main__":
    main()
