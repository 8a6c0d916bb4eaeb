"""From the bytes of a file to features in degrees, with what is wrong with each."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules import cells, columns, coordinates, findings, flaws, remarks, shapes
from coopfarm.land.rules.findings import NOTE, Finding
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.rows import Record
from coopfarm.land.rules.whereabouts import Whereabouts
from coopfarm.land.schemas import earth, formats, geojson, refusals, tables
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.raw import RawFeature, RawFile


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How shapes of one file are brought to degrees."""

    kind: str
    to_degrees: Callable[[BaseGeometry], BaseGeometry]


def read(content: bytes, ask: Ask, near: Whereabouts | None = None) -> Reading:
    """The features of a file in degrees.

    Raises CoordinateSystemMissing and the refusals of files; what is wrong with single features is
    kept with them.
    """
    with np.errstate(invalid="ignore"):  # NaN is named further down, feature by feature
        raw = _raw(content, ask)
    column_of = columns.match(ask.kind, raw.columns, ask.chosen).column_of
    crs, found = _system(raw, ask, near)
    drawing = _Drawing(ask.kind, earth.to_degrees(crs) if crs else lambda shape: shape)
    records = [
        _record(
            feature,
            Feature(number, cells.text(feature.values.get(column_of.get("code", "")))),
            drawing,
        )
        for number, feature in enumerate(raw.features, start=1)
    ]
    found += _heights(raw)
    if ask.kind == "plots":
        found += _overlaps(records, column_of.get("code", ""))
    return Reading(
        kind=ask.kind,
        columns=list(raw.columns),
        records=records,
        chosen=ask.chosen,
        crs=crs,
        layer=raw.layer,
        findings=found,
        make_codes=ask.make_codes,
    )


def _raw(content: bytes, ask: Ask) -> RawFile:
    form = formats.of(content)
    if form == formats.GEOJSON:
        return geojson.read(content)
    if form in {formats.ZIP, formats.GEOPACKAGE}:
        return _by_gdal(content, ask)
    if form == formats.KML:
        raise refusals.NoSuchFormat(field="file")
    return tables.read(content, ask.kind, ask.chosen, ask.encoding)


def _by_gdal(content: bytes, ask: Ask) -> RawFile:
    # GDAL is the slowest to load: only files that need it wait for it.
    from coopfarm.land.schemas import layers  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="coopfarm-") as folder:
        if content.startswith(b"PK"):
            return layers.read_shapefile(content, ask.layer, ask.encoding, Path(folder))
        return layers.read_geopackage(content, ask.layer, Path(folder))


def _system(raw: RawFile, ask: Ask, near: Whereabouts | None) -> tuple[str | None, list[Finding]]:
    """The coordinate system to read the file in, and what to say about the choice."""
    drawn = [f.shape for f in raw.features if f.shape is not None and not f.shape.is_empty]
    said = earth.named(raw.crs) if raw.crs else None
    if ask.crs:
        chosen = earth.named(ask.crs)
        differs = said is not None and said != chosen
        other = remarks.OTHER_SYSTEM(said=said, chosen=chosen)
        return chosen, [Finding(NOTE, other)] if differs else []
    if said is None and drawn:
        extent = _extent(drawn)
        point = None if near is None else (near.lon, near.lat)
        offered = coordinates.candidates(extent, point)
        raise coordinates.CoordinateSystemMissing([earth.placed(c, extent) for c in offered])
    return said, []


def _extent(drawn: Sequence[BaseGeometry]) -> coordinates.Extent:
    return coordinates.Extent(*shapely.total_bounds(drawn).tolist())


def _record(raw: RawFeature, feature: Feature, drawing: _Drawing) -> Record:
    record = Record(feature.number, raw.values)
    try:
        return _drawn(record, raw, feature, drawing)
    except Invalid as flaw:
        return replace(record, flaw=flaw, outline=shapes.outline(raw.shape, drawing.to_degrees))


def _drawn(record: Record, raw: RawFeature, feature: Feature, drawing: _Drawing) -> Record:
    if raw.unreadable:
        raise flaws.UnreadableShape(field="geometry", **feature.facts)
    if raw.shape is None:
        return record
    drawn = shapes.as_stored(drawing.kind, raw.shape, feature)
    shape = drawing.to_degrees(drawn)
    shapes.check_on_earth(shape, drawn, feature)
    if shape.geom_type == "MultiPolygon":
        shapes.check_valid(shape, feature)
        record = replace(record, area_m2=earth.area_m2(shape))
    elif shape.geom_type == "LineString":
        record = replace(record, length_m=earth.length_m(shape))
    return replace(record, shape=shape, outline=shapes.outline(shape))


def _heights(raw: RawFile) -> list[Finding]:
    shapes = enumerate((f.shape for f in raw.features), start=1)
    high = [number for number, shape in shapes if shape is not None and shapely.has_z(shape)]
    return [findings.repair(remarks.HEIGHTS_DROPPED, high)] if high else []


def _overlaps(records: Sequence[Record], column: str) -> list[Finding]:
    drawn = [(cells.text(r.values.get(column)), r.shape) for r in records if r.shape]
    return [Finding(NOTE, said) for said in shapes.overlaps(drawn)]
