"""How a reading travels from the reader's process to ours: as lines of JSON, shapes as WKB."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid, all_refusals
from coopfarm.kernel.words import Sentence
from coopfarm.land.rules.findings import Finding
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.rows import Record
from coopfarm.land.rules.whereabouts import StoredPlot, Whereabouts


def dump(reading: Reading) -> Iterator[dict[str, Any]]:
    """What there is to say of all of it, then each record: a piece at a time is held."""
    yield {
        "kind": reading.kind,
        "columns": list(reading.columns),
        "chosen": dict(reading.chosen),
        "crs": reading.crs,
        "layer": reading.layer,
        "findings": [_dump_finding(finding) for finding in reading.findings],
        "make_codes": reading.make_codes,
    }
    yield from map(_dump_record, reading.records)


def load(sent: Iterator[Mapping[str, Any]]) -> Reading:
    """The reading that was dumped, from its first piece to the last; the first alone will do."""
    whole = next(sent)
    return Reading(
        kind=whole["kind"],
        columns=whole["columns"],
        chosen=whole["chosen"],
        records=[_load_record(record) for record in sent],
        crs=whole["crs"],
        layer=whole["layer"],
        findings=[_load_finding(finding) for finding in whole["findings"]],
        make_codes=whole["make_codes"],
    )


def dump_near(near: Whereabouts | None) -> dict[str, Any] | None:
    if near is None:
        return None
    plots = [[plot.row_id, plot.code, _wkb(plot.boundary)] for plot in near.plots]
    return {"lon": near.lon, "lat": near.lat, "land": near.land, "plots": plots}


def load_near(sent: Mapping[str, Any] | None) -> Whereabouts | None:
    if sent is None:
        return None
    plots = [StoredPlot(row_id, code, shapely.from_wkb(wkb)) for row_id, code, wkb in sent["plots"]]
    land = None if sent["land"] is None else tuple(sent["land"])
    return Whereabouts(sent["lon"], sent["lat"], land, plots)


def dump_refusal(refusal: Invalid) -> dict[str, Any]:
    facts = {name: fact for name, fact in refusal.facts.items() if name != "field"}
    return {
        "code": refusal.code,
        "field": refusal.field,
        "facts": facts,
        "alternatives": list(refusal.alternatives),
    }


def load_refusal(sent: Mapping[str, Any]) -> Invalid:
    """The refusal that was raised in the other process. Expects its class to be loaded here."""
    kind = next(kind for kind in all_refusals(Invalid) if kind.code == sent["code"])
    refusal = kind.__new__(kind)
    Invalid.__init__(refusal, field=sent["field"], **sent["facts"])
    refusal.alternatives = sent["alternatives"]
    if not isinstance(refusal, Invalid):
        raise TypeError(sent["code"])
    return refusal


def _dump_finding(finding: Finding) -> dict[str, Any]:
    said = finding.said.as_json()
    return {"kind": finding.kind, "said": said, "features": list(finding.features)}


def _load_finding(sent: Mapping[str, Any]) -> Finding:
    return Finding(sent["kind"], Sentence.from_json(sent["said"]), tuple(sent["features"]))


def _dump_record(record: Record) -> dict[str, Any]:
    """The record as JSON; an outline that is the shape itself is sent as true."""
    is_shape = record.outline is not None and record.outline is record.shape
    return {
        "number": record.number,
        "values": dict(record.values),
        "shape": _wkb(record.shape),
        "area_m2": record.area_m2,
        "length_m": record.length_m,
        "flaw": None if record.flaw is None else dump_refusal(record.flaw),
        "outline": True if is_shape else _wkb(record.outline),
    }


def _load_record(sent: Mapping[str, Any]) -> Record:
    shape = _shape(sent["shape"])
    return Record(
        number=sent["number"],
        values={sys.intern(name): value for name, value in sent["values"].items()},
        shape=shape,
        area_m2=sent["area_m2"],
        length_m=sent["length_m"],
        flaw=None if sent["flaw"] is None else load_refusal(sent["flaw"]),
        outline=shape if sent["outline"] is True else _shape(sent["outline"]),
    )


def _wkb(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else str(shapely.to_wkb(shape, hex=True))


def _shape(wkb: str | None) -> BaseGeometry | None:
    return None if wkb is None else shapely.from_wkb(wkb)
