"""What the doctor finds, and what it says to do."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopfarm.cli import doctor, main
from coopfarm.store.db import Database
from coopfarm.store.keeping import health
from coopfarm.water import actions
from coopfarm.water.rules import Wish
from coopfarm.web import paper
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, WEEK_MINUTES, settle_week

Look = Callable[..., dict[str, tuple[str, str]]]
PEPPER = "9f3c61d07be84a52 of the village"
SECRET = "1a2b3c4d5e6f7890 of the cookies"


def examine(folder: Path, url: str | None, *options: str, **environ: str | None) -> Result:
    settings = {
        "COOPFARM_DATA_DIR": str(folder),
        "COOPFARM_DATABASE_URL": url,
        "COOPFARM_OWNER_URL": None,
        "COOPFARM_PEPPER": PEPPER + "!",
        "COOPFARM_SECRET_KEY": SECRET + "!",
        **environ,
    }
    return CliRunner().invoke(main, ["doctor", *options], env=settings)


@pytest.fixture
def look(tmp_path: Path, database_url: str, owner_url: str) -> Look:
    """What about → state and words, of the database of the test."""

    def ask(**environ: str | None) -> dict[str, tuple[str, str]]:
        said = examine(
            tmp_path, database_url, "--json", **{"COOPFARM_OWNER_URL": owner_url, **environ}
        )
        assert said.exception is None or isinstance(said.exception, SystemExit)
        found = {one["about"]: (one["state"], one["says"]) for one in json.loads(said.stdout)}
        faults = any(state == "fault" for state, _ in found.values())
        assert said.exit_code == int(faults)
        return found

    return ask


@pytest.fixture
def on_sqlite(database_url: str) -> Path:
    if not database_url.startswith("sqlite"):
        pytest.skip("of the embedded database")
    return Path(database_url.removeprefix("sqlite:///"))


def test_all_is_well_in_a_village_that_is_kept(look: Look, cooperative_id: int) -> None:
    found = look()

    well = {about for about, (state, _) in found.items() if state == "ok"}
    assert well >= {"data folder", "pepper", "secret_key", "database", "tables", "rows", "map"}
    assert well >= {"clock", "cooperatives", "time zones", "paper", "land files", "worker"}
    assert found["cooperatives"] == ("ok", "Al-Nur")
    assert "Africa/Cairo" in found["time zones"][1]


@pytest.mark.parametrize("hour", range(24))
def test_the_clock_changes_are_known_at_each_hour(hour: int) -> None:
    now = datetime(2026, 11, 22, hour, 11, tzinfo=UTC)

    found = doctor.time_zones({"Africa/Cairo", "Asia/Karachi"}, now)

    assert found.state == "ok", found


def test_each_thing_has_its_line(tmp_path: Path, on_sqlite: Path, cooperative_id: int) -> None:
    said = examine(tmp_path, f"sqlite:///{on_sqlite}")

    lines = said.output.splitlines()
    assert said.exit_code == 0, said.output
    assert all(line.startswith(("ok  ", "warning  ", "FAULT  ")) for line in lines)
    assert "ok       rows: the file is whole, and every reference leads somewhere" in lines


def test_settings_of_postgresql_that_lose_answers_are_named(look: Look, database_url: str) -> None:
    """The cluster of the tests is set up to be fast and not to last."""
    state, says = look()["power cuts"]

    if database_url.startswith("sqlite"):
        assert state == "ok"
    else:
        assert (state, "(fsync, full_page_writes, synchronous_commit off)" in says) == (
            "fault",
            True,
        )


def test_a_folder_without_anything_says_what_to_do(tmp_path: Path) -> None:
    said = examine(tmp_path / "new", None, COOPFARM_PEPPER=None)

    assert said.exit_code == 1
    assert "FAULT    data folder:" in said.output
    assert "“coopfarm init” makes it, “coopfarm restore” fills it." in said.output
    assert "warning  pepper: there is none yet" in said.output
    assert not (tmp_path / "new").exists()


def test_a_database_that_is_away_is_a_fault_in_words(tmp_path: Path) -> None:
    said = examine(tmp_path, "postgresql://127.0.0.1:1/no")

    assert said.exit_code == 1
    assert "FAULT    database: it does not answer:" in said.output
    assert "Traceback" not in said.output


def test_settings_that_stop_the_program_are_a_fault(tmp_path: Path) -> None:
    said = examine(tmp_path, None, COOPFARM_PORT="eighty")

    assert said.exit_code == 1
    assert said.output == "FAULT    settings: COOPFARM_PORT: Not a valid integer.\n"


def test_a_secret_that_others_can_read_is_named(look: Look, tmp_path: Path) -> None:
    (tmp_path / "pepper.txt").write_text(PEPPER)
    (tmp_path / "pepper.txt").chmod(0o644)

    found = look(COOPFARM_PEPPER=None)

    assert found["pepper"] == (
        "fault",
        f"others can read {tmp_path / 'pepper.txt'}: chmod 600 {tmp_path / 'pepper.txt'}",
    )


def test_secrets_that_are_no_secrets_are_named(look: Look) -> None:
    found = look(COOPFARM_PEPPER="x" * 40, COOPFARM_SECRET_KEY="x" * 40)

    assert found["secret_key"][0] == found["pepper"][0] == "fault"
    assert "is easily guessed" in found["secret_key"][1]


def test_in_production_the_secrets_of_development_are_named(look: Look, tmp_path: Path) -> None:
    (tmp_path / "pepper.txt").write_text(PEPPER + "!")
    (tmp_path / "pepper.txt").chmod(0o600)

    found = look(COOPFARM_ENVIRONMENT="production")

    assert found["settings"][0] == "fault"
    assert found["settings"][1].startswith("COOPFARM_PEPPER: ")


def test_a_role_that_passes_the_walls_is_a_fault_in_production(
    look: Look, cooperative_id: int, owner_url: str
) -> None:
    held = look(COOPFARM_ENVIRONMENT="production")["walls"]

    passing = look(COOPFARM_ENVIRONMENT="production", COOPFARM_DATABASE_URL=owner_url)["walls"]

    assert held[0] == "ok"
    assert passing[0] == ("ok" if owner_url.startswith("sqlite") else "fault")


def test_a_damaged_file_is_noticed(look: Look, on_sqlite: Path) -> None:
    content = bytearray(on_sqlite.read_bytes())
    page = len(content) // 4096 // 2 * 4096
    content[page : page + 512] = bytes(512)
    on_sqlite.write_bytes(content)

    found = look()

    faults = {about for about, (state, _) in found.items() if state == "fault"}
    assert faults & {"database", "rows"}


def test_references_that_lead_nowhere_are_noticed(look: Look, on_sqlite: Path) -> None:
    raw = sqlite3.connect(on_sqlite)
    raw.execute("INSERT INTO households (cooperative_id, id, name) VALUES (7, 'x', 'Nobody')")
    raw.commit()
    raw.close()

    state, says = look()["rows"]

    assert (state, "households: rows without what they refer to" in says) == ("fault", True)


def test_an_index_of_the_map_that_went_astray_is_noticed(
    look: Look, on_sqlite: Path, database: Database, cooperative_id: int
) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("INSERT INTO idx_plots_boundary VALUES (9,0,1,0,1)")

    state, says = look()["map"]

    assert (state, "plots.boundary" in says) == ("fault", True)


def test_tables_of_an_older_and_of_a_newer_version_are_told_apart(
    look: Look, onlooker: Database
) -> None:
    told = []
    for revision in ("20261122_first_tables", "20311122_later"):
        with onlooker.transaction() as session:
            session.connection().exec_driver_sql(
                f"UPDATE alembic_version SET version_num = '{revision}'"  # noqa: S608 (a name of ours)
            )
        told.append(look()["tables"])

    assert [state for state, _ in told] == ["warning", "fault"]
    assert "“coopfarm init” renews them" in told[0][1]
    assert "of a newer coopfarm (20311122_later)" in told[1][1]


def test_a_clock_that_went_back_is_noticed(database: Database) -> None:
    long_ago = datetime(1970, 1, 2, tzinfo=UTC)

    found = {one.about: one for one in health.examine(database.engine, now=long_ago)}

    assert found["clock"].state == "fault"
    assert "it says 1970-01-02 00:00, before the database began" in found["clock"].says


def test_a_plan_that_waits_for_a_worker_is_noticed(
    look: Look, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        settle_week(session, [make_member(session).id])
        wish = Wish(starts_at=STARTS_AT, cycle_minutes=WEEK_MINUTES, supply=60.0)
        asked_at = datetime.now(UTC) - timedelta(minutes=30)
        actions.ask_for_plan(session, wish, asked_by=None, now=asked_at)

    state, says = look()["worker"]

    assert (state, "a plan waits for 30 minutes" in says) == ("warning", True)


def test_a_machine_without_pango_is_told_that_the_browser_prints(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper.pdf, "__kwdefaults__", {"press": ("false",), "seconds": 5})

    state, says = look()["paper"]

    assert (state, "the browser prints the same page" in says) == ("warning", True)


def test_a_full_disk_is_noticed(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_FULL_BYTES", 10**18)
    monkeypatch.setattr(doctor, "_TIGHT_BYTES", 10**18)

    state, says = look()["disk"]

    assert (state, says.startswith("only ")) == ("fault", True)
