"""Hostile files through the reader, one after the other: what the slowest costs.

The corpus is that of `tests/land/hostile`; beside it the reader on one plot, which is mostly its
start.
"""

import resource
import time
from contextlib import suppress

from coopfarm.kernel.refusal import Refusal
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from tests.land.hostile.corpus import CORPUS
from tests.land.hostile.jsons import SQUARE, drawn, polygon

Row = tuple[str, float, str, float, str]


def rows() -> list[Row]:
    """One row for each measurement: name, seconds or MB, peer, that of the peer, target."""
    honest_s, honest_cpu_s = _cost(drawn(polygon(SQUARE)))
    costs = [_cost(case.make()) for case in CORPUS.values()]
    wall_s = sorted(wall for wall, _ in costs)
    cpu_s = sorted(cpu for _, cpu in costs)
    most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    count = len(costs)
    return [
        (f"the slowest of {count} hostile files (wall)", wall_s[-1], "one plot", honest_s, "≤ 2 s"),
        (
            f"the middle of {count} hostile files (wall)",
            wall_s[count // 2],
            "one plot",
            honest_s,
            "≤ 2 s",
        ),
        ("the costliest of them", cpu_s[-1], "one plot", honest_cpu_s, "≤ 2 s"),
        ("most memory of a reader, MB", most_mb, "its limit", 1024.0, "< 1"),
    ]


def _cost(content: bytes) -> tuple[float, float]:
    """Wall and processor seconds of reading it, readers included."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    own = time.process_time()
    with suppress(Refusal):
        files.read(content, Ask("plots"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu_s + time.process_time() - own
