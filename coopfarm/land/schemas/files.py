"""Reading a foreign file without trusting it: another process does, and may fail."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

from coopfarm.land.rules import columns, coordinates
from coopfarm.land.rules.importing import Reading
from coopfarm.land.schemas import refusals, wire
from coopfarm.land.schemas.ask import Ask

MOST_BYTES = 50 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 30

_EPSG = re.compile(r"(?:EPSG:)?(\d{4,6})", re.IGNORECASE)


def read(
    content: bytes,
    ask: Ask,
    *,
    near: tuple[float, float] | None = None,
    cpu_seconds: int = CPU_SECONDS,
) -> Reading:
    """The features of a GeoJSON, a zipped Shapefile, a GeoPackage or a CSV, in degrees.

    `near` is a longitude and latitude of the cooperative, to offer likely coordinate systems
    by. Raises CoordinateSystemMissing and the refusals of files; what is wrong with single
    features is kept with them.
    """
    columns.check_kind(ask.kind)
    if not content:
        raise refusals.EmptyFile(field="file")
    if len(content) > MOST_BYTES:
        raise refusals.FileTooLarge(most_mb=MOST_BYTES // 1024**2)
    answer = json.loads(_ask_worker(content, _plain(ask), cpu_seconds))
    if "refusal" in answer:
        raise wire.load_refusal(answer["refusal"])
    if "extent" in answer:
        extent = coordinates.Extent(*answer["extent"])
        raise coordinates.CoordinateSystemMissing(coordinates.candidates(extent, near))
    return wire.load(answer["reading"])


def _plain(ask: Ask) -> Ask:
    """The same, with the coordinate system as EPSG:1234 in plain digits."""
    if not ask.crs:
        return ask
    code = _EPSG.fullmatch(ask.crs.strip())
    if code is None:
        raise coordinates.NoSuchCoordinateSystem(field="crs", crs=ask.crs[:60])
    return replace(ask, crs=f"EPSG:{int(code[1])}")


def _ask_worker(content: bytes, ask: Ask, cpu_seconds: int) -> bytes:
    sent = json.dumps({"ask": ask.as_json(), "cpu_seconds": cpu_seconds}).encode() + b"\n" + content
    try:
        done = subprocess.run(
            [sys.executable, "-m", "coopfarm.land.schemas.worker"],
            input=sent,
            capture_output=True,
            timeout=WALL_SECONDS,
            env=without_secrets(),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise refusals.TooHardToRead(field="file", seconds=WALL_SECONDS) from late
    if done.returncode == 0:
        return done.stdout
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise refusals.TooHardToRead(field="file", seconds=cpu_seconds)
    raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])


def without_secrets() -> dict[str, str]:
    """Our surroundings, without our settings, and with one thread for each library."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COOPFARM_")}
    return kept | {
        "GDAL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUTF8": "1",
    }
