"""What each feature of a file asks to be stored, kind by kind."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from coopfarm.land.rules import areas, cells, flaws, misdrawn, remarks
from coopfarm.land.rules.rows import CODE_LETTERS, NAME_LETTERS, WORD_LETTERS, Row
from coopfarm.planning.need import crops

Values = Mapping[str, Any]

CYCLE_MINUTES = 44_640
MOST_PLOTS = 100_000
MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What the cooperative has already; `stored` are rows of the kind, by code.

    Outlets and canals are spoken of by code, members by id: `by_number`, and `by_name` with
    everybody who has the name. `by_id` has the code of each stored row by its id.
    """

    stored: Mapping[str, Values] = field(default_factory=dict)
    outlets: Collection[str] = frozenset()
    feeds_from: Mapping[str, str | None] = field(default_factory=dict)
    by_number: Mapping[str, UUID] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    by_id: Mapping[str, str] = field(default_factory=dict)


def plot(row: Row, stored: Values | None, known: Known, *, make_outlets: bool) -> Values:
    """What a plot's feature says; blank cells say nothing."""
    place = row.whole("place", 1, MOST_PLOTS)
    said = {
        "name": row.words("name", NAME_LETTERS),
        "outlet": _outlet(row, known, make_outlets=make_outlets),
        "place_from_head": place,
        "placed_by_hand": None if place is None else True,
        "holder_id": _holder(row, known),
        "crop": _crop(row),
        "sown_on": row.day("sown_on"),
        "soil": row.words("soil", WORD_LETTERS),
        "shares": row.number("shares"),
        "filling_minutes": row.number("filling_minutes", 0, CYCLE_MINUTES),
        "draining_minutes": row.number("draining_minutes", 0, CYCLE_MINUTES),
        "boundary": row.record.shape,
    }
    return _said(said) | _areas(row, stored)


def outlet(row: Row, known: Known) -> Values:
    """What an outlet's feature says: a point is its place, a line its watercourse."""
    shape = row.record.shape
    is_point = shape is not None and shape.geom_type == "Point"
    said = {
        "name": row.words("name", NAME_LETTERS),
        "canal": _canal(row, known),
        "metres_from_head": row.number("metres_from_head"),
        "capacity_l_s": _above_zero(row, "capacity_l_s"),
        "place": shape if is_point else None,
        "watercourse": None if is_point else shape,
    }
    return _said(said)


def canal(row: Row) -> Values:
    """What a canal's feature says; its length is measured where the file does not say."""
    length_m = row.number("length_m")
    said = {
        "name": row.words("name", NAME_LETTERS),
        "feeds_from": row.words("feeds_from", CODE_LETTERS),
        "capacity_l_s": row.number("capacity_l_s"),
        "efficiency": _efficiency(row),
        "length_m": row.record.length_m if length_m is None else length_m,
        "flows_against_line": row.against_line("flow"),
        "line": row.record.shape,
    }
    return _said(said)


def differences(stored: Values, said: Values) -> Values:
    """The part of what is said that is not so already; shapes are compared point by point."""
    return MappingProxyType(
        {name: value for name, value in said.items() if not _same(stored.get(name), value)}
    )


def _said(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _same(one: Any, other: Any) -> bool:
    if one is None or not hasattr(one, "equals_exact"):
        return bool(one == other)
    return bool(one.equals_exact(other, 0.0))


def _outlet(row: Row, known: Known, *, make_outlets: bool) -> str | None:
    code = row.words("outlet", CODE_LETTERS)
    if code is None or code in known.outlets or make_outlets:
        return code
    row.refuse(flaws.NoSuchOutlet, "outlet", outlet=code)
    return None


def _holder(row: Row, known: Known) -> UUID | None:
    who = row.words("holder", NAME_LETTERS)
    if who is None or who in known.by_number:
        return known.by_number[who] if who else None
    namesakes = known.by_name.get(who, ())
    if len(namesakes) == 1:
        return namesakes[0]
    if namesakes:
        row.refuse(flaws.TwoSuchHolders, "holder", holder=who, members=len(namesakes))
    else:
        row.refuse(flaws.NoSuchHolder, "holder", holder=who)
    return None


def _crop(row: Row) -> str | None:
    word = row.words("crop", WORD_LETTERS)
    return None if word is None else cells.crop(word) or None


def unknown_crops(plots: Sequence[Values]) -> Iterator[tuple[str, Sequence[int]]]:
    """Each crop the table of crops does not have, with the places of its plots among these."""
    grown: dict[str, list[int]] = {}
    for place, values in enumerate(plots):
        if "crop" in values:
            grown.setdefault(values["crop"], []).append(place)
    for crop in sorted(grown):
        if crops.find(crop) is None:
            yield crop, grown[crop]


def _canal(row: Row, known: Known) -> str | None:
    code = row.words("canal", CODE_LETTERS)
    if code is None or code in known.feeds_from:
        return code
    row.refuse(flaws.NoSuchCanal, "canal", canal=code)
    return None


def _efficiency(row: Row) -> float | None:
    said = _above_zero(row, "efficiency", MOST_PERCENT)
    if said is None or said <= 1:
        return said
    row.note(remarks.READ_AS_PERCENT(canal=row.code, said=said))
    return said / MOST_PERCENT


def _above_zero(row: Row, name: str, most: float = 1e9) -> float | None:
    return row.number(name, 1e-9, most)


def _areas(row: Row, stored: Values | None) -> dict[str, float]:
    """Gross and net area, from the drawing, the file's columns and what is stored."""
    whole_m2, net_m2 = _declared(row, "area"), _declared(row, "net_area")
    sizes = [m2 for m2 in (row.record.area_m2, whole_m2, net_m2) if m2 is not None]
    if not sizes:
        if stored is None and not row.problems and row.record.flaw is None:
            row.refuse(flaws.NeitherDrawnNorDeclared, "geometry")
        return {}
    drawn_m2 = _drawn(row, stored) or sizes[0]
    if drawn_m2 <= 0:
        row.refuse(misdrawn.NoArea, "geometry")
        return {}
    if whole_m2 is None and net_m2 is None and stored is not None:
        net_m2 = _net_as_before(stored, drawn_m2)
    found = areas.agreed(row.code, drawn_m2, whole_m2, net_m2)
    if found.warning is not None:
        row.note(found.warning)
    return {"gross_area_m2": found.gross_m2, "net_area_m2": found.net_m2}


def _drawn(row: Row, stored: Values | None) -> float | None:
    """The area in m² of the drawing in the file, or of the one that is stored."""
    if row.record.area_m2 is not None or stored is None or stored.get("boundary") is None:
        return row.record.area_m2
    return float(stored["gross_area_m2"])


def _net_as_before(stored: Values, drawn_m2: float) -> float | None:
    """The net area of a plot drawn anew: a part stays the part it was, the whole the whole."""
    if stored["net_area_m2"] == stored["gross_area_m2"]:
        return None
    return float(min(stored["net_area_m2"], drawn_m2))


def _declared(row: Row, name: str) -> float | None:
    """A declared area in m², from whichever unit the file has it in. Refuses 0."""
    hectares = row.number(f"{name}_ha")
    m2 = row.number(f"{name}_m2")
    said = m2 if hectares is None else hectares * areas.M2_A_HECTARE
    if said == 0:
        row.refuse(misdrawn.NoArea, f"{name}_ha")
        return None
    return said
