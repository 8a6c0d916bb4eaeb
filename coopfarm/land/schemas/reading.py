"""From the bytes of a file to features in degrees, with what is wrong with each."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from coopfarm.land.rules import cells, columns, findings, garbled, overlapping, remarks
from coopfarm.land.rules.findings import Finding
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.overlapping import Claim
from coopfarm.land.rules.rows import Record
from coopfarm.land.rules.whereabouts import StoredPlot, Whereabouts
from coopfarm.land.schemas import (
    archives,
    drafting,
    formats,
    geojson,
    kml,
    systems,
    tables,
)
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.raw import RawFile

_SAMPLE_LETTERS = 30


def read(content: bytes, ask: Ask, near: Whereabouts | None = None) -> Reading:
    """The features of a file in degrees.

    Raises CoordinateSystemMissing, CoordinateSystemWrong and the refusals of files; what is
    wrong with single features is kept with them.
    """
    with np.errstate(invalid="ignore"):  # NaN is named further down, feature by feature
        raw = _raw(content, ask)
    column_of = columns.match(ask.kind, raw.columns, ask.chosen).column_of
    placed = systems.place(raw, ask, near)
    made = drafting.records(ask, raw, placed, column_of.get("code"))
    found = [*placed.findings, *made.findings, *_garbled(raw.columns, made.records)]
    if ask.kind == "plots":
        stored = () if near is None else near.plots
        found += overlapping.findings(_claims(made.records, column_of, stored))
    return Reading(
        kind=ask.kind,
        columns=list(raw.columns),
        records=made.records,
        chosen=ask.chosen,
        crs=placed.crs,
        layer=raw.layer,
        findings=found,
        make_codes=ask.make_codes,
    )


def _raw(content: bytes, ask: Ask) -> RawFile:
    form = formats.of(content)
    if form == formats.GEOJSON:
        return geojson.read(content)
    if form == formats.KML:
        return kml.read(content)
    if form in {formats.ZIP, formats.GEOPACKAGE}:
        return _packed(content, ask)
    return tables.read(content, ask.kind, ask.chosen, ask.encoding)


def _packed(content: bytes, ask: Ask) -> RawFile:
    # GDAL is the slowest to load: only files that need it wait for it.
    from coopfarm.land.schemas import layers  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="coopfarm-") as folder:
        if not content.startswith(archives.MAGIC):
            return layers.read_geopackage(content, ask.layer, Path(folder))
        document = kml.packed(content)
        if document is not None:
            return kml.read(document)
        return layers.read_shapefile(content, ask.layer, ask.encoding, Path(folder))


def _garbled(names: Sequence[str], records: Sequence[Record]) -> Sequence[Finding]:
    """What to say where letters were read in another encoding than they were written in."""
    bad = [name for name in names if garbled.is_garbled(name)]
    numbers = []
    for record in records:
        said = [c for c in record.values.values() if isinstance(c, str) and garbled.is_garbled(c)]
        bad += said[:1]
        if said:
            numbers.append(record.number)
    sample = cells.text(bad[0])[:_SAMPLE_LETTERS] if bad else ""
    return [findings.note(remarks.GARBLED, numbers, sample=sample)] if bad else []


def _claims(
    records: Sequence[Record], column_of: Mapping[str, str], stored: Sequence[StoredPlot]
) -> Sequence[Claim]:
    """The drawn plots of a file, and those stored that the file does not speak of."""
    named, known = column_of.get("code", ""), column_of.get("id", "")
    drawn = [
        Claim(cells.text(r.values.get(named)) or f"#{r.number}", r.shape, r.number)
        for r in records
        if r.shape
    ]
    codes = {claim.name for claim in drawn}
    ids = {cells.text(r.values.get(known)).lower() for r in records} if known else set()
    kept = [Claim(p.code, p.boundary) for p in stored if not {p.code, p.row_id} & (codes | ids)]
    return [*drawn, *kept]
