"""Wall and CPU time of work that a database may do in a process of its own."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine


class Took(NamedTuple):
    """`cpu_s` counts this process and the one that serves it, without helpers of the server."""

    wall_s: float
    cpu_s: float


def took(engine: Engine, work: Callable[[], object]) -> Took:
    """How long `work` takes over the first connection of the engine's pool."""
    server = _server(engine)
    began, cpu_s = time.perf_counter(), _cpu_s(server)
    work()
    return Took(time.perf_counter() - began, _cpu_s(server) - cpu_s)


def _server(engine: Engine) -> int | None:
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        found: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    return found


def _cpu_s(server: int | None) -> float:
    """User and system time of this process, and of `server` by proc(5) stat, fields 14 and 15."""
    if server is None:
        return time.process_time()
    after_name = Path(f"/proc/{server}/stat").read_text("utf-8").rpartition(")")[2].split()
    ticks = sum(map(int, after_name[11:13]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")
