import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from coopfarm.cli.land_import import import_
from coopfarm.land.models import Outlet, Plot, Upload

# Two squares of a thousandth of a degree in Luzon, where no longitude is a latitude.
FIELDS = [
    [[lon, 15.4], [lon + 0.001, 15.4], [lon + 0.001, 15.401], [lon, 15.401], [lon, 15.4]]
    for lon in (120.6, 120.602)
]


@pytest.fixture
def run(database_url, owner_url, cooperative_id, tmp_path):
    """Runs `coopfarm import` on the database of the test."""
    env = {"COOPFARM_DATABASE_URL": database_url, "COOPFARM_DATA_DIR": str(tmp_path / "data")}
    env |= {"COOPFARM_OWNER_URL": owner_url}

    def command(*arguments):
        return CliRunner(env=env).invoke(import_, [str(a) for a in arguments])

    return command


@pytest.fixture
def table(tmp_path):
    def write(*lines):
        path = tmp_path / "plots.csv"
        path.write_text("\n".join(lines))
        return path

    return write


def count(session, kind):
    return session.scalar(select(func.count()).select_from(kind))


def test_a_file_is_imported_and_told_about(run, table, session):
    file = table("code,area_ha,outlet,remarks", "P1,1.5,W1,wet", "P2,2,W1,")

    done = run("plots", file, "--make-outlets")

    assert done.exit_code == 0
    assert "2 plots: 2 new, 0 changed, 0 as they were." in done.stdout
    assert "  outlet ← outlet" in done.stdout
    assert "Nothing is made of these columns: remarks." in done.stdout
    assert "1 new outlets are made for these plots: W1." in done.stdout
    assert (count(session, Plot), count(session, Outlet)) == (2, 1)


def test_a_dry_run_writes_nothing(run, table, session):
    done = run("plots", table("code,area_ha", "P1,1.5"), "--dry-run")

    assert done.exit_code == 0
    assert "Nothing was written." in done.stdout
    assert count(session, Plot) == count(session, Upload) == 0


def test_problems_are_named_and_nothing_is_written(run, table, session):
    done = run("plots", table("code,area_ha,outlet", "P1,1.5,W1", "P2,much,"))

    assert done.exit_code == 1
    assert "Feature 1 (P1) takes water at outlet W1, and there is none." in done.stderr
    assert "“much” in column area_ha is not a number" in done.stderr
    assert count(session, Plot) == 0


def test_a_file_that_is_no_map_ends_with_two(run, tmp_path):
    file = tmp_path / "plots.pdf"
    file.write_bytes(b"%PDF-1.7")

    done = run("plots", file)

    assert done.exit_code == 2
    assert "This is no GeoJSON" in done.stderr


def test_the_missing_coordinate_system_is_asked_for(run, table):
    file = table("code,wkt", '"P1","POLYGON((31 30,31.001 30,31.001 30.001,31 30))"')

    asked = run("plots", file)
    answered = run("plots", file, "--crs", "EPSG:4326")

    assert (asked.exit_code, answered.exit_code) == (2, 0)
    assert "EPSG:4326" in asked.stderr


def test_a_column_can_be_named(run, table, session):
    done = run("plots", table("FID,land", "7,1.5"), "--map", "FID=code", "--map", "land=area_ha")

    assert done.exit_code == 0
    assert session.scalars(select(Plot)).one().code == "7"


@pytest.mark.parametrize("pair", ["FID", "FID=", "FID=weight", "nowhere=code"])
def test_a_column_that_means_nothing_is_refused(run, table, pair):
    assert run("plots", table("FID,area_ha", "7,1.5"), "--map", pair).exit_code == 2


def test_another_cooperative_must_be_there(run, table):
    done = run("plots", table("code,area_ha", "P1,1"), "--cooperative", "Nowhere")

    assert done.exit_code == 2
    assert "name the cooperative" in done.stderr


def test_kashkadarya_comes_in_by_two_commands(run, shared_data, session):

    first = run("plots", shared_data("kashkadarya_uz/plots.geojson"))
    second = run(
        "plots", shared_data("kashkadarya_uz/watercourses_SYNTHETIC.csv"), "--make-outlets"
    )

    assert "426 plots: 426 new" in first.stdout
    assert "426 plots: 0 new, 426 changed" in second.stdout
    assert count(session, Outlet) == 9


def test_choices_of_the_page_are_choices_of_the_command(run, tmp_path, session):
    north_first = [[[lat, lon] for lon, lat in corners] for corners in FIELDS]
    file = tmp_path / "fields.geojson"
    features = [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]}}
        for corners in north_first
    ]
    file.write_text("\n".join(json.dumps(feature) for feature in features))

    asked = run("plots", file)
    answered = run("plots", file, "--swap-axes", "--make-codes", "--leave-out", "2")

    assert asked.exit_code == 1
    assert "No column of the file holds the codes" in asked.stderr
    assert answered.exit_code == 0
    assert "Good to know: x and y are read the other way round, as you chose." in answered.stdout
    assert "Put right: 1 feature is left out, as you chose." in answered.stdout
    assert [plot.code for plot in session.scalars(select(Plot))] == ["P001"]
