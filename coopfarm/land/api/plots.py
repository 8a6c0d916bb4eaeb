"""Plots for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.land.actions import editing
from coopfarm.land.api import door
from coopfarm.land.api.door import api
from coopfarm.land.models import Plot
from coopfarm.land.queries import calendar, plots
from coopfarm.land.rules.editing import ChangedMeanwhile
from coopfarm.land.schemas import answers
from coopfarm.members.rules import sight
from coopfarm.members.schemas import CalendarSchema
from coopfarm.web import request
from coopfarm.web.openapi import answer


@api.get("/plots")
@request.allowed(*door.OFFICE)
@api.takes(answers.PlotsAskedSchema, location="query")
@api.gives(200, answers.PlotsSchema, "ETag")
def list_plots(asked: Mapping[str, Any]) -> Response:
    """Plots by code, a hundred at a time."""
    session, page = request.session(), asked["page"]
    names = sight.sees("name", request.me().roles)
    about, outlet_id = asked["words"], asked["outlet_id"]
    found = plots.search(session, about, outlet_id=outlet_id, page=page, by_name=names)
    seen = [_seen(plot) for plot in found.plots]
    told = {"plots": seen, "total": found.total, "page": found.page, "pages": found.pages}
    return answer(answers.PlotsSchema(), told)


@api.get("/plots/<uuid:plot_id>")
@request.allowed(*door.OFFICE)
@api.gives(200, answers.PlotSchema, "ETag")
def show_plot(plot_id: UUID) -> Response:
    """One plot with its boundary, for who may see it."""
    return _plot(plots.plot(request.session(), plot_id))


@api.get("/plots/<uuid:plot_id>/calendar")
@request.allowed(*door.OFFICE)
@api.gives(200, CalendarSchema, "ETag")
def show_plot_calendar(plot_id: UUID) -> Response:
    """What is to happen on a plot in the next four weeks."""
    session = request.session()
    found = plots.plot(session, plot_id)
    return answer(
        CalendarSchema(), {"times": calendar.of_plots(session, [found.id], request.ahead())}
    )


@api.patch("/plots/<uuid:plot_id>")
@request.allowed(*door.EDITORS)
@api.edits
@api.takes(answers.PlotEditSchema)
@api.gives(200, answers.PlotSchema, "ETag")
def change_plot(sent: Mapping[str, Any], plot_id: UUID, edition: int) -> Response:
    """Change a plot."""
    changed = _changed(editing.change_plot, plot_id, sent, edition)
    return _plot(changed)


def _plot(plot: Plot) -> Response:
    return answer(answers.PlotSchema(), _seen(plot), edition=plot.edition)


def _seen(plot: Plot) -> answers.SeenPlot:
    me, concerned = request.me(), (plot.holder_id, plot.worker_id, plot.payer_id)
    return answers.SeenPlot(plot, sight.sees_boundary(me.roles, me.member_id, concerned))


def _changed(change: Any, row_id: UUID, sent: Mapping[str, Any], edition: int) -> Any:
    who, now = request.me().member_id, request.now()
    try:
        return change(request.session(), row_id, sent, edition=edition, actor_id=who, now=now)
    except ChangedMeanwhile as refusal:
        raise request.Stale from refusal
