"""Writers at the same time: a reversal is once, and a limit holds whoever comes first."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Refusal
from coopfarm.ledger import actions, queries
from coopfarm.ledger.actions import holding
from coopfarm.ledger.models import LedgerAccount
from coopfarm.store.db import Database
from tests.factories.ledger import make_deed
from tests.ledger import storm

Owners = Sequence[UUID | str]


def test_a_storm_leaves_nothing_and_takes_nothing_back_twice(database: Database) -> None:
    told, left = storm.storm(database, 60, workers=6)

    assert storm.faults(told, left, 60) == []


def _rush(database: Database, home: int, people: list[UUID], writers: int) -> tuple[int, int]:
    """Each writer gives 60 of the 80 hours there are to give: how many could, and the balance."""
    giver, start = people[1], threading.Barrier(writers)

    def give(receiver: UUID) -> bool:
        start.wait()
        try:
            with database.transaction(home) as session:
                deed = make_deed(giver, receiver, 60 * 60)
                actions.post(session, deed, by_id=people[0], now=storm.NOW)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(writers) as pool:
        accepted = sum(pool.map(give, people[2 : 2 + writers]))
    with database.reading() as session:
        session.cooperative_id = home
        return accepted, queries.balance(session, giver, "labour")


def _open_all(database: Database, home: int, people: list[UUID]) -> None:
    """Opening an account holds it already: they are there before the rush."""
    with database.transaction(home) as session:
        holding.hold(session, people)


def test_a_limit_holds_when_all_write_at_once(database: Database) -> None:
    home, people = storm.settle(database)
    _open_all(database, home, people)

    accepted, balance = _rush(database, home, people, 5)

    assert (accepted, balance) == (1, 60 * 60)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_holding_the_accounts_a_limit_is_run_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: here it does, on the database with many writers."""
    home, people = storm.settle(database)
    _open_all(database, home, people)
    monkeypatch.setattr(queries, "accounts_of", _unheld(queries.accounts_of))
    together = threading.Barrier(5)
    monkeypatch.setattr(queries, "standing", _all_look_first(queries.standing, together))

    accepted, balance = _rush(database, home, people, 5)

    assert (accepted, balance) == (5, 5 * 60 * 60)


def _unheld(real: Callable[..., Any]) -> Callable[..., Any]:
    def accounts(session: Session, owners: Owners, **_: object) -> Mapping[Any, LedgerAccount]:
        found: Mapping[Any, LedgerAccount] = real(session, owners)
        return found

    return accounts


def _all_look_first(real: Callable[..., Any], together: threading.Barrier) -> Callable[..., Any]:
    def standing(*args: Any) -> Any:
        found = real(*args)
        together.wait(timeout=10)
        return found

    return standing
