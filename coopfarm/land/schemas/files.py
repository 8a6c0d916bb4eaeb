"""Reading a foreign file without trusting it: another process does, and may fail."""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from coopfarm.kernel.refusal import Invalid, TryLater
from coopfarm.kernel.words import N_
from coopfarm.land.rules import columns, coordinates
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.whereabouts import Whereabouts
from coopfarm.land.schemas import glance, previews, refusals, wire
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.previews import Preview

T = TypeVar("T")

MOST_BYTES = glance.MOST_BYTES
# The processor time is what ends a reader; on a crowded machine that takes a while.
WALL_SECONDS = 60
READERS = 2

# As in worker.py, which is not loaded here: it brings libraries this process needs not.
_ORDER, _NO_MEMORY = "order.json", 3
_EPSG = re.compile(r"(?:EPSG:)?(\d{4,6})", re.IGNORECASE)
_KEPT = ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
_KEPT_FAMILIES = ("LC_", "GDAL_", "PROJ_", "PYTHON")
_free = threading.BoundedSemaphore(READERS)


class ReadersBusy(TryLater):
    """As many files are being read as may be at once."""

    code = "readers-busy"
    words = N_("Other files are being read just now. Nothing was changed; try again in a moment.")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of a file in one go: `reading`, or the `refusal` in place of it.

    `previews` are its first rows in each encoding, where they were wanted.
    """

    reading: Reading | None
    refusal: Invalid | None
    previews: Sequence[Preview] = ()


# The reader's answer: what is said of the file as a whole, and then the lines of its reading.
Answer = Iterator[bytes]


def read(
    content: bytes,
    ask: Ask,
    *,
    near: Whereabouts | None = None,
    cpu_seconds: float | None = None,
) -> Reading:
    """The features of a file in degrees, whichever of the formats it is in.

    `near` is where the cooperative is, to offer likely coordinate systems by; `cpu_seconds` is
    the most processor time, where that is less than a file of its size is given.
    Raises CoordinateSystemMissing, ReadersBusy and the refusals of files; what is wrong with
    single features is kept with them.
    """
    columns.check_kind(ask.kind)
    glance.check(content)
    with _stored(content) as file:
        found = look(file, ask, _loaded, near=near, cpu_seconds=cpu_seconds)
    if found.reading is None:
        raise found.refusal or refusals.ReaderFailed(field="file")
    return found.reading


def preview(content: bytes, ask: Ask) -> Sequence[Preview]:
    """The first rows of a file in each encoding, for somebody to choose the readable one.

    None of a format that says its encoding, or of a file that cannot be read at all. Raises
    ReadersBusy and what is seen at a glance.
    """
    glance.check(content)
    with _stored(content) as file:
        return look(file, ask, _loaded, with_previews=True).previews


def look(
    file: BinaryIO,
    ask: Ask,
    take: Callable[[Looked, Answer], T],
    *,
    near: Whereabouts | None = None,
    with_previews: bool = False,
    cpu_seconds: float | None = None,
) -> T:
    """A file that was looked at by `glance`, read in one go; nothing of it is held here.

    `file` is one of the system's own, to be handed on. `take` is given what was found but for
    the reading, and the lines of that, of which there are none with a refusal. Raises ReadersBusy.
    """
    try:
        order = {
            "ask": _plain(ask).as_json(),
            "near": wire.dump_near(near),
            "with_previews": with_previews,
            "cpu_seconds": cpu_seconds,
        }
        return _ask_worker(file, order, take)
    except Invalid as refusal:
        return take(Looked(None, refusal), iter(()))


@contextmanager
def _stored(content: bytes) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile(prefix="coopfarm-") as file:
        file.write(content)
        yield cast(BinaryIO, file)


def _plain(ask: Ask) -> Ask:
    """The same, with the coordinate system as EPSG:1234 in plain digits."""
    if not ask.crs:
        return ask
    code = _EPSG.fullmatch(ask.crs.strip())
    if code is None:
        raise coordinates.NoSuchCoordinateSystem(field="crs", crs=ask.crs[:60])
    return replace(ask, crs=f"EPSG:{int(code[1])}")


@contextmanager
def _one_of_few() -> Iterator[Path]:
    """A turn among the readers, and an empty folder that is gone with whatever is left in it."""
    if not _free.acquire(blocking=False):
        raise ReadersBusy
    try:
        with tempfile.TemporaryDirectory(prefix="coopfarm-") as folder:
            yield Path(folder)
    finally:
        _free.release()


def _ask_worker(file: BinaryIO, order: dict[str, Any], take: Callable[[Looked, Answer], T]) -> T:
    with _one_of_few() as folder, (folder / "answer.json").open("w+b") as answer:
        (folder / _ORDER).write_text(json.dumps(order))
        file.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "coopfarm.land.schemas.worker"],
                stdin=file,
                stdout=answer,
                stderr=subprocess.PIPE,
                timeout=WALL_SECONDS,
                cwd=folder,
                env=surroundings(folder),
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise refusals.TooHardToRead(field="file") from late
        _check_end(done)
        answer.seek(0)
        lines = iter(answer)
        return take(_first(json.loads(next(lines))), lines)


def _first(said: dict[str, Any]) -> Looked:
    refusal = wire.load_refusal(said["refusal"]) if said["refusal"] else None
    return Looked(None, refusal, previews.load(said["previews"]))


def _loaded(found: Looked, lines: Answer) -> Looked:
    """All of it, taken line by line: all at once it would be three times as large."""
    if found.refusal is not None:
        return found
    return replace(found, reading=wire.load(map(json.loads, lines)))


def _check_end(done: subprocess.CompletedProcess[bytes]) -> None:
    """Raise TooHardToRead where a limit ended the reader, and ReaderFailed where a fault did."""
    if done.returncode < 0 or done.returncode == _NO_MEMORY:
        raise refusals.TooHardToRead(field="file")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")[-4000:]
        logging.getLogger(__name__).error("the reader of files failed: %s", said)
        raise refusals.ReaderFailed(field="file")


def surroundings(folder: Path) -> dict[str, str]:
    """What the reader may know of our surroundings: no setting, no secret, one thread."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_FAMILIES)
    }
    return kept | {
        "GDAL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        "PYTHONPATH": os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place),
        "PYTHONUTF8": "1",
        "TMPDIR": str(folder),
    }
