"""The plots: finding one, and what is known about it."""

from collections.abc import Mapping
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.actions import editing
from coopfarm.land.models import Outlet, Plot
from coopfarm.land.queries import calendar, network
from coopfarm.land.queries import plots as queries
from coopfarm.land.rules.areas import M2_A_HECTARE
from coopfarm.land.views import door
from coopfarm.land.views.door import EDITORS, OFFICE, bp
from coopfarm.members.queries import members_by_id
from coopfarm.members.rules import sight
from coopfarm.web import pages, request, tongue, words, written

PLOT_KEPT = Phrase("done-plot-kept", N_("Plot %(plot)s is kept as you wrote it."))

_PLOT: Mapping[str, door.Reader] = {
    "name": door.word,
    "outlet_id": door.id_or_none,
    "holder_id": door.id_or_none,
    "crop": door.word_or_none,
    "sown_on": door.day_or_none,
    "soil": door.word_or_none,
    "net_area_m2": door.square_metres,
    "shares": door.number_or_none,
    "filling_minutes": lambda text, field: door.number_or_none(text, field) or 0.0,
    "draining_minutes": lambda text, field: door.number_or_none(text, field) or 0.0,
}


@bp.get("/plots")
@request.allowed(*OFFICE)
def plots() -> ResponseReturnValue:
    session = request.session()
    typed, at = request.asked("words"), request.asked("outlet")
    outlet_id = door.id_or_none(at, "outlet")
    found = queries.search(
        session,
        typed,
        outlet_id=outlet_id,
        page=written.page(),
        by_name=sight.sees("name", request.me().roles),
    )
    holders = members_by_id(session, [plot.holder_id for plot in found.plots])
    return pages.show(
        "land/plots.html",
        found=found,
        words=typed,
        at=at,
        outlets=_outlets(gettext("all")),
        codes=network.codes(session, Outlet),
        names={row_id: door.called(member) for row_id, member in holders.items()},
        may_edit=door.may_edit(),
    )


@bp.get("/plots/<uuid:plot_id>")
@request.allowed(*OFFICE)
def plot(plot_id: UUID) -> ResponseReturnValue:
    found = queries.plot(request.session(), plot_id)
    return _page(found, _shown(found), {})


@bp.post("/plots/<uuid:plot_id>")
@request.allowed(*EDITORS)
def change_plot(plot_id: UUID) -> ResponseReturnValue:
    session, form = request.session(), request.form()
    found = queries.plot(session, plot_id)
    try:
        values = dict(door.changed(_PLOT, _shown(found), form))
        who, now = request.me().member_id, request.now()
        editing.change_plot(session, plot_id, values, edition=door.edition(), actor_id=who, now=now)
    except Invalid as refusal:
        return _page(found, form, {(refusal.field or "name"): words.say(refusal.sentence)}), 422
    return pages.done(PLOT_KEPT(plot=found.code), "land.plot", plot_id=plot_id)


def _page(found: Plot, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session = request.session()
    members = queries.holders(session)
    named = [(str(m.id), m.listed(latin=tongue.reads_latin())) for m in members]
    holder = next((m for m in members if m.id == found.holder_id), None)
    return pages.show(
        "land/plot.html",
        plot=found,
        outlet=network.outlet(session, found.outlet_id) if found.outlet_id else None,
        holder=door.called(holder) if holder else "",
        members=[("", gettext("nobody")), *named],
        outlets=_outlets(gettext("none")),
        crops=door.crops(),
        sent=sent,
        errors=errors,
        may_edit=door.may_edit(),
        times=calendar.of_plots(session, [found.id], request.ahead()),
    )


def _outlets(none: str) -> list[tuple[str, str]]:
    found = network.outlets(request.session())
    return [("", none), *((str(o.id), f"{o.code} · {o.name}" if o.name else o.code) for o in found)]


def _shown(found: Plot) -> dict[str, str]:
    """The plot as its form shows it; net area in hectares."""
    return {
        "name": found.name,
        "outlet_id": str(found.outlet_id or ""),
        "holder_id": str(found.holder_id or ""),
        "crop": found.crop or "",
        "sown_on": found.sown_on.isoformat() if found.sown_on else "",
        "soil": found.soil or "",
        "net_area_m2": door.exact(found.net_area_m2 / M2_A_HECTARE),
        "shares": door.exact(found.shares),
        "filling_minutes": door.exact(found.filling_minutes),
        "draining_minutes": door.exact(found.draining_minutes),
    }
