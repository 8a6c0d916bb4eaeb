"""Backing up and restoring as whoever looks after the machine does it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopfarm.app import create_app
from coopfarm.cli import main
from coopfarm.config import Settings
from coopfarm.store.db import Database
from tests.conftest import PEPPER, Clock
from tests.factories.members import PIN, Visitor
from tests.factories.water import make_plan, settle_week

Run = Callable[..., Result]
SECRET = "a secret for tests, long enough to be taken"


@pytest.fixture
def run(tmp_path: Path, database_url: str, owner_url: str) -> Run:
    """Run `coopfarm …` on the database of the test, or on another that is named."""

    def command(*arguments: str, **environ: str) -> Result:
        settings = {
            "COOPFARM_DATA_DIR": str(tmp_path),
            "COOPFARM_DATABASE_URL": database_url,
            "COOPFARM_OWNER_URL": owner_url,
            "COOPFARM_PEPPER": PEPPER,
            **environ,
        }
        return CliRunner().invoke(main, arguments, env=settings)

    return command


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Amina")


@pytest.fixture
def file(tmp_path: Path, run: Run, amina: Visitor) -> Path:
    """A backup of the cooperative Al-Nur with Amina in it."""
    file = tmp_path / "al-nur.backup"
    done = run("backup", str(file))
    assert done.exit_code == 0, done.output
    return file


def elsewhere(folder: Path) -> dict[str, str]:
    """Another machine: a folder that is not there yet, and the embedded database in it."""
    return {
        "COOPFARM_DATA_DIR": str(folder / "new"),
        "COOPFARM_DATABASE_URL": f"sqlite:///{folder / 'new' / 'coopfarm.db'}",
        "COOPFARM_OWNER_URL": "",
    }


def said(result: Result, code: int) -> str:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_a_backup_says_what_is_in_it_and_what_is_not(
    run: Run, amina: Visitor, tmp_path: Path
) -> None:
    told = said(run("backup", str(tmp_path / "today.backup")), 0)

    assert "rows of Al-Nur, as of" in told
    assert "Restored for a trial: every table of every cooperative is as it was." in told
    assert "Not in it: the secrets." in told
    assert "(COOPFARM_PEPPER); without the pepper nobody can sign in." in told
    assert [path.name for path in tmp_path.glob("today*")] == ["today.backup"]


def test_who_signed_in_before_signs_in_on_the_new_machine(
    run: Run, file: Path, amina: Visitor, tmp_path: Path, clock: Clock
) -> None:
    there = elsewhere(tmp_path)
    told = said(run("restore", str(file), **there), 0)

    url = there["COOPFARM_DATABASE_URL"]
    settings = Settings(tmp_path / "new", url, secret_key=SECRET, pepper=PEPPER, worker="at-once")
    app = create_app(settings, clock=clock)
    visitor = Visitor(app.test_client(), amina.member_id, amina.phone)
    answer = visitor.sign_in(PIN)
    page = visitor.get("/api/v1/me")
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()

    assert "every checksum is as it was" in told
    assert "The pepper here is the one of the backup" in told
    assert (answer.status_code, page.status_code) == (303, 200)


def test_the_audit_is_as_it_was_sealed_and_goes_on_being_sealed(
    run: Run, amina: Visitor, database: Database, cooperative_id: int, tmp_path: Path
) -> None:
    with database.transaction(cooperative_id) as session:
        settle_week(session, [amina.member_id])
        make_plan(session)
    sealed = said(run("audit", "seal"), 0)
    run("backup", str(tmp_path / "sealed.backup"))
    there = elsewhere(tmp_path)

    run("restore", str(tmp_path / "sealed.backup"), **there)

    assert "Al-Nur: 0 events sealed" not in sealed
    said(run("audit", "verify", **there), 0)
    assert "Al-Nur: 0 events sealed" in said(run("audit", "seal", **there), 0)


def test_another_pepper_is_noticed_at_once(run: Run, file: Path, tmp_path: Path) -> None:
    told = said(run("restore", str(file), COOPFARM_PEPPER="x" * 32, **elsewhere(tmp_path)), 0)

    assert "nobody can sign in until COOPFARM_PEPPER" in told


def test_no_pepper_is_made_where_the_old_one_has_to_come(
    run: Run, file: Path, tmp_path: Path
) -> None:
    told = said(run("restore", str(file), COOPFARM_PEPPER="", **elsewhere(tmp_path)), 2)
    there = CliRunner().invoke(
        main, ["restore", str(file)], env=elsewhere(tmp_path) | {"COOPFARM_PEPPER": None}
    )

    assert "COOPFARM_PEPPER" in told
    assert f"{tmp_path / 'new' / 'pepper.txt'}, is what it was on the old machine" in there.output
    assert not (tmp_path / "new" / "pepper.txt").exists()


def test_a_whole_backup_is_told_from_a_corrupt_one(run: Run, file: Path) -> None:
    whole = said(run("backup", "--verify", str(file)), 0)
    content = bytearray(file.read_bytes())
    content[content.index(b"members/1.jsonl") + 60] ^= 1
    file.write_bytes(content)

    corrupt = said(run("backup", "--verify", str(file)), 1)

    assert "al-nur.backup is whole:" in whole
    assert "al-nur.backup is damaged: members of cooperative 1 (Al-Nur)." in corrupt


def test_what_is_no_backup_is_told_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8" * 500)

    told = said(run("backup", "--verify", str(tmp_path / "photo.jpg")), 1)
    refused = said(run("restore", str(tmp_path / "photo.jpg")), 2)
    missing = said(run("backup", "--verify", str(tmp_path / "nothing")), 2)

    assert told == refused
    assert "photo.jpg does not end as a backup of coopfarm does" in told
    assert "there is no file" in missing


def test_a_cooperative_in_use_is_never_restored_over(
    run: Run, file: Path, database: Database
) -> None:
    told = said(run("restore", str(file)), 2)

    assert "The database is in use already: it has Al-Nur." in told
    assert "nothing was changed" in told


def test_a_backup_never_takes_the_place_of_another_file(run: Run, file: Path) -> None:
    before = file.read_bytes()

    told = said(run("backup", str(file)), 2)

    assert "it may be a good backup" in told
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(run: Run, amina: Visitor, tmp_path: Path) -> None:
    told = said(run("backup", str(tmp_path / "no" / "such" / "folder.backup")), 2)

    assert "folder.backup could not be written: No such file or directory" in told
