"""The reader of foreign files: a process that lives for one file, within limits.

`python -m coopfarm.land.schemas.worker` takes a line of JSON and the file on its standard
input, and answers with one line of JSON.
"""

import json
import resource
import sys
from typing import Any

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.schemas import reading, wire
from coopfarm.land.schemas.ask import Ask

MEMORY_BYTES = 1536 * 1024 * 1024
FILE_BYTES = 128 * 1024 * 1024


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    _limit(order["cpu_seconds"])
    json.dump(_answer(sys.stdin.buffer.read(), Ask(**order["ask"])), sys.stdout)


def _limit(cpu_seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _answer(content: bytes, ask: Ask) -> dict[str, Any]:
    try:
        return {"reading": wire.dump(reading.read(content, ask))}
    except reading.SystemMissing as missing:
        extent = missing.extent
        return {"extent": [extent.west, extent.south, extent.east, extent.north]}
    except Invalid as refusal:
        return {"refusal": wire.dump_refusal(refusal)}


if __name__ == "__main__":
    main()
