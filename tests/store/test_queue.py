"""Work that outlasts a request: done once what it needs is kept."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from coopfarm.store.queue import Queue

PATIENCE_SECONDS = 10


@pytest.fixture
def queue(database_url: str, tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(database_url, tmp_path / "instance")
    yield queue
    queue.close()


class Farmhand:
    """Does jobs in a thread, and remembers them."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.done: list[str] = []
        self.enough = threading.Event()
        self.stop = threading.Event()
        queue.teach("dig", self.dig)
        queue.teach("break", self.break_down)
        self.thread = threading.Thread(target=queue.work, args=(self.stop,))

    def dig(self, what: str) -> None:
        self.done.append(what)
        if what == "the last":
            self.enough.set()

    def break_down(self, what: str) -> None:
        self.done.append(what)
        raise RuntimeError("the spade broke")

    def __enter__(self) -> "Farmhand":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_SECONDS)


def test_jobs_are_done_in_order_by_whoever_is_free(queue: Queue) -> None:
    for what in ("one", "two", "the last"):
        queue.enqueue("dig", what)

    with Farmhand(queue) as hand:
        assert hand.enough.wait(PATIENCE_SECONDS)

    assert hand.done == ["one", "two", "the last"]


def test_a_job_may_come_while_the_worker_waits(queue: Queue) -> None:
    with Farmhand(queue) as hand:
        queue.enqueue("dig", "the last")
        assert hand.enough.wait(PATIENCE_SECONDS)

    assert hand.done == ["the last"]


def test_a_job_that_fails_does_not_stop_the_next(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "huey")
    queue.enqueue("break", "first")
    queue.enqueue("dig", "the last")

    with Farmhand(queue) as hand:
        assert hand.enough.wait(PATIENCE_SECONDS)

    assert hand.done == ["first", "the last"]


def test_jobs_outlive_the_program(database_url: str, tmp_path: Path) -> None:
    before = Queue(database_url, tmp_path / "instance")
    before.enqueue("dig", "the last")
    before.close()
    after = Queue(database_url, tmp_path / "instance")

    with Farmhand(after) as hand:
        assert hand.enough.wait(PATIENCE_SECONDS)

    assert hand.done == ["the last"]
    after.close()


def test_a_job_is_done_by_one_of_two_workers(database_url: str, tmp_path: Path) -> None:
    queues = [Queue(database_url, tmp_path / "instance") for _ in range(2)]
    for n in range(20):
        queues[0].enqueue("dig", str(n))

    with Farmhand(queues[0]) as one, Farmhand(queues[1]) as two:
        queues[1].enqueue("dig", "the last")
        for _ in range(PATIENCE_SECONDS * 10):
            if len(one.done) + len(two.done) == 21:
                break
            one.stop.wait(0.1)

    assert sorted(one.done + two.done) == sorted([*map(str, range(20)), "the last"])
    for queue in queues:
        queue.close()


def test_a_queue_that_went_away_is_waited_for(queue: Queue, owner_url: str) -> None:
    if not owner_url.startswith("postgresql"):
        pytest.skip("a file does not go away")
    url = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)

    with Farmhand(queue) as hand:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        queue.enqueue("dig", "perhaps lost")
        queue.enqueue("dig", "the last")
        assert hand.enough.wait(PATIENCE_SECONDS)

    assert hand.done[-1] == "the last"


def test_a_job_that_cannot_be_queued_does_not_undo_what_was_kept(
    queue: Queue, owner_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    if not owner_url.startswith("postgresql"):
        pytest.skip("a file does not go away")
    url = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP TABLE huey_task")

    queue.enqueue("dig", "late")

    assert "could not queue dig late" in caplog.text
