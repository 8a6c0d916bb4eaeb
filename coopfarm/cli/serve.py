"""Serving the pages, and working in the background."""

import ctypes
import logging
import signal
import socket
import threading
from datetime import UTC, datetime
from types import FrameType

import click
import waitress
from sqlalchemy.exc import DBAPIError

from coopfarm.app import LARGEST_REQUEST, create_app, system_clock
from coopfarm.cli import audit, door, seeding, tidying, watching
from coopfarm.config import Settings
from coopfarm.members.queries import cooperative_ids
from coopfarm.sms import actions as sms
from coopfarm.store.db import Database
from coopfarm.store.queue import Queue
from coopfarm.water.planner import run as plan_run

# Options of mallopt(3).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_POST_EVERY_SECONDS = 20.0
_CONNECTIONS = 1_000

log = logging.getLogger(__name__)


@click.command()
@click.option("--host", help="Where to listen; 127.0.0.1 unless set.")
@click.option("--port", type=click.IntRange(1, 65535), help="8000 unless set.")
@click.option("--village/--no-village", default=True, help="Settle the demo village if empty.")
@door.plainly
def run(host: str | None, port: int | None, *, village: bool) -> None:
    """Serve the cooperative, after setting up whatever is not there yet."""
    _spare_memory()
    chosen = door.settings()
    host, port = host or chosen.host, port or chosen.port
    _check_free(host, port)
    with door.opened(chosen) as database:
        if village and chosen.environment == "development" and seeding.is_empty(database):
            click.echo("First start: settling the demo village and planning its weeks …")
            for line in seeding.seed(database, chosen, datetime.now(UTC)):
                click.echo(line)
    app = create_app(chosen)
    queue: Queue = app.extensions["coopfarm_queue"]
    if chosen.worker == "inside":
        database = app.extensions["coopfarm_database"]
        _take_up(database, queue)
        stop = queue.start_inside()
        _post_what_waits(database, queue, stop)
        tidying.start(database, stop)
        _watch_of(database, queue, chosen).start(stop)
        audit.sealer_of(database, chosen.data_dir).start()
    _welcome(chosen, host, port)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=chosen.threads,
        ident=None,
        # Else the server drops what `ProxyFix` is to read.
        clear_untrusted_proxy_headers=not chosen.trusted_proxies,
        # Above the limit of the app, whose refusal is in the reader's words.
        max_request_body_size=2 * LARGEST_REQUEST,
        # Phones keep theirs open; `select` could not watch so many.
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,
    )


@click.command()
@door.plainly
def worker() -> None:
    """Work out plans and seal the audit in a process of its own, for `COOPFARM_WORKER=outside`."""
    chosen = door.settings()
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with door.opened(chosen) as database:
        queue = Queue(chosen.database, chosen.data_dir)
        queue.teach(plan_run.JOB, lambda job: plan_run.perform(database, job, system_clock))
        office = sms.open_post_office(chosen)
        queue.teach(sms.JOB, lambda job: office.send(database, job, system_clock))
        _take_up(database, queue)
        _post_what_waits(database, queue, stop)
        tidying.start(database, stop)
        _watch_of(database, queue, chosen).start(stop)
        click.echo("Working. Ctrl-C ends it.")
        audit.sealer_of(database, chosen.data_dir).start(stop)
        queue.work(stop)
        queue.close()


def _spare_memory() -> None:
    """Have large blocks, such as those of a password check, given back once they are free.

    The GNU allocator otherwise keeps them, once for every thread.
    """
    allocator = ctypes.CDLL(None)
    if hasattr(allocator, "mallopt"):
        allocator.mallopt(_MMAP_THRESHOLD, 128 * 1024)
        allocator.mallopt(_ARENA_MAX, 2)


def _take_up(database: Database, queue: Queue) -> None:
    """Queue again what a stopped process left unfinished."""
    for argument in plan_run.unfinished(database):
        queue.enqueue(plan_run.JOB, argument)


def _post_what_waits(database: Database, queue: Queue, stop: threading.Event) -> None:
    """Until `stop`, queue short messages that a gateway did not take at first, or that were lost.

    One that is queued twice is sent once.
    """

    def look() -> None:
        while not stop.wait(_POST_EVERY_SECONDS):
            try:
                for argument in sms.due(database, cooperative_ids, system_clock()):
                    queue.enqueue(sms.JOB, argument)
            except DBAPIError:
                log.exception("the outbox cannot be read")

    threading.Thread(target=look, name="outbox", daemon=True).start()


def _watch_of(database: Database, queue: Queue, chosen: Settings) -> watching.Watch:
    return watching.Watch(database, queue, system_clock, has_gateway=bool(chosen.gateway))


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(
                f"cannot listen on {host}, port {port}: {error.strerror}; "
                "choose another, as in: make run PORT=8001"
            ) from error


def _welcome(chosen: Settings, host: str, port: int) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (only to print it)
    click.echo(f"\ncoopfarm is at http://{shown}:{port}/   (Ctrl-C ends it)\n")
    slip = seeding.slip_of(chosen)
    if slip:
        click.echo(slip)
        click.echo(
            "Try: as a farmer, open your next turn and ask why. As the manager, plan a week at\n"
            "60 % supply, compare the rules, publish, and print the roster.\n"
            f"As somebody new: open http://{shown}:{port}/welcome on a phone, ask for a code for\n"
            f"+201530000150 (M-150), and read it at http://{shown}:{port}/dev/phone.\n"
            f"This is also in {chosen.data_dir / seeding.SLIP}."
        )
