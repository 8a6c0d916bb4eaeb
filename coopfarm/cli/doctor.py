"""Looking the whole installation over: one line for each thing, and what to do about it."""

import contextlib
import json
import re
import shutil
import stat
import tempfile
import zlib
from collections.abc import Generator, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import pyogrio
from sqlalchemy import func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from coopfarm.config import BadSettingError, Settings, read_settings
from coopfarm.members.models import Cooperative
from coopfarm.store import walls
from coopfarm.store.db import Database, make_engine
from coopfarm.store.keeping.health import Finding, State, examine
from coopfarm.water.models import PlanRun
from coopfarm.web import paper

NOT_WELL = 1

_TIGHT_BYTES, _FULL_BYTES = 2_000_000_000, 200_000_000
_FORMATS = ("GeoJSON", "ESRI Shapefile", "GPKG", "KML", "CSV")
_ARABIC = """
<link rel="stylesheet" href="/static/css/print.css">
<p lang="ar" dir="rtl">السقاية القادمة</p>
"""
_OUR_FONT = b"+Roster/"
_FEWEST_LETTERS = 10
_PATIENCE = timedelta(minutes=10)
_MARKS = {"ok": "ok     ", "warning": "warning", "fault": "FAULT  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(*, as_json: bool) -> None:
    """Look the installation over, change nothing, and say what to do where it is not well.

    Ends with 1 when something is at fault, and with 0 when all is well but for warnings.
    """
    now = datetime.now(UTC)
    try:
        findings = list(_look(read_settings(), now))
    except BadSettingError as error:
        findings = [Finding("settings", "fault", str(error))]
    if as_json:
        click.echo(json.dumps([found._asdict() for found in findings], ensure_ascii=False))
    else:
        for about, state, says in findings:
            click.echo(f"{_MARKS[state]}  {about}: {says}")
    if any(found.state == "fault" for found in findings):
        raise click.exceptions.Exit(NOT_WELL)


def _look(chosen: Settings, now: datetime) -> Iterator[Finding]:
    yield Finding("settings", "ok", chosen.environment)
    yield from _folder(chosen.data_dir)
    yield from _secrets(chosen)
    in_use = yield from _database(chosen, now)
    if in_use:
        yield from _cooperatives(chosen, now)
    yield _paper()
    yield _files()


def _folder(folder: Path) -> Iterator[Finding]:
    where = folder.absolute()
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        says = f"{where} cannot be written: {error.strerror}. Make it, and give it to our user."
        yield Finding("data folder", "fault", says)
        return
    yield Finding("data folder", "ok", str(where))
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:,.1f} GB are free"
    if free < _TIGHT_BYTES:
        state: State = "fault" if free < _FULL_BYTES else "warning"
        yield Finding("disk", state, f"only {says}. Move old backups away, or enlarge it.")
    else:
        yield Finding("disk", "ok", says)


def _secrets(chosen: Settings) -> Iterator[Finding]:
    for name in ("pepper", "secret_key"):
        yield _secret(name, getattr(chosen, name), chosen.data_dir / f"{name}.txt")
    if chosen.pepper and chosen.pepper == chosen.secret_key:
        yield Finding("pepper", "fault", "it is the secret key as well. Give each its own.")


def _secret(name: str, said: str, kept: Path) -> Finding:
    setting = f"COOPFARM_{name.upper()}"
    try:
        written = kept.read_text() if kept.exists() else ""
    except OSError as error:
        return Finding(name, "fault", f"{kept} cannot be read: {error.strerror}.")
    if not said and not written:
        return Finding(name, "warning", "there is none yet; the first start makes it.")
    if written and stat.S_IMODE(kept.stat().st_mode) & 0o077:
        return Finding(name, "fault", f"others can read {kept}: chmod 600 {kept}")
    if len(set(said or written)) < _FEWEST_LETTERS:
        return Finding(name, "fault", f"{setting} is easily guessed. Let it be made by chance.")
    return Finding(name, "ok", f"in {setting}" if said else f"in {kept}, for our eyes alone")


def _database(chosen: Settings, now: datetime) -> Generator[Finding, None, bool]:
    """Look at the database; whether there is one in which something could be."""
    try:
        url = make_url(chosen.owner)
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        if file is not None and not file.exists():
            says = f"there is no {file} yet: “coopfarm init” makes it, “coopfarm restore” fills it."
            yield Finding("database", "fault", says)
            return False
        engine = make_engine(chosen.owner)
    except ArgumentError as error:
        yield Finding("database", "fault", f"COOPFARM_DATABASE_URL: {error}")
        return False
    try:
        findings = list(examine(engine, now=now))
    finally:
        engine.dispose()
    yield from findings
    return all(one.state != "fault" for one in findings if one.about in ("database", "tables"))


