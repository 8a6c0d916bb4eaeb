"""From shapes in degrees to records: put right where that is possible, measured, or flawed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules import (
    gathering,
    misdrawn,
    outlines,
    redrawing,
    remarks,
    repairing,
    shapes,
)
from coopfarm.land.rules.drafts import Deeds, Draft
from coopfarm.land.rules.findings import REPAIR, Finding
from coopfarm.land.rules.redrawing import LINES
from coopfarm.land.rules.rows import Record
from coopfarm.land.schemas import earth
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.raw import RawFeature, RawFile
from coopfarm.land.schemas.systems import Placed


@dataclass(frozen=True, slots=True)
class Made:
    """The records of a file, and what was done to get them."""

    records: Sequence[Record]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is made of a file, where its codes stand, and a note of all that was done to it."""

    kind: str
    column: str | None
    deeds: Deeds


def records(ask: Ask, raw: RawFile, placed: Placed, column: str | None) -> Made:
    """One record for each plot, outlet or canal that the file draws or speaks of.

    `column` holds the codes. A record has the number of its feature; further shapes of a
    feature are numbered on from the last.
    """
    desk = _Desk(ask.kind, column, Deeds())
    drafts: Sequence[Draft] = [*_begun(desk, raw, placed)]
    if ask.kind == "canals":
        drafts = gathering.canals(drafts, column, desk.deeds)
    if ask.kind == "plots":
        drafts = gathering.plots(drafts, desk.deeds)
    drafts = gathering.wanted(drafts, ask.leave_out, desk.deeds)
    made = [_record(desk, draft) for draft in drafts]
    return Made(made, [*desk.deeds.findings()])


def _begun(desk: _Desk, raw: RawFile, placed: Placed) -> Iterator[Draft]:
    further = len(raw.features)
    more: list[Draft] = []
    for place, (feature, shape) in enumerate(zip(raw.features, placed.shapes, strict=True)):
        draft = Draft(place + 1, feature.values, shape)
        try:
            parts = _pieces(desk, feature, draft, is_swapped=place in placed.swapped)
        except Invalid as flaw:
            yield replace(draft, flaw=flaw)
            continue
        first, *others = _coded(parts, desk.column)
        yield first
        more += [replace(other, number=further + n) for n, other in enumerate(others, start=1)]
        further += len(others)
    yield from more


def _pieces(desk: _Desk, raw: RawFeature, draft: Draft, *, is_swapped: bool) -> Sequence[Draft]:
    """The draft with the shape it was meant to have; one for each where that is several.

    Raises the first reason that the shape cannot be read.
    """
    feature = draft.feature(desk.column)
    if raw.unreadable:
        raise misdrawn.UnreadableShape(field="geometry", **feature.facts)
    if raw.shape is None or draft.shape is None:
        return [draft]
    shapes.check_drawn(raw.shape, feature)
    if is_swapped:
        raise misdrawn.AxesSwapped(field="geometry", **feature.facts)
    shapes.check_on_earth(draft.shape, raw.shape, feature)
    redrawn = redrawing.redrawn(desk.kind, draft.shape, feature)
    for deed in redrawn.deeds:
        desk.deeds.add(deed, draft.number)
    if shapely.has_z(raw.shape) or shapely.has_m(raw.shape):
        desk.deeds.add(remarks.HEIGHTS_DROPPED, draft.number)
    from_lines = remarks.LINES_CLOSED in redrawn.deeds
    return [replace(draft, shape=shape, from_lines=from_lines) for shape in redrawn.shapes]


def _coded(parts: Sequence[Draft], column: str | None) -> Sequence[Draft]:
    """Several drafts of one feature with codes of their own: 12-1, 12-2."""
    if len(parts) == 1 or column is None or not parts[0].code(column):
        return parts
    code = parts[0].code(column)
    return [
        replace(part, values={**part.values, column: f"{code}-{place}"})
        for place, part in enumerate(parts, start=1)
    ]


def _record(desk: _Desk, draft: Draft) -> Record:
    record = Record(draft.number, draft.values, flaw=draft.flaw)
    if draft.flaw is not None or draft.shape is None:
        return replace(record, outline=shapes.outline(draft.shape))
    try:
        return _measured(desk, record, draft, draft.shape)
    except Invalid as flaw:
        return replace(record, flaw=flaw, outline=shapes.outline(draft.shape))


def _measured(desk: _Desk, record: Record, draft: Draft, drawn: BaseGeometry) -> Record:
    feature = draft.feature(desk.column)
    shape = shapes.as_stored(desk.kind, drawn, feature)
    if drawn.geom_type == "MultiLineString" and shapely.get_num_geometries(drawn) > 1:
        desk.deeds.add(remarks.PIECES_JOINED, draft.number)
    if desk.kind == "plots":
        shape, area_m2 = _sound(desk, shape, draft)
        shapes.check_area(area_m2, feature)
        record = replace(record, area_m2=area_m2)
    elif shape.geom_type in LINES:
        record = replace(record, length_m=earth.length_m(shape))
    return replace(record, shape=shape, outline=shapes.outline(shape))


def _sound(desk: _Desk, shape: BaseGeometry, draft: Draft) -> tuple[BaseGeometry, float]:
    """A valid polygon and its area in m². Raises NoArea, Tangled, CrossesItself, InvalidShape."""
    fault = shapes.fault(shape)
    if fault is None:
        return shape, earth.area_m2(shape)
    feature = draft.feature(desk.column)
    if outlines.is_tangled(shape):
        raise misdrawn.Tangled(field="geometry", lon=fault.lon, lat=fault.lat, **feature.facts)
    valid = repairing.made_valid(shape)
    if valid is None:
        raise shapes.refusal(fault, feature)
    before_m2, after_m2 = earth.area_m2(shape), earth.area_m2(valid)
    if valid.is_empty:
        raise misdrawn.NoArea(field="geometry", **feature.facts)
    if not repairing.is_same_land(before_m2, after_m2):
        raise shapes.refusal(fault, feature)
    said = repairing.said(feature, fault, before_m2, after_m2)
    desk.deeds.others.append(Finding(REPAIR, said, (draft.number,)))
    return valid, after_m2
