"""A PostgreSQL cluster with PostGIS that lives as long as one run of the tests."""

import fcntl
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

TEMPLATE = "coopfarm_template"
OWNER = "coop"
PROGRAM = "coopfarm_program"  # owns nothing, and is held by the walls
_EXTENSIONS = ("postgis", "btree_gist")
_OURS = f"coopfarm-postgres-{os.geteuid()}"
_MISSING = (
    "PostgreSQL with PostGIS is missing, and these tests need it. On Debian 12:\n"
    "  apt-get install postgresql-15 postgresql-15-postgis-3"
)
_SERVER_USER = "postgres"  # a database server refuses to run as root
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "jit": "off",
    "autovacuum": "off",
    # What follows would lose data in a power cut, and makes everything three times faster.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_size": "256MB",
    "max_wal_senders": "0",
}
# How often one database is used before another is made.
_USES = 100
_PUT_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_COUNT_ANEW = """
SELECT setval(seqrelid, seqstart, false) FROM pg_sequence
WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
"""
_PLENTY_BYTES = 2 * 1024**3  # of memory to put the files in; a run takes a few hundred MB

_numbers = itertools.count(1)


@contextmanager
def cluster() -> Iterator[str]:
    """The admin URL of one cluster, shared by all processes of this run of the tests.

    Who comes first starts it, who leaves last stops it; it has a database `TEMPLATE` with
    the extensions we use. Fails the test, with what to install, where PostgreSQL is missing.
    """
    me = f"{os.getpid()}:{next(_numbers)}"
    with _alone() as state:
        if not _users(state):
            _sweep()
            state["port"] = _start(_home())
        state["users"] = [*_users(state), me]
        url = f"postgresql+psycopg://{OWNER}@127.0.0.1:{state['port']}/postgres"
    try:
        yield url
    finally:
        with _alone() as state:
            state["users"] = [user for user in _users(state) if user != me]
            if not state["users"]:
                _stop(_home())


