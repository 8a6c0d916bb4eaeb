"""All speeds in one table, each beside a peer or a limit measured in the same run.

`python -m benchmarks [PART …]` runs every part, or those named. CPU seconds of one process
unless the row says otherwise; medians of several runs.
"""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

Row = tuple[str, float, str, float, str]


def parts() -> list[str]:
    """The names of the benchmark modules: `planning` for bench_planning.py."""
    here = Path(__file__).parent
    return sorted(file.stem.removeprefix("bench_") for file in here.glob("bench_*.py"))


def table(rows: Iterable[Row]) -> Iterable[str]:
    """The rows as Markdown, a line at a time."""
    yield "| what | CPU s | beside | CPU s | ratio | target |"
    yield "|---|---|---|---|---|---|"
    for name, measured, peer, beside, target in rows:
        ratio = f"{measured / beside:.2g}" if beside else "–"
        yield f"| {name} | {measured:.3g} | {peer} | {beside:.3g} | {ratio} | {target} |"


def main(wanted: list[str]) -> None:
    chosen = wanted or parts()
    every = (
        row for part in chosen for row in importlib.import_module(f"benchmarks.bench_{part}").rows()
    )
    for line in table(every):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
