"""Small cells are not shown: of fewer than five households one could tell whose is whose."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar
from uuid import UUID

FEWEST_HOUSEHOLDS: Final = 5

K = TypeVar("K", bound=Hashable)


def shown(cells: Iterable[tuple[K, UUID | None]]) -> Mapping[K, int]:
    """How many rows each cell has, for the cells in which enough households have one.

    Rows come as their cell and their household; a row that nobody is known to hold counts as a
    row and as no household.
    """
    rows: dict[K, int] = {}
    households: dict[K, set[UUID]] = {}
    for cell, household in cells:
        rows[cell] = rows.get(cell, 0) + 1
        known = households.setdefault(cell, set())
        if household is not None:
            known.add(household)
    return {cell: n for cell, n in rows.items() if len(households[cell]) >= FEWEST_HOUSEHOLDS}
