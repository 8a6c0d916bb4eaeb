"""How a reading travels from the reader's process to ours: as JSON, shapes as WKB."""

from collections.abc import Mapping
from typing import Any

import shapely

from coopfarm.kernel.refusal import Invalid, all_refusals
from coopfarm.kernel.words import Sentence
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.rows import Record


def dump(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind,
        "columns": list(reading.columns),
        "chosen": dict(reading.chosen),
        "records": [_dump_record(record) for record in reading.records],
        "crs": reading.crs,
        "layer": reading.layer,
        "warnings": [warning.as_json() for warning in reading.warnings],
    }


def load(sent: Mapping[str, Any]) -> Reading:
    return Reading(
        kind=sent["kind"],
        columns=sent["columns"],
        chosen=sent["chosen"],
        records=[_load_record(record) for record in sent["records"]],
        crs=sent["crs"],
        layer=sent["layer"],
        warnings=[Sentence.from_json(warning) for warning in sent["warnings"]],
    )


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


def _dump_record(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "values": dict(record.values),
        "shape": None if record.shape is None else shapely.to_wkb(record.shape, hex=True),
        "area_m2": record.area_m2,
        "length_m": record.length_m,
        "flaw": None if record.flaw is None else dump_refusal(record.flaw),
    }


def _load_record(sent: Mapping[str, Any]) -> Record:
    return Record(
        number=sent["number"],
        values=sent["values"],
        shape=None if sent["shape"] is None else shapely.from_wkb(sent["shape"]),
        area_m2=sent["area_m2"],
        length_m=sent["length_m"],
        flaw=None if sent["flaw"] is None else load_refusal(sent["flaw"]),
    )