def make_template(admin_url: str, name: str, prepare: Callable[[str], None]) -> str:
    """The name of a database to copy, prepared once in this run; give it to `fresh_database`.

    `prepare` gets the URL of a copy of `TEMPLATE`, and must close every connection it opens.
    """
    with _admin(admin_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            unready = f"{name}_unready"
            _do(connection, "DROP DATABASE IF EXISTS {}", unready)
            _do(connection, "CREATE DATABASE {} TEMPLATE {}", unready, TEMPLATE)
            prepare(_sibling(admin_url, unready))
            _do(connection, "ALTER DATABASE {} RENAME TO {}", unready, name)
    return name


@contextmanager
def fresh_database(admin_url: str, template: str = TEMPLATE) -> Iterator[str]:
    """The URL of a new copy of the template, dropped afterwards with whoever is still in it."""
    name = f"coopfarm_{os.getpid()}_{next(_numbers)}"
    with _admin(admin_url) as connection:
        _do(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
    try:
        yield _sibling(admin_url, name)
    finally:
        with _admin(admin_url) as connection:
            _do(connection, "DROP DATABASE {} WITH (FORCE)", name)


class Spare:
    """A database of this process that a test leaves as it found it, and the next one takes.

    A copy costs some four hundred files; to empty what a test filled costs a few statements.
    It is made anew from time to time, since what is deleted stays in the files.
    """

    def __init__(self, admin_url: str, template: str) -> None:
        self._admin_url, self._template = admin_url, template
        self._made = ExitStack()
        self._url = ""
        self._uses = 0

    def take(self) -> str:
        """The URL of a database as the template is."""
        if not self._url:
            url = self._made.enter_context(fresh_database(self._admin_url, self._template))
            self._owner = self._made.enter_context(_admin(url))
            # No trigger forbids what the owner does here, and no reference is followed.
            self._owner.execute("SET session_replication_role = replica")
            self._owner.execute("SET lock_timeout = '5s'")
            self._at_first, self._uses, self._url = _first_rows(self._owner), 0, url
        self._uses += 1
        return self._url

    def clean(self) -> None:
        """Empty what was filled and begin to count anew; or make another, where more was done."""
        try:
            self._empty()
        except psycopg.Error:
            self.drop()

    def _empty(self) -> None:
        self._owner.execute(_PUT_OUT)
        now = _first_rows(self._owner)
        changed = [table for table in now if now[table] != self._at_first.get(table)]
        if self._uses >= _USES or any(self._at_first.get(table, "") for table in changed):
            self.drop()
            return
        for table in changed:
            _do(self._owner, "DELETE FROM {}", table)
        self._owner.execute(_COUNT_ANEW)

    def drop(self) -> None:
        self._url = ""
        self._made.close()


def _first_rows(connection: psycopg.Connection) -> dict[str, str | None]:
    """A sum of the first rows of each table; None where there is none."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    one = "SELECT {}, md5(string_agg(t::text, ',')) FROM (SELECT * FROM {} LIMIT 9) AS t"
    asked = [sql.SQL(one).format(sql.Literal(t), sql.Identifier(t)) for (t,) in tables.fetchall()]
    return dict(connection.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall())


def as_program(url: str) -> str:
    """The same database, for the role that owns nothing."""
    return url.replace(f"//{OWNER}@", f"//{PROGRAM}@")


def as_owner(url: str) -> str:
    return url.replace(f"//{PROGRAM}@", f"//{OWNER}@")


def _admin(admin_url: str) -> psycopg.Connection:
    return psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True)


def _do(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _sibling(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


def _home() -> Path:
    """One folder for all workers of a run, where the server's own user may reach it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return Path(tempfile.gettempdir()) / f"{_OURS}-{run}"


@contextmanager
def _alone() -> Iterator[dict]:
    """The state of this run's cluster, for one process at a time; what is changed is kept."""
    with Path(tempfile.gettempdir(), f"{_OURS}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _state(_home())
        yield state
        if _home().exists():
            (_home() / "state.json").write_text(json.dumps(state))


def _state(home: Path) -> dict:
    kept = home / "state.json"
    return json.loads(kept.read_text()) if kept.exists() else {}


def _users(state: dict) -> list[str]:
    """Those who use a cluster and are still running."""
    return [user for user in state.get("users", []) if _runs(int(user.partition(":")[0]))]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _sweep() -> None:
    """Stop the clusters of runs that were killed before they could."""
    for home in Path(tempfile.gettempdir()).glob(f"{_OURS}-*"):
        if not _users(_state(home)):
            _stop(home)


def _start(home: Path) -> int:
    """Initialise and start a cluster with its template; its port."""
    home.mkdir()
    home.chmod(0o755)
    server = home / "server"
    server.symlink_to(_room(home), target_is_directory=True)
    server.resolve().mkdir()
    if os.geteuid() == 0:
        shutil.chown(server, _SERVER_USER)
    data = server / "data"
    locale = ("-E", "UTF8", "--locale=C.UTF-8")
    _must("initdb", "-D", data, "-U", OWNER, "-A", "trust", *locale, "--no-sync")
    port = _free_port()
    options = f"-p {port}" + "".join(f" -c {name}='{value}'" for name, value in _SETTINGS.items())
    _must("pg_ctl", "start", "-w", "-D", data, "-l", server / "log", "-o", options)
    try:
        _make_first_template(f"postgresql://{OWNER}@127.0.0.1:{port}")
    except psycopg.errors.FeatureNotSupported as missing:
        _stop(home)
        pytest.fail(f"{missing}\n{_MISSING}", pytrace=False)
    return port


def _room(home: Path) -> Path:
    """Where the files of the server go: in memory where there is plenty of it."""
    memory = Path("/dev/shm")  # noqa: S108 (a name of ours in it, made by mkdir)
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _PLENTY_BYTES:
        return memory / home.name
    return home / "files"


def _make_first_template(server: str) -> None:
    with _admin(f"{server}/postgres") as connection:
        _do(connection, "CREATE DATABASE {}", TEMPLATE)
        _do(connection, "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS", PROGRAM)
    with _admin(f"{server}/{TEMPLATE}") as connection:
        for extension in _EXTENSIONS:
            _do(connection, "CREATE EXTENSION {}", extension)


def _stop(home: Path) -> None:
    if (home / "server" / "data" / "postmaster.pid").exists():
        _run("pg_ctl", "stop", "-m", "immediate", "-D", home / "server" / "data")
    shutil.rmtree((home / "server").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path:
    """The folder of the newest server that is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    found = shutil.which("pg_ctl")
    if not debian and found is None:
        pytest.fail(_MISSING, pytrace=False)
    return debian[-1] if debian else Path(str(found)).parent


def _run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(_programs() / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _SERVER_USER, "--", *command]
    return subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def _must(program: str, *arguments: str | Path) -> None:
    done = _run(program, *arguments)
    if done.returncode:
        pytest.fail(f"{program}: {done.stderr}", pytrace=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
