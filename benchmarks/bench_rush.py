"""How long sixteen phones wait that book at once, each as soon as it has its answer.

One process serves SQLite, as `coopfarm run` does, and two PostgreSQL, of four threads each. Wall
seconds, the only ones that a phone knows: on a machine with other work they are longer.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence

from benchmarks.booked import NAMES, database_of
from coopfarm.store.db import Database
from tests.races.phones import Answer, crowd
from tests.races.server import Group, Mother
from tests.races.village import NOW, Village, settle, wish

Row = tuple[str, float, str, float, str]

PHONES, BOOKINGS, WARM_UP = 16, 1_600, 160
WORKERS = {"sqlite": 1, "postgresql": 2}


def rows() -> Iterator[Row]:
    """Rows for each database: name, measured, beside, its measure, target."""
    mother = Mother()
    for engine, name in NAMES.items():
        with database_of(engine) as (url, folder):
            database = Database(url)
            village = settle(database, PHONES)
            with mother.group(url, folder, NOW, workers=WORKERS[engine]) as group:
                yield from _measured(village, group, name)
            database.dispose()
    mother.end()


def _measured(village: Village, group: Group, name: str) -> Iterator[Row]:
    began = time.perf_counter()
    answers = asyncio.run(_rush(village, group))[WARM_UP:]
    took_s = sorted(one.took_s for one in answers)
    assert {one.status for one in answers} == {201}
    late, middle = took_s[int(len(took_s) * 0.99)], took_s[len(took_s) // 2]
    yield (
        f"99th percentile of bookings by 16 phones on {name} (wall)",
        late,
        "median",
        middle,
        "≤ 250 ms",
    )
    rate = BOOKINGS / (time.perf_counter() - began)
    yield f"bookings a second of 16 phones on {name} (wall)", rate, "target", 150, "≥ 150"


async def _rush(village: Village, group: Group) -> Sequence[Answer]:
    """Every phone books the next free hour, as soon as it has its answer."""
    machine_ids = village.machines(PHONES, "pump")
    todo, answers = list(range(BOOKINGS))[::-1], list[Answer]()

    async with crowd(group.port, village.cookies) as phones:

        async def work(at: int) -> None:
            while todo:
                number = todo.pop()
                machine_id = machine_ids[number % PHONES]
                answers.append(await phones[at].book(wish([machine_id], number // PHONES)))

        await asyncio.gather(*(work(at) for at in range(PHONES)))
    return answers


if __name__ == "__main__":
    for row in rows():
        print(*row)
