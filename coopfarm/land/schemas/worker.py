"""The reader of foreign files: a process that lives for one file, within limits.

`python -m coopfarm.land.schemas.worker` finds its order in `order.json` of the folder it is
started in and the file on its standard input, and answers in lines of JSON.
"""

import gc
import json
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules.importing import Reading
from coopfarm.land.schemas import archives, confinement, previews, reading, refusals, wire
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.previews import Preview
from coopfarm.land.schemas.raw import CELL_LETTERS

ORDER = "order.json"
NO_MEMORY = 3
MOST_ANSWER_BYTES = 32 * 1024 * 1024
MOST_COLUMNS = 500
# Each is some fifty bytes to the server, also where it is empty: 20,000 plots of 25 columns.
MOST_CELLS = 500_000
# Nothing that is said of a file is longer than this.
_FACT_LETTERS = 200


def main() -> None:
    gc.disable()  # nothing that is made here is let go of before the end
    order = json.loads(Path(ORDER).read_bytes())
    content = sys.stdin.buffer.read()
    confinement.confine()
    try:
        lines = [json.dumps(said) for said in _answer(content, order)]
        if sum(map(len, lines)) > MOST_ANSWER_BYTES:
            lines = [json.dumps({**_refused(refusals.TooFull(field="file")), "previews": []})]
    except MemoryError:
        os._exit(NO_MEMORY)
    sys.stdout.write("\n".join(lines))


def _answer(content: bytes, order: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The refusal, if any, and the first rows; then what the file holds, piece by piece."""
    ask = Ask(**order["ask"])
    first: list[dict[str, Any]] = []
    try:
        if order["with_previews"]:
            _allow_time(content, order["cpu_seconds"])
            with suppress(Invalid):
                first = _first_letters(previews.make(content, ask))
        _allow_time(content, order["cpu_seconds"])
        found = reading.read(content, ask, wire.load_near(order["near"]))
        return [{"refusal": None, "previews": first}, *_light(found)]
    except Invalid as refusal:
        return [{**_refused(refusal), "previews": first}]


def _allow_time(content: bytes, most_s: float | None) -> None:
    """Time for what lies there first; a zip that was looked at has time for what it holds."""
    confinement.allow_seconds_for(len(content), most_s)
    if content.startswith(archives.MAGIC):
        confinement.allow_seconds_for(archives.unpacked_bytes(content), most_s)


def _light(found: Reading) -> Iterator[dict[str, Any]]:
    """A reading without what nobody could keep. Raises TooManyColumns and TooFull."""
    _check_columns(found.columns)
    if sum(len(record.values) for record in found.records) > MOST_CELLS:
        raise refusals.TooFull(field="file")
    whole, *records = wire.dump(found)
    yield whole
    for record in records:
        record["values"] = {n: _cut(v, CELL_LETTERS) for n, v in record["values"].items()}
        if record["flaw"] is not None:
            record["flaw"]["facts"] = _short(record["flaw"]["facts"])
        yield record


def _first_letters(found: Sequence[Preview]) -> list[dict[str, Any]]:
    for shown in found:
        _check_columns(shown.rows[0] if shown.rows else ())
    dumped = previews.dump(found)
    for one in dumped:
        one["rows"] = [{_shown(n): _shown(cell) for n, cell in r.items()} for r in one["rows"]]
    return dumped


def _check_columns(names: Collection[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise refusals.TooManyColumns(field="file", columns=len(names), most=MOST_COLUMNS)
    if max(map(len, names), default=0) > _FACT_LETTERS:
        raise refusals.FileBroken(reason=f"a heading of over {_FACT_LETTERS} letters")


def _shown(text: str) -> str:
    return str(_cut(text, _FACT_LETTERS))


def _refused(refusal: Invalid) -> dict[str, Any]:
    dumped = wire.dump_refusal(refusal)
    return {"refusal": {**dumped, "facts": _short(dumped["facts"])}}


def _short(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _cut(fact, _FACT_LETTERS) for name, fact in facts.items()}


def _cut(value: Any, letters: int) -> Any:
    if isinstance(value, str) and len(value) > letters:
        return f"{value[:letters]}…"
    return value


if __name__ == "__main__":
    main()
