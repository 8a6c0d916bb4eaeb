"""Many members tap one party at once: never more places than the crew has."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.refusal import Conflict
from coopfarm.parties.actions import joining
from coopfarm.parties.models import Place
from coopfarm.parties.queries import parties as known
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import make_member
from tests.factories.parties import as_member, make_party

PLACES, PEOPLE = 3, 8
Crowd = tuple[int, UUID, list[UUID]]


@pytest.fixture
def crowd(database: Database, cooperative_id: int) -> Crowd:
    """A party of three places, and eight members who want one."""
    with database.transaction(cooperative_id) as session:
        office = make_member(session, "manager")
        people = [make_member(session, name=f"Member {n}").id for n in range(PEOPLE)]
        return cooperative_id, make_party(session, office, places=PLACES).id, people


def rush(database: Database, home: int, party_id: UUID, people: Sequence[UUID]) -> list[str]:
    """What each was told: joined, or the code of the refusal."""
    together = Barrier(len(people))

    def tap(member_id: UUID) -> str:
        together.wait()
        try:
            with database.transaction(home) as session:
                joining.join(session, party_id, as_member(member_id))
        except Conflict as refusal:
            return refusal.code
        return "joined"

    with ThreadPoolExecutor(len(people)) as threads:
        return sorted(threads.map(tap, people))


def taken(database: Database, home: int) -> int:
    with database.transaction(home) as session:
        return session.scalar(select(func.count()).select_from(Place).where(Place.is_live)) or 0


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look, wait a little, then write; hold nothing."""
    look, count = known.party, known.standing

    def party(session: TenantSession, party_id: UUID, **_how: Any) -> Any:
        return look(session, party_id)

    def standing(*asked: Any) -> Any:
        found = count(*asked)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(known, "party", party)
    monkeypatch.setattr(known, "standing", standing)


def without_guard(onlooker: Database) -> None:
    """Take the database's own count away, of places and of parties."""
    if onlooker.engine.dialect.name == "sqlite":
        names = ["party_places_crew_INSERT", "party_places_crew_UPDATE", "work_parties_crew_UPDATE"]
    else:
        names = [f"{table}_crew ON {table}" for table in ("party_places", "work_parties")]
    with onlooker.transaction() as session:
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))


def test_a_crew_never_has_more_than_its_places(database: Database, crowd: Crowd) -> None:
    told = rush(database, *crowd)

    assert told.count("joined") == PLACES
    assert {*told} == {"joined", "party-full"}
    assert taken(database, crowd[0]) == PLACES


@pytest.mark.parametrize("kept", ["lock", "guard"])
def test_either_of_two_guards_keeps_the_places_by_itself(
    database: Database,
    onlooker: Database,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
    kept: str,
) -> None:
    if kept == "lock":
        without_guard(onlooker)
    else:
        without_lock(monkeypatch)

    told = rush(database, *crowd)

    assert told.count("joined") == PLACES
    assert taken(database, crowd[0]) == PLACES


def test_without_both_more_join_than_there_are_places(
    database: Database,
    onlooker: Database,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    without_guard(onlooker)
    without_lock(monkeypatch)

    rush(database, *crowd)

    assert taken(database, crowd[0]) > PLACES


def test_the_database_itself_refuses_one_place_too_many(session: TenantSession) -> None:
    office = make_member(session, "manager")
    party = make_party(session, office, places=1)
    people = [make_member(session, name=f"Member {n}") for n in range(2)]
    joining.join(session, party.id, as_member(people[0].id))
    one_more = Place(
        party_id=party.id,
        member_id=people[1].id,
        state="joined",
        is_live=True,
        made_at=as_member(people[0].id).now,
    )

    session.add(one_more)

    with pytest.raises(DBAPIError, match="party_places_crew"):
        session.flush()
    session.rollback()
