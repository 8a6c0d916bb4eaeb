"""What the village gave and received fits its own rules, and shows every step."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from coopfarm.cli import village_files, village_ledger
from coopfarm.ledger import queries
from coopfarm.ledger.models import Transfer
from coopfarm.members import actions as members
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import make_member

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def numbers(told: Any) -> set[str]:
    """Every member that is named anywhere in the file."""
    if isinstance(told, dict):
        return set().union(*map(numbers, told.values()))
    if isinstance(told, list):
        return set().union(*map(numbers, told))
    return {told} if isinstance(told, str) and told.startswith("M-") else set()


def test_the_village_has_entries_of_every_state(session: TenantSession) -> None:
    known = sorted(numbers(village_files.whole("ledger.json")))
    people = [make_member(session, name=f"Of {number}", number=number) for number in known]
    members.give_role(session, people[0], "manager")

    entries = village_ledger.keep(session, NOW)

    found = session.scalars(select(Transfer)).all()
    assert len(found) == entries
    assert {one.state for one in found} == {"posted", "claimed", "disputed"}
    labour = queries.balances(session, "labour")
    assert sum(labour.values()) + sum(queries.fund_balances(session, "labour").values()) == 0