def _cooperatives(chosen: Settings, now: datetime) -> Iterator[Finding]:
    """What the program itself sees, by its own role."""
    database = Database(chosen.database)
    try:
        with database.reading() as session:
            homes = session.scalars(select(Cooperative).order_by(Cooperative.id)).all()
        yield Finding("cooperatives", "ok", ", ".join(home.name for home in homes) or "none yet")
        yield _walls(database, chosen)
        yield time_zones({home.timezone for home in homes} or {"UTC"}, now)
        yield _worker(database, [home.id for home in homes], now)
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        says = f"the program's role is not let in: {said}. Run “coopfarm init” as the owner."
        yield Finding("cooperatives", "fault", says)
    finally:
        database.dispose()


def _walls(database: Database, chosen: Settings) -> Finding:
    if database.engine.dialect.name == "sqlite":
        return Finding("walls", "ok", "kept by the program and by the keys of every table")
    with database.engine.connect() as connection:
        passed = walls.passes(connection)
    if not passed:
        return Finding("walls", "ok", "PostgreSQL itself keeps cooperatives apart")
    state: State = "fault" if chosen.environment == "production" else "warning"
    says = f"the program's role passes them ({', '.join(passed)}): see COOPFARM_OWNER_URL."
    return Finding("walls", state, says)


def time_zones(zones: Set[str], now: datetime) -> Finding:
    """Whether the machine knows the same clock changes as the program, for a year to come."""
    days = [now + timedelta(days=day) for day in range(366)]
    for zone in sorted(zones):
        try:
            machines = ZoneInfo.no_cache(zone)
        except ZoneInfoNotFoundError:
            return Finding("time zones", "fault", f"{zone} is unknown: install tzdata anew.")
        ours = _zone_of_package(zone)
        differing = [
            day
            for day in days
            if day.astimezone(machines).utcoffset() != day.astimezone(ours).utcoffset()
        ]
        if differing:
            says = (
                f"from {differing[0]:%Y-%m-%d} on {zone} has another time than this machine "
                "believes: bring the tzdata of the operating system up to date."
            )
            return Finding("time zones", "fault", says)
    return Finding("time zones", "ok", f"{', '.join(sorted(zones))}; tzdata {version('tzdata')}")


def _zone_of_package(zone: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def _paper() -> Finding:
    try:
        sheet = paper.pdf(_ARABIC)
    except paper.PdfUnavailable:
        says = "no PDF can be made; the browser prints the same page. Install Pango."
        return Finding("paper", "warning", says)
    if not any(_OUR_FONT in part for part in _parts(sheet)):
        says = "Arabic is drawn in another font than ours. Install coopfarm anew."
        return Finding("paper", "warning", says)
    return Finding("paper", "ok", "PDFs are made, with our Arabic letters")


def _parts(sheet: bytes) -> Iterator[bytes]:
    """What the compressed parts of a PDF say."""
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", sheet, re.DOTALL):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(part)


def _files() -> Finding:
    known = pyogrio.list_drivers()
    missing = [name for name in _FORMATS if "r" not in known.get(name, "")]
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    if missing:
        says = f"GDAL {gdal} does not read {', '.join(missing)}: install pyogrio anew."
        return Finding("land files", "fault", says)
    return Finding("land files", "ok", f"GDAL {gdal} reads {', '.join(_FORMATS)}")


def _worker(database: Database, homes: Sequence[int], now: datetime) -> Finding:
    waits_since: list[datetime] = []
    for home in homes:
        with database.reading() as session:
            session.cooperative_id = home
            oldest = select(func.min(PlanRun.asked_at)).where(PlanRun.state == "queued")
            waits_since += filter(None, [session.scalar(oldest)])
    if waits_since and now - min(waits_since) > _PATIENCE:
        minutes = (now - min(waits_since)).total_seconds() / 60
        says = (
            f"a plan waits for {minutes:,.0f} minutes. Start “coopfarm run” or “coopfarm worker”."
        )
        return Finding("worker", "warning", says)
    return Finding("worker", "ok", "nothing waits for long")
