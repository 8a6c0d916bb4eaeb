"""The races in their long form, on both databases: `python -m tests.races --long`.

Without `--long` it is a rehearsal of a few seconds; `sqlite` or `postgresql` runs one alone. A
line is printed for each race; the last word is its number of faults, which is the exit's, too.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from coopfarm.members.actions import hashing
from coopfarm.store.db import Database
from tests import postgres
from tests.migrated import migrated
from tests.races import races, spraying
from tests.races.server import Group, Mother
from tests.races.village import NOW, Village, settle

PEOPLE = 200
Race = Callable[[Village, Group], races.Result]

LONG: dict[str, Race] = {
    "200 phones, one hour, 20 rounds": lambda v, g: races.one_slot(v, g, 200, 20),
    "200 phones, five shapes, 10 rounds": lambda v, g: races.shapes(v, g, 200, 10),
    "32 phones, 2–5 machines, 20 rounds": lambda v, g: races.several(v, g, 32, 20),
    "50 requests of one member, limit of 2": lambda v, g: races.limit(v, g, 50, 2),
    "100 plots sprayed and wanted, 10 rounds": lambda v, g: spraying.sprayed(v, g, 100, 10),
    "1,000 acts sent 5 times": lambda v, g: races.repeats(v, g, 1_000, 5, 10),
    "10,000 bookings, 20 kills": lambda v, g: races.kills(v, g, 10_000, 16, 20),
}
SHORT: dict[str, Race] = {
    "50 phones, one hour, 2 rounds": lambda v, g: races.one_slot(v, g, 50, 2),
    "20 phones, five shapes, 2 rounds": lambda v, g: races.shapes(v, g, 20, 2),
    "16 phones, 2–5 machines, 2 rounds": lambda v, g: races.several(v, g, 16, 2),
    "50 requests of one member, limit of 2": lambda v, g: races.limit(v, g, 50, 2),
    "16 plots sprayed and wanted, 2 rounds": lambda v, g: spraying.sprayed(v, g, 16, 2),
    "20 acts sent 5 times": lambda v, g: races.repeats(v, g, 20, 5, 4),
    "100 bookings, 2 kills": lambda v, g: races.kills(v, g, 100, 8, 2),
}
HEAD = "| database | race | answers | kills | p99 s | wall s | faults |"


def main(words: list[str]) -> int:
    """Run them, print the table, and give the number of faults."""
    chosen = LONG if "--long" in words else SHORT
    engines = [one for one in ("sqlite", "postgresql") if one in words] or ["sqlite", "postgresql"]
    hashing.cost = hashing.Cost(1, 8)  # two hundred PINs are not what is measured
    print(HEAD, "|---|---|---|---|---|---|---|", sep="\n", flush=True)  # noqa: T201
    faults = 0
    mother = Mother()
    for engine in engines:
        with _served(mother, engine) as (village, group):
            for name, race in chosen.items():
                began = time.perf_counter()
                result = race(village, group)
                faults += len(result.wrong)
                print(_line(engine, name, result, time.perf_counter() - began), flush=True)  # noqa: T201
                for said in result.wrong[:20]:
                    print(f"    {said}", flush=True)  # noqa: T201
    mother.end()
    return faults


def _line(engine: str, name: str, result: races.Result, wall_s: float) -> str:
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(result.statuses.items()))
    told = (engine, name, answers, result.kills, f"{result.p99_s:.2f}", f"{wall_s:.0f}")
    return f"| {' | '.join(map(str, told))} | {len(result.wrong)} |"


@contextmanager
def _served(mother: Mother, engine: str) -> Iterator[tuple[Village, Group]]:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'coopfarm.db'}"
            migrated(url)
        else:
            server = opened.enter_context(postgres.cluster())
            template = postgres.make_template(server, "coopfarm_races", migrated)
            fresh = opened.enter_context(postgres.fresh_database(server, template))
            url = postgres.as_program(fresh)
        database = Database(url)
        opened.callback(database.dispose)
        village = settle(database, PEOPLE)
        group = opened.enter_context(mother.group(url, folder, NOW))
        yield village, group


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
