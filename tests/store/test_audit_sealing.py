"""Sealing: everything once, in one chain, and the root kept where the database is not."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from coopfarm.members.models import Household
from coopfarm.store import audit
from coopfarm.store.audit import AuditAnchor, AuditEvent, AuditSeal, AuditWaiting, root, sealing
from coopfarm.store.audit.chain import Finding, Mark, genesis, link, walk, written
from coopfarm.store.audit.seals import BATCH, TEXT, seal
from coopfarm.store.audit.verify import Verdict, verify
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.audit import NAMES, make_acts, seal_all


@pytest.fixture
def sealer(database: Database, cooperative_id: int, tmp_path: Path, clock: Clock) -> sealing.Sealer:
    return sealing.Sealer(database, tmp_path, lambda: [cooperative_id], clock)


@pytest.fixture
def judged(database: Database, cooperative_id: int, clock: Clock) -> Callable[..., Verdict]:
    """`judged(mark, …)`: what verifying says at this moment."""

    def judge(*known: Mark) -> Verdict:
        with database.reading() as session:
            session.cooperative_id = cooperative_id
            return verify(session, now=clock.now, known=known)

    return judge


@pytest.fixture
def act(
    database: Database, cooperative_id: int, sealer: sealing.Sealer, clock: Clock
) -> Callable[[int], None]:
    """`act(3)`: three acts, sealed."""

    def act_and_seal(count: int) -> None:
        make_acts(database, cooperative_id, count, clock.now)
        sealer.seal(cooperative_id)

    return act_and_seal


def test_every_event_is_sealed_once_in_the_order_of_the_acts(
    database: Database, cooperative_id: int, sealer: sealing.Sealer, clock: Clock
) -> None:
    make_acts(database, cooperative_id, BATCH + 7, clock.now)

    sealed = sealer.seal(cooperative_id)

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        placed = select(AuditEvent.at).join(AuditSeal, AuditSeal.id == AuditEvent.id)
        moments = session.scalars(placed.order_by(AuditSeal.position)).all()
        positions = session.scalars(select(AuditSeal.position).order_by(AuditSeal.position)).all()
        assert session.scalars(select(AuditWaiting.id)).all() == []
        assert session.scalar(select(func.count()).select_from(AuditAnchor)) == 2
    assert sealed == BATCH + 7
    assert positions == list(range(1, BATCH + 8))
    assert moments == sorted(moments)
    assert sealer.seal(cooperative_id) == 0


def test_what_is_committed_late_is_sealed_later(
    database: Database,
    cooperative_id: int,
    sealer: sealing.Sealer,
    judged: Callable[..., Verdict],
    clock: Clock,
) -> None:
    early = clock.now
    clock.forward(minutes=5)
    make_acts(database, cooperative_id, 3, clock.now)
    first = sealer.seal(cooperative_id)
    make_acts(database, cooperative_id, 2, early)

    second = sealer.seal(cooperative_id)

    assert (first, second) == (3, 2)
    assert judged() == Verdict(5, judged().hash_hex, 0, None)


def test_two_sealers_at_once_make_one_chain(
    database: Database, cooperative_id: int, judged: Callable[..., Verdict], clock: Clock
) -> None:
    make_acts(database, cooperative_id, 2 * BATCH, clock.now)
    sealed: list[int] = []
    hands = [
        threading.Thread(
            target=lambda: sealed.append(seal_all(database, cooperative_id, clock.now))
        )
        for _ in range(4)
    ]

    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sum(sealed) == 2 * BATCH
    assert judged().finding is None
    assert judged().events == 2 * BATCH


def test_an_act_that_is_undone_is_waited_for_by_nobody(
    database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.writing() as session:
        session.cooperative_id = cooperative_id
        house = Household(name="The Nassars")
        session.add(house)
        session.flush()
        audit.record(session, "household.make", house, actor_id=None, at=clock.now)
        session.flush()
        waited = len(session.scalars(select(AuditWaiting.id)).all())
        session.rollback()

        assert waited == 1
        assert session.scalars(select(AuditWaiting.id)).all() == []


def test_an_event_that_waits_too_long_is_named(
    database: Database, cooperative_id: int, judged: Callable[..., Verdict], clock: Clock
) -> None:
    make_acts(database, cooperative_id, 1, clock.now)
    clock.forward(minutes=10)
    in_time = judged()
    clock.forward(minutes=1)

    late = judged()

    assert (in_time.finding, in_time.waiting) == (None, 1)
    assert late.finding is not None
    assert late.finding.kind == "waiting-too-long"


def test_the_root_is_printed_and_holds_as_the_chain_grows(
    database: Database,
    cooperative_id: int,
    act: Callable[[int], None],
    judged: Callable[..., Verdict],
    clock: Clock,
) -> None:
    act(4)
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        end = root(session)

    act(3)

    assert end is not None
    assert (end.events, end.sealed_at) == (4, clock.now)
    assert end.printed == f"4:{end.hash_hex[:20]}"
    assert judged(sealing.mark(end.printed)).finding is None
    forged = sealing.mark(f"4:{end.hash_hex[1:21]}")
    assert judged(forged).finding == Finding("rewritten", 1, 4)
    assert judged(Mark(8, forged.hash)).finding == Finding("tail-cut-off", 8)


def test_there_is_no_root_before_the_first_sealing(database: Database, cooperative_id: int) -> None:
    with database.reading() as session:
        session.cooperative_id = cooperative_id

        assert root(session) is None


def test_the_root_file_follows_the_chain_and_keeps_what_contradicts_it(
    cooperative_id: int,
    act: Callable[[int], None],
    judged: Callable[..., Verdict],
    tmp_path: Path,
) -> None:
    file = sealing.root_file(tmp_path, cooperative_id)
    kept = []
    for _ in range(2):
        act(2)
        kept.append(sealing.kept_mark(tmp_path, cooperative_id))
    contradicted = f"3:{'ab' * 32} 2026-07-01T08:00:00+00:00\n"
    file.write_text(contradicted)

    act(1)

    assert [mark.position for mark in kept if mark] == [2, 4]
    assert judged(*[mark for mark in kept if mark]).finding is None
    assert file.read_text() == contradicted
    found = judged(*[mark for mark in [sealing.kept_mark(tmp_path, cooperative_id)] if mark])
    assert found.finding == Finding("rewritten", 1, 3)


@pytest.mark.parametrize(
    "printed",
    ["", "12", "12:", ":ab", "0:" + "ab" * 10, "12:abcd", "x:" + "ab" * 10, "12:" + "zz" * 10],
)
def test_what_is_no_root_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match=r"root|hexadecimal"):
        sealing.mark(printed)


def test_the_sealer_seals_at_once_and_ends_when_it_is_told(
    database: Database,
    cooperative_id: int,
    sealer: sealing.Sealer,
    judged: Callable[..., Verdict],
    clock: Clock,
) -> None:
    make_acts(database, cooperative_id, 3, clock.now)

    stop = sealer.start()
    worker = next(thread for thread in threading.enumerate() if thread.name == "sealer")
    for _ in range(200):
        if judged().events == 3:
            break
        stop.wait(0.05)
    stop.set()
    worker.join(10)

    assert judged().events == 3
    assert not worker.is_alive()


def test_both_databases_write_an_event_as_the_standard_library_does(
    database: Database, cooperative_id: int, july: Callable[..., datetime]
) -> None:
    at = july(4) + timedelta(microseconds=7)
    names = [*NAMES, "\t\r\f\b\x01\x1f\x7f\u2028/'", "ﷺ \U0001f33e \u202e"]
    for name in names:
        make_one(database, cooperative_id, name, at)

    of_event = TEXT[database.engine.dialect.name]
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        session.flush()
        asked = text(f"SELECT {of_event} FROM audit_events e ORDER BY e.id")  # noqa: S608 (names of ours)
        texts = session.execute(asked).scalars().all()
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()

    assert texts == [
        json.dumps(
            [
                event.id.hex,
                f"{at:%Y-%m-%d %H:%M:%S.%f}",
                None,
                None,
                event.verb,
                "Household",
                event.subject_id,
                json.dumps(None),
                json.dumps(event.after),
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for event in events
    ]
    assert [event.verb for event in events] == names


def make_one(database: Database, cooperative_id: int, name: str, at: datetime) -> None:
    """One act whose verb and content are `name`."""
    with database.transaction(cooperative_id) as session:
        house = Household(name="The Nassars")
        session.add(house)
        session.flush()
        audit.record(session, name, house, actor_id=None, at=at, after={name: [name, 0.1, 10**20]})


events = st.lists(st.lists(st.none() | st.text(), min_size=9, max_size=9), min_size=1, max_size=8)


@given(events)
def test_a_chain_holds_as_it_was_made(made: list[list[str | None]]) -> None:
    rows, head = [], genesis(7)
    for position, event in enumerate(made, 1):
        head = link(head, written(event))
        rows.append((position, "id", head, written(event)))

    outcome = walk(rows, genesis(7), [Mark(len(rows), head, is_of_sealing=True)])

    assert outcome == (len(made), head, None)


fields = st.none() | st.text(max_size=4) | st.binary(max_size=3) | st.integers(0, 3) | st.floats()


@given(st.lists(fields, max_size=3), st.lists(fields, max_size=3))
def test_different_events_have_different_texts(one: list[object], other: list[object]) -> None:
    is_same = list(map(repr, one)) == list(map(repr, other))

    assert (written(one) == written(other)) == is_same


def test_no_chain_passes_for_another_cooperatives(clock: Clock) -> None:
    event = written(["an event"])
    rows = [(1, "id", link(genesis(1), event), event)]

    outcome = walk(rows, genesis(2), [])

    assert outcome.finding == Finding("changed", 1, event_id="id")


def test_a_sealing_without_a_cooperative_is_refused(database: Database, clock: Clock) -> None:
    with database.transaction() as session, pytest.raises(RuntimeError, match="no cooperative"):
        seal(session, now=clock.now)
    with database.reading() as session, pytest.raises(RuntimeError, match="no cooperative"):
        verify(session, now=clock.now)
