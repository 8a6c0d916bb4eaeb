"""Changing a plot, an outlet or a canal, as of the edition that was seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.land.actions.ordering import compute_places
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.queries import drawing as drawn
from coopfarm.land.queries import network, plots
from coopfarm.land.rules import canals, cells, editing, kept, strokes
from coopfarm.members import queries as members
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

Row = Plot | Outlet | Canal


def change_plot(
    session: Session,
    plot_id: UUID,
    values: Mapping[str, Any],
    *,
    edition: int,
    actor_id: UUID | None,
    now: datetime,
) -> Plot:
    """Write new values of a plot; a plot that goes to another outlet gets its place there.

    `values` may hold name, holder_id, crop, sown_on, soil, net_area_m2, shares,
    filling_minutes, draining_minutes and outlet_id. Raises ChangedMeanwhile, Missing and the
    refusals of `editing.check_plot`.
    """
    plot = plots.plot(session, plot_id, for_update=True)
    editing.check_edition(plot.code, plot.edition, edition)
    editing.check_plot(plot.gross_area_m2, values)
    if values.get("crop"):
        values = {**values, "crop": cells.crop(values["crop"])}
    if values.get("outlet_id") is not None:
        network.outlet(session, values["outlet_id"])
    if values.get("holder_id") is not None:
        members.member(session, values["holder_id"])
    outlets = {plot.outlet_id, values.get("outlet_id", plot.outlet_id)}
    if len(outlets) > 1:
        values = {**values, "nakka_id": None, "place_from_head": None, "placed_by_hand": False}
    _write(session, "plot.change", plot, values, actor_id=actor_id, now=now)
    if len(outlets) > 1:
        compute_places(session, outlets - {None})
    return plot


def change_outlet(
    session: Session,
    outlet_id: UUID,
    values: Mapping[str, Any],
    *,
    edition: int,
    actor_id: UUID | None,
    now: datetime,
) -> Outlet:
    """Write new values of an outlet (name, canal_id, metres_from_head, capacity_l_s).

    The order of its plots is computed anew. Raises ChangedMeanwhile, Missing, OutOfRange.
    """
    outlet = network.outlet(session, outlet_id, for_update=True)
    editing.check_edition(outlet.code, outlet.edition, edition)
    editing.check_outlet(values)
    if values.get("canal_id") is not None:
        network.canal(session, values["canal_id"])
    _write(session, "outlet.change", outlet, values, actor_id=actor_id, now=now)
    compute_places(session, [outlet.id])
    return outlet


def change_canal(
    session: Session,
    canal_id: UUID,
    values: Mapping[str, Any],
    *,
    edition: int,
    actor_id: UUID | None,
    now: datetime,
) -> Canal:
    """Write new values of a canal; the plots below its outlets are put in order anew.

    `values` may hold name, feeds_from_id, capacity_l_s, efficiency, length_m and
    flows_against_line. Raises CanalFeedsItself, CanalsInACircle, ChangedMeanwhile, Missing.
    """
    drawn.hold_canals(session)
    canal = network.canal(session, canal_id, for_update=True)
    editing.check_edition(canal.code, canal.edition, edition)
    editing.check_canal(values)
    values = {**values, **strokes.with_losses(canal.loss_percent_km, canal.length_m, values)}
    if values.get("feeds_from_id") is not None:
        feeder = network.canal(session, values["feeds_from_id"])
        canals.check_tree({**network.feeders(session), canal.code: feeder.code})
    with kept_by("canals_no_circle", canals.CanalsInACircle(circle=canal.code)):
        _write(session, "canal.change", canal, values, actor_id=actor_id, now=now)
    compute_places(session, network.outlets_on(session, [canal.id]))
    return canal


def _write(
    session: Session,
    verb: str,
    row: Row,
    values: Mapping[str, Any],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Write what differs, and write down what it was; nothing differing is no act."""
    after = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not after:
        return
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.edition += 1
    session.flush()
    audit.record(
        session,
        verb,
        row,
        actor_id=actor_id,
        at=now,
        before=kept.shown(before),
        after=kept.shown(after),
    )
