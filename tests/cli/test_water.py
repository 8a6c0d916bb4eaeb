"""Planning, weather and replay from the command line, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from coopfarm.cli import main
from coopfarm.land.models import Outlet, Plot
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from coopfarm.water.models import (
    Allotment,
    DayOfWeather,
    HourOfWeather,
    Rotation,
    WeatherStation,
)
from tests.factories.members import make_member
from tests.factories.water import settle_week

Run = Callable[..., Result]
WEEK = ("plan", "--starts", "2026-07-04T09:00", "--supply", "60%")


@pytest.fixture
def run(tmp_path: Path, database_url: str, owner_url: str) -> Run:
    def command(*arguments: str) -> Result:
        settings = {"COOPFARM_DATA_DIR": str(tmp_path), "COOPFARM_DATABASE_URL": database_url}
        settings |= {"COOPFARM_OWNER_URL": owner_url}
        return CliRunner().invoke(main, arguments, env=settings)

    return command


@pytest.fixture
def village(database: Database, cooperative_id: int) -> int:
    """Al-Nur with three plots of cotton and eight days of weather."""
    with database.transaction(cooperative_id) as session:
        settle_week(session, [make_member(session).id for _ in range(3)])
    return cooperative_id


def _refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return " ".join(result.stderr.split())


def _plans(database: Database, cooperative_id: int) -> list[Rotation]:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return [*session.scalars(select(Rotation).order_by(Rotation.version))]


def test_a_week_is_planned_as_a_draft_and_told_in_numbers(
    run: Run, database: Database, village: int
) -> None:
    told = run(*WEEK)

    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[:3] == [
        "Plan 1: draft, by cea.",
        "Reference evapotranspiration 56.00 mm.",
        "Need 3,538 m³, supply 2,123 m³ (60.0 %), 3 plots at 1 outlets.",
    ]
    for rule in ("cea", "proportional", "cel", "talmud"):
        assert f"  {rule:13} Gini" in told.output
    assert told.output.endswith("The certificate holds.\n")
    assert [plan.state for plan in _plans(database, village)] == ["draft"]


def test_a_week_is_put_in_force_with_a_word_to_the_members(
    run: Run, database: Database, village: int
) -> None:
    later = [argument.replace("2026", "2096") for argument in WEEK]
    _move_weather(database, village, 2096)

    told = run(*later, "--coefficient", "cotton=1.0", "--publish", "The canal is low.")

    assert told.exit_code == 0, told.output
    (plan,) = _plans(database, village)
    assert (plan.state, plan.note) == ("in_force", "The canal is low.")
    assert plan.need_m3 == pytest.approx(0.056 * 54_000)


@pytest.mark.parametrize(
    ("supply", "m3"), [("50%", 1769.04), ("2 l/s", 1209.6), ("1000m3", 1000), ("1000 m³", 1000)]
)
def test_supply_is_written_in_percent_litres_a_second_or_cubic_metres(
    run: Run, database: Database, village: int, supply: str, m3: float
) -> None:
    told = run("plan", "--starts", "2026-07-04T09:00", "--supply", supply)

    assert told.exit_code == 0, told.output
    assert _plans(database, village)[0].supply_m3 == pytest.approx(m3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--supply", "0%"), "supply: 0 % cannot be."),
        (("--supply", "160%"), "supply: 160 % cannot be."),
        (("--supply", "much"), "--supply: “much” is no supply. Write 60%, 250l/s or 5000m3."),
        (("--supply", "1.2.3%"), "--supply: “1.2.3%” is no supply."),
        (("--supply", "9" * 400 + "m3"), "supply: inf cannot be."),
        (("--supply", "900l/s"), "of what the plots need"),
        (("--starts", "tomorrow"), "--starts: “tomorrow” is no moment."),
        (("--starts", "0001-01-01T00:00"), "--starts: 1 is too far away."),
        (("--starts", "9999-12-31"), "--starts: 9999 is too far away."),
        (("--starts", "2027-07-04"), "There is no weather for 7 of the 7 days"),
        (("--days", "0"), "this one has 0 minutes"),
        (("--days", "nan"), "this one has 0 minutes"),
        (("--days", "inf"), "this one has 0 minutes"),
        (("--days", "400"), "this one has 576,000 minutes"),
        (("--least", "70"), "A least share of 70 % for everybody is more than the supply of 60 %"),
        (("--least", "nan"), "least_percent: nan % cannot be."),
        (("--coefficient", "cotton"), "--coefficient: “cotton” is no coefficient."),
        (("--coefficient", "cotton=9"), "The coefficient of cotton is 9; it lies between 0 and 2"),
        (("--coefficient", "cotton=nan"), "The coefficient of cotton is nan"),
        (("--basis", "shares"), "Plot O1-01 has no shares written down"),
        (("--rule", "strongest"), "'strongest' is not one of"),
        (("--cooperative", "Atlantis"), "name the cooperative with --cooperative, one of: Al-Nur"),
    ],
)
def test_what_cannot_be_planned_is_named_and_nothing_is_kept(
    run: Run, database: Database, village: int, change: tuple[str, ...], words: str
) -> None:
    assert words in _refused(run(*WEEK, *change))
    assert _plans(database, village) == []


def test_a_week_that_is_over_is_neither_published_nor_kept(
    run: Run, database: Database, village: int
) -> None:
    _move_weather(database, village, 2016)
    past = [argument.replace("2026", "2016") for argument in WEEK]

    told = run(*past, "--coefficient", "cotton=1", "--publish", "The canal is low.")

    assert "This plan's period ended" in _refused(told)
    assert _plans(database, village) == []


def _move_weather(database: Database, cooperative_id: int, year: int) -> None:
    with database.transaction(cooperative_id) as session:
        for day in session.scalars(select(DayOfWeather)):
            day.on_day = day.on_day.replace(year=year)


def test_several_things_in_the_way_are_told_line_by_line(
    run: Run, database: Database, village: int
) -> None:
    with database.transaction(village) as session:
        session.execute(update(Plot).values(crop="triffid"))

    told = run(*WEEK)

    assert told.exit_code == 2
    assert [line[:12] for line in told.stderr.splitlines()] == [
        "Plot O1-01 h",
        "Plot O1-02 h",
        "Plot O1-03 h",
    ]


def test_without_a_cooperative_it_is_said_how_to_get_one(run: Run) -> None:
    for command in (WEEK, ("replay", "1")):
        assert "there is no cooperative yet" in _refused(run(*command))


def test_of_several_cooperatives_one_has_to_be_named(
    run: Run, database: Database, village: int, clock: Callable[[], object]
) -> None:
    with database.transaction() as session:
        session.add(Cooperative(name="Other", timezone="UTC", locale="en_GB", made_at=clock()))

    unnamed = _refused(run(*WEEK))
    named = run(*WEEK, "--cooperative", "Al-Nur")

    assert "one of: Al-Nur, Other" in unnamed
    assert named.exit_code == 0


def test_a_plan_replays_to_the_same_bytes(run: Run, village: int) -> None:
    run(*WEEK, "--rule", "talmud", "--least", "10", "--days", "5.5")

    told = run("replay", "1")

    assert told.exit_code == 0, told.output
    assert told.output.startswith("Plan 1 is identical: ")
    assert told.output.endswith("Its certificate holds.\n")


def test_a_plan_that_does_not_hold_replays_with_its_findings(
    run: Run, database: Database, village: int
) -> None:
    with database.transaction(village) as session:
        session.execute(update(Outlet).values(capacity_l_s=3.0))
    planned = run(*WEEK, "--rule", "cel")

    told = run("replay", "1")

    assert planned.output.endswith("It cannot be published.\n")
    assert told.exit_code == 0
    assert "Its certificate does not hold:\n  Outlet O1 would have to pass" in told.output


def test_a_plan_that_was_changed_behind_its_back_is_found(
    run: Run, database: Database, village: int
) -> None:
    run(*WEEK)
    with database.transaction(village) as session:
        session.execute(update(Allotment).values(award_m3=Allotment.award_m3 + 1))

    told = run("replay", "1")

    assert told.exit_code == 1
    assert told.output.splitlines()[:2] == [
        "Plan 1 differs.",
        "  What is shown to the farmer of plot O1-01 is not what the plan gives.",
    ]


@pytest.mark.parametrize("version", ["7", "first", "-1"])
def test_a_plan_that_is_not_there_is_not_replayed(run: Run, village: int, version: str) -> None:
    assert _refused(run("replay", version))


@pytest.fixture
def weather_file(tmp_path: Path) -> Path:
    file = tmp_path / "weather.csv"
    file.write_text("date,tmin_c,tmax_c\n2026-07-04,20,35\n2026-07-05,21,36\n", "utf-8")
    return file


STATION = ("--station", "Al-Nur", "--latitude", "30.3", "--elevation", "28")


def test_weather_is_kept_from_a_file(
    run: Run, database: Database, cooperative_id: int, weather_file: Path
) -> None:
    told = run("weather", str(weather_file), *STATION)

    assert told.exit_code == 0, told.output
    assert told.output.startswith("2 days of weather are kept.\n")
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.scalars(select(WeatherStation)).one().latitude_deg == 30.3
        assert session.scalar(select(func.count()).select_from(DayOfWeather)) == 2


def test_weather_that_cannot_be_kept_is_told_why(
    run: Run, database: Database, cooperative_id: int, weather_file: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,tmin_c,tmax_c\n2026-07-04,20,warm\n", "utf-8")
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"date,tmin_c\xff\n")

    said = [
        _refused(run("weather", *arguments))
        for arguments in (
            (str(weather_file),),
            (str(tmp_path / "none.csv"), *STATION),
            (str(tmp_path), *STATION),
            (str(latin), *STATION),
            (str(wrong), *STATION),
            (str(weather_file), "--station", "Al-Nur"),
            (str(weather_file), "--latitude", "30", "--elevation", "28"),
            (str(weather_file), "--station", "Far", "--latitude", "89", "--elevation", "28"),
            (str(weather_file), *STATION, "--wind-height", "0"),
        )
    ]

    words = (
        "No weather is kept yet. Add a station",
        "No such file",
        "Is a directory",
        "utf-8",
        "“warm” is not a number",
        "give --station, --latitude and --elevation together",
        "give --station, --latitude and --elevation together",
        "latitude_deg is 89",
        "wind_height_m is 0",
    )
    assert [w for w, s in zip(words, said, strict=True) if w not in s] == []
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.scalar(select(func.count()).select_from(WeatherStation)) == 0


def test_days_may_be_borrowed_from_an_earlier_year(
    run: Run, database: Database, village: int
) -> None:
    told = run(
        "plan",
        "--starts",
        "2027-07-03T09:00",
        "--supply",
        "60%",
        "--earlier-years",
        "--coefficient",
        "cotton=1",
    )

    assert told.exit_code == 0, told.output
    assert "7 of the days have no weather yet; the same days of an earlier year" in told.output


def test_hours_of_weather_are_told_from_days_by_their_columns(
    run: Run, database: Database, cooperative_id: int, tmp_path: Path
) -> None:
    file = tmp_path / "hours.csv"
    heading = "hour,temperature_c,humidity_pct,wind_km_h,rain_mm\n"
    file.write_text(f"{heading}2026-07-04T06:00Z,24,60,8,0\n2026-07-04T07:00Z,25,58,9,0\n", "utf-8")

    told = run("weather", str(file))

    assert told.exit_code == 0, told.output
    assert told.output.startswith("2 hours of weather are kept, up to 2026-07-04 ")
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        kept = session.scalars(select(HourOfWeather).order_by(HourOfWeather.starts_at)).all()
        assert [(one.temperature_c, one.source) for one in kept] == [
            (24.0, "hours.csv"),
            (25.0, "hours.csv"),
        ]
