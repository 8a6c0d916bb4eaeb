"""Features that are one thing together: pieces of a canal, dashes, the same said twice."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace

import shapely

from coopfarm.land.rules import joining, redrawing, remarks
from coopfarm.land.rules.cells import Cell
from coopfarm.land.rules.drafts import Deeds, Draft
from coopfarm.land.rules.redrawing import LINES


def canals(drafts: Sequence[Draft], column: str | None, deeds: Deeds) -> Sequence[Draft]:
    """Canals whole: pieces of the same code joined, dashes without codes strung together."""
    if column is not None:
        return _same_code_joined(drafts, column, deeds)
    lines = [draft.shape for draft in drafts if _is_line(draft)]
    if not joining.are_dashes(lines):
        return drafts
    joined = joining.dashes_joined(lines)
    found = [Draft(number, {}, line) for number, line in enumerate(joined.lines, start=1)]
    deeds.add(remarks.DASHES_JOINED, *(draft.number for draft in found), dashes=len(lines))
    if joined.stubs:
        shortest = joining.SHORTEST_CANAL_M
        deeds.add(remarks.STUBS_LEFT_OUT, stubs=joined.stubs, metres=round(shortest))
    others = [draft for draft in drafts if not _is_line(draft)]
    return [*found, *(replace(d, number=n) for n, d in enumerate(others, len(found) + 1))]


def plots(drafts: Sequence[Draft], deeds: Deeds) -> Sequence[Draft]:
    """Plots read from lines, without the land of those inside them."""
    drawn = [draft for draft in drafts if draft.from_lines and draft.flaw is None]
    if not drawn:
        return drafts
    cut = redrawing.cut_out([draft.shape for draft in drawn])
    left = {drawn[place].number: shape for place, shape in cut.items()}
    if left:
        deeds.add(remarks.CUT_OUT, *left)
    return [replace(draft, shape=left.get(draft.number, draft.shape)) for draft in drafts]


def wanted(drafts: Sequence[Draft], leave_out: Collection[int], deeds: Deeds) -> Sequence[Draft]:
    """The drafts without those to leave out, and without those that say the same again."""
    unwanted = [draft.number for draft in drafts if draft.number in set(leave_out)]
    if unwanted:
        deeds.add(remarks.LEFT_OUT, *unwanted)
    said: dict[Hashable, int] = {}
    again = []
    for draft in drafts:
        key = _all_it_says(draft)
        if draft.number not in unwanted and said.setdefault(key, draft.number) != draft.number:
            again.append(draft.number)
    if again:
        deeds.add(remarks.SAID_TWICE, *again)
    gone = {*unwanted, *again}
    return [draft for draft in drafts if draft.number not in gone]


def _all_it_says(draft: Draft) -> Hashable:
    """A key that only the same cells with the same shape have; none where there are no cells."""
    cells = tuple(sorted((name, repr(cell)) for name, cell in draft.values.items()))
    if not any(cell is not None for cell in draft.values.values()):
        return draft.number
    return cells, None if draft.shape is None else shapely.to_wkb(draft.shape)


def _is_line(draft: Draft) -> bool:
    return draft.flaw is None and draft.shape is not None and draft.shape.geom_type in LINES


def _same_code_joined(drafts: Sequence[Draft], column: str, deeds: Deeds) -> Sequence[Draft]:
    by_code: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.code(column) and _is_line(draft):
            by_code.setdefault(draft.code(column), []).append(draft)
    whole: dict[int, Draft] = {}
    pieces: set[int] = set()
    for group in by_code.values():
        line = _one_line(group) if len(group) > 1 else None
        if line is not None:
            whole[group[0].number] = line
            pieces |= {draft.number for draft in group}
    if not whole:
        return drafts
    deeds.add(remarks.SAME_CODE_JOINED, *sorted(pieces), canals=len(whole))
    return [
        whole.get(draft.number, draft)
        for draft in drafts
        if draft.number in whole or draft.number not in pieces
    ]


def _one_line(group: Sequence[Draft]) -> Draft | None:
    """The canal that pieces make up; None where they do not join or are the same line again."""
    parts = [part for draft in group for part in shapely.get_parts(draft.shape)]
    if len({shapely.to_wkb(shapely.normalize(part)) for part in parts}) < len(parts):
        return None
    line = joining.merged(shapely.multilinestrings(parts))
    if line.geom_type != "LineString":
        return None
    return replace(group[0], shape=line, values=_first_said([draft.values for draft in group]))


def _first_said(rows: Sequence[Mapping[str, Cell]]) -> Mapping[str, Cell]:
    """In each column the first cell that is not blank."""
    found = dict(rows[0])
    for row in rows[1:]:
        found |= {n: cell for n, cell in row.items() if found.get(n) in (None, "")}
    return found
