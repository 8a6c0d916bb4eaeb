"""What can be wrong with a file of temperatures or of hours, and with what is asked of it."""

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


class NotATable(Invalid):
    """The text is not comma-separated values."""

    code = "pest-file-not-a-table"
    words = N_("The file cannot be read as a table from line %(line)s on. Save it as CSV.")


class NoRows(Invalid):
    """There is a heading and nothing below it, or not even a heading."""

    code = "pest-file-without-rows"
    words = N_("The file has no rows. Its first line names the columns %(columns)s; rows follow.")


class ColumnMissing(Invalid):
    """A heading this table cannot do without."""

    code = "pest-column-missing"
    words = N_(
        "Line %(line)s: there is no column %(field)s. The first line has to name the columns"
        " %(columns)s; others are not used."
    )


class ColumnTwice(Invalid):
    """Two headings mean the same."""

    code = "pest-column-twice"
    words = N_(
        "Line %(line)s: the columns %(first)s and %(second)s both mean %(field)s. Keep one of them."
    )


class RowTooLong(Invalid):
    """A row has more cells than the heading."""

    code = "pest-row-too-long"
    words = N_(
        "Line %(line)s has %(cells)s cells, the first line %(columns)s. If a comma is the decimal"
        " sign, separate the columns with a semicolon."
    )


class CellMissing(Invalid):
    """Nothing was measured where something has to be."""

    code = "pest-cell-missing"
    words = N_(
        "Line %(line)s, %(field)s: nothing is written there, and nothing stands in for it. Enter"
        " what was measured at the nearest station."
    )


class NotANumber(Invalid):
    """A cell holds something else than a number; NaN is something else."""

    code = "pest-not-a-number"
    words = N_(
        "Line %(line)s, %(field)s: “%(value)s” is not a number. Write it with digits, as in 31.5."
    )


class NotADay(Invalid):
    """A date cannot be read, or is of another calendar."""

    code = "pest-not-a-day"
    words = N_(
        "Line %(line)s, %(field)s: “%(value)s” is not a day. Write it as year, month, day of the"
        " Gregorian calendar: 2026-07-04."
    )


class NotAnHour(Invalid):
    """An hour cannot be read, or is not a full hour."""

    code = "pest-not-an-hour"
    words = N_(
        "Line %(line)s, %(field)s: “%(value)s” is not a full hour. Write 0 to 23, 06:00, or"
        " 2026-07-04T06:00, the same way in every line."
    )


class OutOfRange(Invalid):
    """No weather on Earth is like that."""

    code = "pest-out-of-range"
    words = N_(
        "Line %(line)s, %(field)s: %(value)s cannot be; it lies between %(least)s and %(most)s"
        " %(unit)s."
    )


class TemperatureOutOfRange(Invalid):
    """No temperature on Earth is like that, in the degrees the lower threshold is in."""

    code = "pest-temperature-out-of-range"
    words = N_(
        "Line %(line)s, %(field)s: %(value)s cannot be. The lower threshold is %(lower)s, so the"
        " file is taken to be in %(unit)s, where temperatures lie between %(least)s and %(most)s."
        " Give temperatures and thresholds in the same degrees."
    )


class LowAboveHigh(Invalid):
    """A day's lowest temperature is above its highest."""

    code = "pest-low-above-high"
    words = N_(
        "Line %(line)s, %(field)s: %(low)s is above tmax of the same day, %(high)s. Put right"
        " which is which."
    )


class DaysMissing(Invalid):
    """Between two rows days are left out."""

    code = "pest-days-missing"
    words = N_(
        "Line %(line)s, %(field)s: %(on)s follows %(before)s; the days between them are missing"
        " (%(missing)s). Degree-days add up only where every day counts: add those days."
    )


class DayNotAfter(Invalid):
    """A day stands twice or before an earlier one."""

    code = "pest-day-not-after"
    words = N_(
        "Line %(line)s, %(field)s: %(on)s comes after %(before)s in the file. Sort the lines by"
        " day, and keep one line for each."
    )


class HourNotAfter(Invalid):
    """An hour stands twice or before an earlier one."""

    code = "pest-hour-not-after"
    words = N_(
        "Line %(line)s, %(field)s: %(hour)s comes after %(before)s in the file. Sort the lines by"
        " hour, one for each; where they go past midnight write 2026-07-04T06:00."
    )


class ReadingStopped(Invalid):
    """More problems than anybody would read."""

    code = "pest-reading-stopped"
    words = N_("Reading stopped at line %(line)s. Put these right first; there may be more.")


class ThresholdUnusable(Invalid):
    """A threshold is no temperature."""

    code = "pest-threshold-unusable"
    words = N_(
        "%(field)s is %(stated)s. A threshold is a temperature between %(least)s and %(most)s, in"
        " the degrees of the file."
    )


class ThresholdsCross(Invalid):
    """The upper threshold is not above the lower."""

    code = "pest-thresholds-cross"
    words = N_(
        "%(field)s is %(upper)s, not above the lower threshold, %(lower)s. Between them the pest"
        " develops: the upper one has to be the higher."
    )


class CutoffWithoutUpper(Invalid):
    """How to cut off was said, and not where."""

    code = "pest-cutoff-without-upper"
    words = N_(
        "%(field)s says how to count above the upper threshold, and there is none. Give --upper"
        " too, or leave %(field)s out."
    )


class NumberWithoutSource(Invalid):
    """A number about a pest that nobody vouches for."""

    code = "pest-number-without-source"
    words = N_(
        "The numbers for %(pest)s have no %(field)s. Say where they were published, and in which"
        " year: numbers nobody vouches for are not used."
    )


class BiofixNotMeasured(Invalid):
    """The temperatures do not hold the day from which degree-days count."""

    code = "pest-biofix-not-measured"
    words = N_(
        "The first temperatures are of %(first)s and the last of %(last)s; the day to count from,"
        " %(biofix)s, is not among them. Add the temperatures since then, or choose another day."
    )


class AreaUnusable(Invalid):
    """What was drawn encloses nothing, or crosses itself."""

    code = "pest-area-unusable"
    words = N_(
        "The area that was drawn encloses no land, or its outline crosses itself. Draw it again"
        " as one outline around the plots."
    )
