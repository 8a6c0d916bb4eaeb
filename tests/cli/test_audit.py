"""Sealing and verifying from the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from coopfarm.cli import main
from coopfarm.members.models import Cooperative
from coopfarm.store.audit import sealing
from coopfarm.store.db import Database, make_engine
from tests.conftest import Clock
from tests.factories.audit import make_acts

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, owner_url: str, tmp_path: Path) -> Run:
    """Run `coopfarm audit …` beside a database with four acts in Al-Nur."""
    settings = {
        "COOPFARM_DATA_DIR": str(tmp_path),
        "COOPFARM_DATABASE_URL": database_url,
        "COOPFARM_OWNER_URL": owner_url,
    }
    return lambda *arguments: CliRunner().invoke(main, ["audit", *arguments], env=settings)


@pytest.fixture(autouse=True)
def acts(database: Database, cooperative_id: int, clock: Clock) -> None:
    make_acts(database, cooperative_id, 4, clock.now)


@pytest.fixture
def other_id(database: Database, clock: Clock) -> int:
    """A second cooperative, Kashkadarya, in which nobody did anything yet."""
    with database.transaction() as session:
        other = Cooperative(
            name="Kashkadarya", timezone="Asia/Tashkent", locale="en_GB", made_at=clock.now
        )
        session.add(other)
        session.flush()
        return other.id


@pytest.fixture
def burglar(owner_url: str) -> Iterator[Engine]:
    """Somebody who owns the database, and has taken the triggers away."""
    owner = make_engine(owner_url)
    with owner.execution_options(writes=True).begin() as connection:
        if owner.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_events_append_only_UPDATE")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_events DISABLE TRIGGER USER")
    yield owner
    owner.dispose()


def test_what_was_done_is_sealed_and_verified(
    run: Run, other_id: int, cooperative_id: int, tmp_path: Path
) -> None:
    sealed, again = run("seal"), run("seal", "--cooperative", "Al-Nur")
    verified = run("verify")

    printed = sealed.output.split("root ")[1].split()[0]
    assert sealed.output == (
        f"Al-Nur: 4 events sealed, 4 in all; root {printed}\n"
        "Kashkadarya: 0 events sealed, 0 in all\n"
    )
    assert again.output == f"Al-Nur: 0 events sealed, 4 in all; root {printed}\n"
    assert verified.exit_code == 0, verified.output
    assert "Al-Nur: all 4 sealed events are as they were, 0 wait; hash" in verified.output
    assert "Kashkadarya: all 0 sealed events" in verified.output
    assert sealing.root_file(tmp_path, cooperative_id).read_text().startswith(printed)
    assert other_id != cooperative_id


def test_the_first_row_that_was_changed_is_named(run: Run, burglar: Engine) -> None:
    run("seal")
    with burglar.execution_options(writes=True).begin() as connection:
        third = connection.scalar(text("SELECT id FROM audit_events ORDER BY id LIMIT 1 OFFSET 2"))
        connection.execute(
            text("UPDATE audit_events SET verb = 'water.gift' WHERE id = :id"), {"id": third}
        )

    verified = run("verify", "--cooperative", "Al-Nur")

    named = str(third).replace("-", "")
    assert verified.exit_code == 1
    assert verified.output == (
        f"Al-Nur: position 3 (event {named}): the event is not what was sealed\n"
    )


def test_a_root_on_paper_is_compared_with_the_chain(run: Run, other_id: int) -> None:
    printed = run("seal").output.split("root ")[1].split()[0]
    right, wrong = (
        run("verify", "--cooperative", "Al-Nur", "--root", printed),
        run("verify", "--cooperative", "Al-Nur", "--root", f"{printed[:-4]}0000"),
    )
    beyond = run("verify", "--cooperative", "Al-Nur", "--root", f"9{printed}")

    assert other_id
    assert right.exit_code == 0
    assert wrong.exit_code == beyond.exit_code == 1
    assert "between position 1 and 4: the chain is whole, but not what it was" in wrong.output
    assert "position 5: the chain ends before it, and once went further" in beyond.output


def test_what_waits_for_a_seal_is_no_tampering_but_is_named(run: Run) -> None:
    verified = run("verify")

    assert verified.exit_code == 1
    assert "has waited more than ten minutes for its seal" in verified.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--root", "4:" + "ab" * 10), "--root needs --cooperative"),
        (("--cooperative", "Al-Nur", "--root", "four"), "four is no root"),
        (("--cooperative", "Nowhere"), "one of: Al-Nur, Kashkadarya"),
    ],
)
def test_what_cannot_be_verified_is_said(
    run: Run, other_id: int, arguments: tuple[str, ...], words: str
) -> None:
    verified = run("verify", *arguments)

    assert other_id
    assert verified.exit_code == 2
    assert words in " ".join(verified.stderr.split())


def test_a_root_file_that_was_spoilt_is_named(
    run: Run, tmp_path: Path, cooperative_id: int
) -> None:
    run("seal")
    sealing.root_file(tmp_path, cooperative_id).write_text("")

    verified = run("verify")

    assert verified.exit_code == 2
    assert "holds no root any more" in " ".join(verified.stderr.split())
