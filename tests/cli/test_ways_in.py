"""Helping somebody in from the workbench, and what a fresh installation has."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from coopfarm.cli import main
from coopfarm.members.models import Account, SecondFactor
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.factories.members import Visitor

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, database_url: str, owner_url: str) -> Run:
    """Run a command on the database of the test; what it said."""
    environ = {
        "COOPFARM_DATA_DIR": str(tmp_path),
        "COOPFARM_DATABASE_URL": database_url,
        "COOPFARM_OWNER_URL": owner_url,
    }
    return lambda *arguments: CliRunner().invoke(main, list(arguments), env=environ).output


def test_a_lone_manager_gets_another_authenticator(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, run: Run
) -> None:
    manager = visitor("manager")

    said = run("reset-second-factor", manager.phone)

    assert "sets up another authenticator" in said
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(AuditEvent.verb)).all() == ["second-factor.reset"]


def test_nobody_by_that_name_is_named(run: Run) -> None:
    said = run("reset-second-factor", "salwa")

    assert "nobody signs in as salwa; nothing was changed" in said


def test_a_fresh_installation_has_no_account(database: Database, run: Run) -> None:
    run("init", "--cooperative", "Kashkadarya")

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0
