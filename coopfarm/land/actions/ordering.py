"""Giving the plots of an outlet their places from head to tail."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.land.models import Outlet
from coopfarm.land.queries import network, plots
from coopfarm.land.rules import editing, order
from coopfarm.store import audit


def compute_places(session: Session, outlet_ids: Iterable[UUID]) -> int:
    """Put the plots of these outlets in the order of the network; how many changed places.

    Places set by hand stay. Outlets that are gone are passed over.
    """
    changed = 0
    found = {outlet.id: outlet for outlet in network.outlets(session)}
    for outlet_id in sorted(set(outlet_ids) & found.keys()):
        where, facts, by_hand = network.order_facts(session, found[outlet_id])
        places = order.places(order.head_to_tail(where, facts), by_hand)
        for plot in plots.from_head(session, outlet_id):
            if plot.place_from_head != places[plot.id]:
                plot.place_from_head = places[plot.id]
                changed += 1
    session.flush()
    return changed


def place_by_hand(
    session: Session,
    outlet_id: UUID,
    wished: Mapping[UUID, int],
    *,
    edition: int,
    actor_id: UUID | None,
    now: datetime,
) -> int:
    """Give plots of an outlet the places (from 1) somebody wants; how many were moved.

    Only plots whose place differs are moved, and stay there when the order is computed
    again; the others close ranks. Raises ChangedMeanwhile and Missing.
    """
    outlet = network.outlet(session, outlet_id, for_update=True)
    editing.check_edition(outlet.code, outlet.edition, edition)
    rows = plots.from_head(session, outlet_id, for_update=True)
    rank = {row.id: place for place, row in enumerate(rows, start=1)}
    moving = {id_: place for id_, place in wished.items() if rank.get(id_, place) != place}
    if not moving:
        return 0
    before = [row.code for row in rows]
    places = {id_: n for n, id_ in enumerate(order.moved(list(rank), moving), start=1)}
    for row in rows:
        row.place_from_head = places[row.id]
        if row.id in moving:
            row.placed_by_hand = True
            row.edition += 1
    _audit(session, "outlet.order", outlet, before, actor_id=actor_id, now=now)
    return len(moving)


def place_by_network(
    session: Session, outlet_id: UUID, *, actor_id: UUID | None, now: datetime
) -> int:
    """Forget the places set by hand and compute all of them; how many changed."""
    outlet = network.outlet(session, outlet_id, for_update=True)
    rows = plots.from_head(session, outlet_id, for_update=True)
    before = [row.code for row in rows]
    for row in rows:
        if row.placed_by_hand:
            row.placed_by_hand = False
            row.edition += 1
    changed = compute_places(session, [outlet_id])
    _audit(session, "outlet.compute-order", outlet, before, actor_id=actor_id, now=now)
    return changed


def _audit(
    session: Session,
    verb: str,
    outlet: Outlet,
    before: list[str],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    outlet.edition += 1
    session.flush()
    after = [row.code for row in plots.from_head(session, outlet.id)]
    audit.record(
        session,
        verb,
        outlet,
        actor_id=actor_id,
        at=now,
        before={"head_to_tail": before},
        after={"head_to_tail": after},
    )
