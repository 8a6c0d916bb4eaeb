"""From shapes in degrees to records: put right where that is possible, measured, or flawed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules import flaws, gathering, redrawing, remarks, repairing, shapes
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


def records(ask: Ask, raw: RawFile, placed: Placed, column: str | None) -> Made:
    """One record for each plot, outlet or canal that the file draws or speaks of.

    `column` holds the codes. A record has the number of its feature; further shapes of a
    feature are numbered on from the last.
    """
    deeds = Deeds()
    drafts = [*_begun(ask.kind, raw, placed, column, deeds)]
    if ask.kind == "canals":
        drafts = [*gathering.canals(drafts, column, deeds)]
    if ask.kind == "plots":
        drafts = [*gathering.plots(drafts, deeds)]
    drafts = [*gathering.wanted(drafts, ask.leave_out, deeds)]
    made = [_record(ask.kind, draft, column, deeds) for draft in drafts]
    return Made(made, [*deeds.findings()])


def _begun(
    kind: str, raw: RawFile, placed: Placed, column: str | None, deeds: Deeds
) -> Iterator[Draft]:
    further = len(raw.features)
    more: list[Draft] = []
    for place, (feature, shape) in enumerate(zip(raw.features, placed.shapes, strict=True)):
        draft = Draft(place + 1, feature.values, shape)
        try:
            parts = _pieces(kind, feature, draft, column, deeds, swapped=place in placed.swapped)
        except Invalid as flaw:
            yield replace(draft, flaw=flaw)
            continue
        first, *others = _coded(parts, column)
        yield first
        more += [replace(other, number=further + n) for n, other in enumerate(others, start=1)]
        further += len(others)
    yield from more


def _pieces(
    kind: str, raw: RawFeature, draft: Draft, column: str | None, deeds: Deeds, *, swapped: bool
) -> Sequence[Draft]:
    """The draft with the shape it was meant to have; one for each where that is several.

    Raises the first reason that the shape cannot be read.
    """
    feature = draft.feature(column)
    if raw.unreadable:
        raise flaws.UnreadableShape(field="geometry", **feature.facts)
    if raw.shape is None or draft.shape is None:
        return [draft]
    shapes.check_drawn(raw.shape, feature)
    if swapped:
        raise flaws.AxesSwapped(field="geometry", **feature.facts)
    shapes.check_on_earth(draft.shape, raw.shape, feature)
    redrawn = redrawing.redrawn(kind, draft.shape, feature)
    for deed in redrawn.deeds:
        deeds.add(deed, draft.number)
    if shapely.has_z(raw.shape) or shapely.has_m(raw.shape):
        deeds.add(remarks.HEIGHTS_DROPPED, draft.number)
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


def _record(kind: str, draft: Draft, column: str | None, deeds: Deeds) -> Record:
    record = Record(draft.number, draft.values, flaw=draft.flaw)
    if draft.flaw is not None or draft.shape is None:
        return replace(record, outline=shapes.outline(draft.shape))
    try:
        return _measured(kind, record, draft, draft.shape, column, deeds)
    except Invalid as flaw:
        return replace(record, flaw=flaw, outline=shapes.outline(draft.shape))


def _measured(
    kind: str,
    record: Record,
    draft: Draft,
    drawn: BaseGeometry,
    column: str | None,
    deeds: Deeds,
) -> Record:
    feature = draft.feature(column)
    shape = shapes.as_stored(kind, drawn, feature)
    if drawn.geom_type == "MultiLineString" and shapely.get_num_geometries(drawn) > 1:
        deeds.add(remarks.PIECES_JOINED, draft.number)
    if kind == "plots":
        shape, area_m2 = _sound(shape, draft, column, deeds)
        shapes.check_area(area_m2, feature)
        record = replace(record, area_m2=area_m2)
    elif shape.geom_type in LINES:
        record = replace(record, length_m=earth.length_m(shape))
    return replace(record, shape=shape, outline=shapes.outline(shape))


def _sound(
    shape: BaseGeometry, draft: Draft, column: str | None, deeds: Deeds
) -> tuple[BaseGeometry, float]:
    """A valid polygon and its area in m². Raises CrossesItself and InvalidShape."""
    fault = shapes.fault(shape)
    if fault is None:
        return shape, earth.area_m2(shape)
    feature = draft.feature(column)
    mended = repairing.repaired(shape, earth.area_m2)
    if mended is None:
        raise shapes.refusal(fault, feature)
    valid, before_m2, after_m2 = mended
    said = repairing.said(feature, fault, before_m2, after_m2)
    deeds.others.append(Finding(REPAIR, said, (draft.number,)))
    return valid, after_m2
