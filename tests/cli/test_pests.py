"""Degree-days and spray hours from the command line."""

import csv
import io
import subprocess
import sys
from itertools import accumulate

import pytest
from click.testing import CliRunner

from coopfarm.cli import main

DAYS = "date,tmin,tmax\n2026-07-01,50,82\n2026-07-02,45,70\n2026-07-03,50,70\n"
HOURS = (
    "hour,temperature_c,humidity_pct,wind_km_h,rain_mm\n"
    "06:00,20,50,5,0\n07:00,35,20,10,0\n08:00,20,50,10,1.5\n"
)


def run(*arguments, text):
    return CliRunner().invoke(main, ("pests", *arguments), input=text)


def rows(result):
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize(
    ("method", "published"),
    [
        ("single-triangle", (11.39, 4.5)),
        ("double-triangle", (10.62, 5.06)),
        ("single-sine", (11.85, 5.31)),
        ("double-sine", (11.31, 5.70)),
    ],
)
def test_each_day_and_the_running_total_are_printed_as_csv(method, published):
    printed = rows(
        run(
            *("degree-days", "-", "--lower", "55", "--upper", "90"),
            *("--method", method, "--cutoff", "horizontal"),
            text=DAYS,
        )
    )

    warmth = [float(row["degree_days"]) for row in printed]
    totals = [float(row["total_degree_days"]) for row in printed]
    assert [row["date"] for row in printed] == ["2026-07-01", "2026-07-02", "2026-07-03"]
    assert warmth[:2] == pytest.approx(published, abs=0.006)
    assert totals == pytest.approx([*accumulate(warmth)], abs=0.0002)


def test_degree_days_go_by_the_single_sine_unless_another_is_asked_for():
    asked = run("degree-days", "-", "--lower", "55", "--method", "single-sine", text=DAYS)

    assert run("degree-days", "-", "--lower", "55", text=DAYS).stdout == asked.stdout


@pytest.mark.parametrize(
    ("cutoff", "expected"),
    [("horizontal", "20.0000"), ("intermediate", "16.0000"), ("vertical", "0.0000")],
)
def test_the_cut_off_says_how_heat_counts(cutoff, expected):
    printed = rows(
        run(
            *("degree-days", "-", "--lower", "10", "--upper", "30", "--cutoff", cutoff),
            text="date,tmin,tmax\n2026-07-01,33,35\n",
        )
    )

    assert printed[0]["degree_days"] == expected


def test_each_hour_is_judged_with_its_reasons():
    printed = rows(run("spray-hours", "-", text=HOURS))

    assert [(row["hour"], row["delta_t_c"], row["ok"]) for row in printed] == [
        ("06:00", "6.30", "true"),
        ("07:00", "15.70", "false"),
        ("08:00", "6.30", "false"),
    ]
    assert printed[0]["reasons"] == ""
    assert "above 8 °C" in printed[1]["reasons"]
    assert printed[2]["reasons"] == "Rain of 1.5 mm in the hour 08:00 washes it off."


def test_the_dry_hours_of_a_label_are_asked_for():
    printed = rows(run("spray-hours", "-", "--dry-hours", "3", text=HOURS))

    assert [row["ok"] for row in printed] == ["false", "false", "false"]


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (("--lower", "10"), "date,tmin\n2026-07-01,5\n", "there is no column tmax"),
        (("--lower", "10"), DAYS, "Line 2, tmax: 82 cannot be"),
        (("--lower", "nan"), DAYS, "lower is nan"),
        (("--lower", "55", "--upper", "50"), DAYS, "not above the lower threshold"),
        (("--lower", "55", "--cutoff", "vertical"), DAYS, "there is none"),
        ((), DAYS, "Missing option '--lower'"),
        (("--lower", "55", "--method", "triple"), DAYS, "'triple' is not one of"),
        (("--lower", "55"), b"\xff\xfe", "FILE is not written in UTF-8, from byte 0"),
    ],
)
def test_what_cannot_be_used_ends_with_two_and_says_why(arguments, text, said):
    result = run("degree-days", "-", *arguments, text=text)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_each_of_several_problems_has_a_line():
    result = run("spray-hours", "-", text=HOURS + "09:00,20,120,-1,nan\n")

    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "Line 5, humidity_pct",
        "Line 5, wind_km_h",
        "Line 5, rain_mm",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    result = run("degree-days", str(tmp_path / "none.csv"), "--lower", "10", text="")

    assert result.exit_code == 2
    assert "none.csv" in result.stderr


def test_the_web_is_not_loaded_for_it():
    loaded = (
        "import sys; from coopfarm.cli import main;"
        "main(['pests', '--help'], standalone_mode=False);"
        "print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))"
    )

    printed = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, check=True, text=True
    ).stdout

    assert printed.endswith("[]\n")
