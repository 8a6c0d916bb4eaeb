"""The land for programs: read it, and change it as of the edition that was read."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import Response
from marshmallow import Schema

from coopfarm.land.actions import editing
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.queries import network, plots
from coopfarm.land.rules.editing import ChangedMeanwhile
from coopfarm.land.schemas import answers
from coopfarm.web import request
from coopfarm.web.openapi import Door, answer

EDITORS: Final = ("manager", "water_master")
OFFICE: Final = (*EDITORS, "officer")

api = Door("land_api", __name__, "Canals, outlets and plots")


@api.get("/plots")
@request.allowed(*OFFICE)
@api.takes(answers.PlotsAskedSchema, location="query")
@api.gives(200, answers.PlotsSchema, "ETag")
def list_plots(asked: Mapping[str, Any]) -> Response:
    """Plots by code, a hundred at a time."""
    session, page = request.session(), asked["page"]
    found = plots.search(session, asked["words"], outlet_id=asked["outlet_id"], page=page)
    return answer(answers.PlotsSchema(), found)


@api.get("/plots/<uuid:plot_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.PlotSchema, "ETag")
def show_plot(plot_id: UUID) -> Response:
    """One plot with its boundary."""
    return _tagged(answers.PlotSchema(), plots.plot(request.session(), plot_id))


@api.patch("/plots/<uuid:plot_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(answers.PlotEditSchema)
@api.gives(200, answers.PlotSchema, "ETag")
def change_plot(sent: Mapping[str, Any], plot_id: UUID, edition: int) -> Response:
    """Change a plot."""
    changed = _changed(editing.change_plot, plot_id, sent, edition)
    return _tagged(answers.PlotSchema(), changed)


@api.get("/canals")
@request.allowed(*OFFICE)
@api.gives(200, answers.CanalsSchema, "ETag")
def list_canals() -> Response:
    """Every canal; `feeds_from_id` makes them a tree."""
    return answer(answers.CanalsSchema(), {"canals": network.canals(request.session())})


@api.get("/canals/<uuid:canal_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.CanalSchema, "ETag")
def show_canal(canal_id: UUID) -> Response:
    """One canal with its line."""
    return _tagged(answers.CanalSchema(), network.canal(request.session(), canal_id))


@api.patch("/canals/<uuid:canal_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(answers.CanalEditSchema)
@api.gives(200, answers.CanalSchema, "ETag")
def change_canal(sent: Mapping[str, Any], canal_id: UUID, edition: int) -> Response:
    """Change a canal; the canals stay a tree."""
    changed = _changed(editing.change_canal, canal_id, sent, edition)
    return _tagged(answers.CanalSchema(), changed)


@api.get("/outlets")
@request.allowed(*OFFICE)
@api.gives(200, answers.OutletsSchema, "ETag")
def list_outlets() -> Response:
    """Every outlet, along its canal from the head."""
    return answer(answers.OutletsSchema(), {"outlets": network.outlets(request.session())})


@api.get("/outlets/<uuid:outlet_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.OutletSchema, "ETag")
def show_outlet(outlet_id: UUID) -> Response:
    """One outlet with its place and its watercourse."""
    return _tagged(answers.OutletSchema(), network.outlet(request.session(), outlet_id))


def _changed(change: Any, row_id: UUID, sent: Mapping[str, Any], edition: int) -> Any:
    who, now = request.me().member_id, request.now()
    try:
        return change(request.session(), row_id, sent, edition=edition, actor_id=who, now=now)
    except ChangedMeanwhile as refusal:
        raise request.Stale from refusal


def _tagged(schema: Schema, row: Plot | Canal | Outlet) -> Response:
    return answer(schema, row, edition=row.edition)
