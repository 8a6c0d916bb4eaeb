"""Reference evapotranspiration: what a field of clipped grass would take from each day's air."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import refet

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.need import gaps
from coopfarm.planning.need import problems as no
from coopfarm.planning.need.gaps import FloatArray, WeatherColumns
from coopfarm.planning.need.weather import Station, WeatherDay, faults

ETO_GIVEN = Phrase(
    "eto-given",
    N_("Reference evapotranspiration is given for %(days)s of %(all)s days; it is used as given."),
)
_NAMED = 10
# The columns of a block and what is made of them stay in the processor's cache.
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceEt:
    """Millimetres a day of reference evapotranspiration and of rain (NaN: not measured)."""

    on: tuple[date, ...]
    eto_mm: FloatArray
    rain_mm: FloatArray
    notes: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Workings:
    """Every step from weather to evapotranspiration, one value per day.

    Radiation in MJ/m²/day, vapour pressure in kPa, wind at 2 m in m/s; `substitutes` counts
    the days on which something stood in for what was not measured.
    """

    sky_mj_m2: FloatArray
    clear_mj_m2: FloatArray
    rs_mj_m2: FloatArray
    net_mj_m2: FloatArray
    saturation_kpa: FloatArray
    vapour_kpa: FloatArray
    u2_m_s: FloatArray
    eto_mm: FloatArray
    substitutes: tuple[tuple[Phrase, int], ...]


def reference_et(station: Station, days: Sequence[WeatherDay]) -> ReferenceEt:
    """Reference evapotranspiration of each day, and a sentence for each substitution.

    A day's own `eto_mm` is used as given. Raises NoTemperature for days that have neither it
    nor both temperatures, and UnusableDay or RepeatedDay (Several of them together).
    """
    _check(days)
    unmeasured = [place for place, day in enumerate(days) if day.eto_mm is None]
    eto_mm = _column(days, "eto_mm")
    notes: tuple[Sentence, ...] = ()
    if unmeasured:
        workings = work_out(station, _columns([days[place] for place in unmeasured]))
        eto_mm[unmeasured] = workings.eto_mm
        notes = tuple(says(days=n, all=len(days)) for says, n in workings.substitutes)
    if len(unmeasured) < len(days):
        notes = (ETO_GIVEN(days=len(days) - len(unmeasured), all=len(days)), *notes)
    return ReferenceEt(tuple(day.on for day in days), eto_mm, _column(days, "rain_mm"), notes)


def work_out(station: Station, weather: WeatherColumns) -> Workings:
    """FAO-56 Penman-Monteith over columns of one station; a day without temperature gives NaN.

    Values are not checked: that is for whoever reads them (`weather.faults`).
    """
    ends = range(0, max(len(weather), 1), _BLOCK)
    blocks = [_work_out_block(station, weather.rows(at, at + _BLOCK)) for at in ends]
    return blocks[0] if len(blocks) == 1 else _joined(blocks)


def _joined(blocks: Sequence[Workings]) -> Workings:
    columns = {
        column.name: np.concatenate([getattr(block, column.name) for block in blocks])
        for column in fields(Workings)
        if column.name != "substitutes"
    }
    counts: Counter[Phrase] = Counter()
    for block in blocks:
        counts.update(dict(block.substitutes))
    return replace(blocks[0], **columns, substitutes=tuple(counts.items()))


def _work_out_block(station: Station, weather: WeatherColumns) -> Workings:
    vapour = gaps.vapour_kpa(weather)
    radiation = gaps.radiation_mj_m2(station, weather)
    wind = gaps.wind_m_s(station, weather)
    # FAO-56 eq. 6 as standardised by ASCE-EWRI 2005; refet's other method differs by 1 %.
    daily = refet.Daily(
        tmin=weather.tmin_c,
        tmax=weather.tmax_c,
        rs=radiation.values,
        ea=vapour.values,
        uz=wind.values,
        zw=station.wind_height_m,
        elev=station.elevation_m,
        lat=station.latitude_deg,
        doy=weather.day_of_year,
        method="asce",
    )
    return Workings(
        sky_mj_m2=daily.ra,
        clear_mj_m2=daily.rso,
        rs_mj_m2=daily.rs,
        net_mj_m2=daily.rn,
        saturation_kpa=daily.es,
        vapour_kpa=daily.ea,
        u2_m_s=daily.u2,
        eto_mm=daily.eto(),
        substitutes=(*vapour.substitutes, *radiation.substitutes, *wind.substitutes),
    )


def _check(days: Sequence[WeatherDay]) -> None:
    problems = [*_unusable(days)]
    bare = [day.on for day in days if not day.tells_evaporation]
    if bare:
        problems.append(no.NoTemperature(days=named(bare), count=len(bare)))
    if problems:
        raise problems[0] if len(problems) == 1 else Several(problems)


def _unusable(days: Sequence[WeatherDay]) -> Iterator[Refusal]:
    seen: set[date] = set()
    for day in days:
        if day.on in seen:
            yield no.RepeatedDay(on=day.on)
        seen.add(day.on)
        for fault in faults(day):
            yield no.UnusableDay(on=day.on, column=fault.column, value=no.told(fault.value))


def named(days: Sequence[date]) -> str:
    """The first of the days by name, with dots for those that follow."""
    names = [day.isoformat() for day in days[:_NAMED]]
    return ", ".join(names if len(days) <= _NAMED else [*names, "…"])


def _columns(days: Sequence[WeatherDay]) -> WeatherColumns:
    def column(field: str) -> FloatArray | None:
        values = _column(days, field)
        return None if np.isnan(values).all() else values

    return WeatherColumns(
        day_of_year=np.array([day.on.timetuple().tm_yday for day in days]),
        tmin_c=_column(days, "tmin_c"),
        tmax_c=_column(days, "tmax_c"),
        rs_mj_m2=column("rs_mj_m2"),
        sunshine_h=column("sunshine_h"),
        vapour_kpa=column("vapour_kpa"),
        tdew_c=column("tdew_c"),
        rh_min_pct=column("rh_min_pct"),
        rh_mean_pct=column("rh_mean_pct"),
        rh_max_pct=column("rh_max_pct"),
        wind_m_s=column("wind_m_s"),
    )


def _column(days: Sequence[WeatherDay], field: str) -> FloatArray:
    values = (getattr(day, field) for day in days)
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
