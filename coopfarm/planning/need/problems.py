"""What can be wrong with weather, said so that it can be put right."""

import math

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


def told(value: float) -> float | str:
    """The value as a fact: one that is no number is told by its name, for JSON has none."""
    return value if math.isfinite(value) else str(value)


class BadStation(Invalid):
    """A station cannot be there."""

    code = "bad-weather-station"
    words = N_(
        "The weather station's %(field)s is %(value)s; it lies between %(least)s and %(most)s."
    )


class NotATable(Invalid):
    """The text is not comma-separated values."""

    code = "weather-not-a-table"
    words = N_("The weather file cannot be read as a table from line %(line)s on. Save it as CSV.")


class NoDayColumn(Invalid):
    """No heading stands for the day."""

    code = "weather-without-day-column"
    words = N_(
        "The first line of the weather file names no column of days. Name one column “date” and"
        " write the days as 2016-07-04."
    )


class NoTemperatureColumns(Invalid):
    """Neither temperatures nor evapotranspiration is among the headings."""

    code = "weather-without-temperatures"
    words = N_(
        "The weather file needs the columns tmin_c and tmax_c, or eto_mm. Everything else can be"
        " substituted; these cannot."
    )


class ColumnTwice(Invalid):
    """Two headings mean the same."""

    code = "weather-column-twice"
    words = N_("The columns %(first)s and %(second)s both mean %(means)s. Keep one of them.")


class NoDays(Invalid):
    """There is a heading and nothing below it."""

    code = "weather-without-days"
    words = N_("The weather file has no days below its first line.")


class DayMissing(Invalid):
    """A row has no date."""

    code = "weather-day-missing"
    words = N_("Line %(line)s: the day is missing. Write it as 2016-07-04.")


class NotADay(Invalid):
    """A date cannot be read, or is of another calendar."""

    code = "weather-not-a-day"
    words = N_(
        "Line %(line)s: “%(value)s” is not a day. Write it as year, month, day of the Gregorian"
        " calendar: 2016-07-04."
    )


class DayTwice(Invalid):
    """The same day stands in two rows."""

    code = "weather-day-twice"
    words = N_("Line %(line)s: %(on)s stands already in line %(earlier)s. Keep one of them.")


class NotANumber(Invalid):
    """A cell holds something else than a number."""

    code = "weather-not-a-number"
    words = N_(
        "Line %(line)s, %(column)s: “%(value)s” is not a number. Leave the cell empty where"
        " nothing was measured."
    )


class OutOfRange(Invalid):
    """No weather on Earth is like that."""

    code = "weather-out-of-range"
    words = N_(
        "Line %(line)s, %(column)s: %(value)s cannot be; it lies between %(least)s and %(most)s"
        " %(unit)s. Leave the cell empty where nothing was measured."
    )


class LowAboveHigh(Invalid):
    """A lowest value is above the highest of the same day."""

    code = "weather-low-above-high"
    words = N_(
        "Line %(line)s: %(column)s is %(value)s, above %(above)s of the same day, %(most)s."
        " Put right which is which."
    )


class RowTooLong(Invalid):
    """A row has more cells than the heading."""

    code = "weather-row-too-long"
    words = N_(
        "Line %(line)s has %(cells)s cells, the first line %(columns)s. If a comma is the decimal"
        " sign, separate the columns with a semicolon."
    )


class NothingToGoBy(Invalid):
    """A day has neither both temperatures nor an evapotranspiration."""

    code = "weather-nothing-to-go-by"
    words = N_(
        "Line %(line)s: %(on)s has neither both temperatures nor a reference evapotranspiration."
        " Enter one of them or take the line out."
    )


class ReadingStopped(Invalid):
    """More problems than anybody would read."""

    code = "weather-reading-stopped"
    words = N_("Reading stopped at line %(line)s. Put these right first; there may be more.")


class UnusableDay(Invalid):
    """A stored or typed day of weather has a value that cannot be."""

    code = "unusable-weather-day"
    words = N_("The weather of %(on)s cannot be used: %(column)s is %(value)s.")


class RepeatedDay(Invalid):
    """The same day was given twice."""

    code = "repeated-weather-day"
    words = N_("The weather of %(on)s was given twice. Keep one of them.")


class NoTemperature(Invalid):
    """The one thing FAO-56 has no substitute for is missing."""

    code = "no-temperature"
    words = N_(
        "The weather of %(days)s has neither both temperatures nor a reference"
        " evapotranspiration. Enter one of them."
    )
