"""The canals, what is on them, and the order of plots below an outlet."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.actions import editing, ordering
from coopfarm.land.models import Canal, Outlet
from coopfarm.land.queries import drawing, network, plots
from coopfarm.land.views import door
from coopfarm.land.views.door import EDITORS, OFFICE, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, words, written

OUTLET_KEPT = Phrase("done-outlet-kept", N_("Outlet %(outlet)s is kept as you wrote it."))
CANAL_KEPT = Phrase("done-canal-kept", N_("Canal %(canal)s is kept as you wrote it."))
PLACED = Phrase(
    "done-plots-placed",
    N_(
        "%(plots)s plots of outlet %(outlet)s have a place by hand now. “Back to the computed"
        " order” takes that back."
    ),
)
COMPUTED = Phrase(
    "done-order-computed",
    N_("Outlet %(outlet)s has the order of the network again; %(plots)s plots changed places."),
)

_CANAL: Mapping[str, door.Reader] = {
    "name": door.word,
    "feeds_from_id": door.id_or_none,
    "capacity_l_s": door.number_or_none,
    "efficiency": lambda text, field: written.number(text, field=field) / 100,
    "length_m": door.number_or_none,
    "flows_against_line": lambda text, _field: text == "against",
}
_OUTLET: Mapping[str, door.Reader] = {
    "name": door.word,
    "canal_id": door.id_or_none,
    "metres_from_head": door.number_or_none,
    "capacity_l_s": door.number_or_none,
}


@bp.get("/")
@request.allowed(*OFFICE)
def overview() -> ResponseReturnValue:
    session = request.session()
    return pages.show(
        "land/overview.html",
        counts=network.counts(session),
        network=network.network(session),
        may_edit=door.may_edit(),
    )


@bp.get("/outlets/<uuid:outlet_id>")
@request.allowed(*OFFICE)
def outlet(outlet_id: UUID) -> ResponseReturnValue:
    found = network.outlet(request.session(), outlet_id)
    return _outlet_page(found, _outlet_shown(found), {})


@bp.post("/outlets/<uuid:outlet_id>")
@request.allowed(*EDITORS)
def change_outlet(outlet_id: UUID) -> ResponseReturnValue:
    session, form = request.session(), request.form()
    found = network.outlet(session, outlet_id)
    try:
        values = dict(door.changed(_OUTLET, _outlet_shown(found), form))
        editing.change_outlet(session, outlet_id, values, **_who_and_when())
    except Invalid as refusal:
        return _outlet_page(found, form, _errors(refusal)), 422
    return pages.done(OUTLET_KEPT(outlet=found.code), "land.outlet", outlet_id=outlet_id)


@bp.post("/outlets/<uuid:outlet_id>/order")
@request.allowed(*EDITORS)
def place(outlet_id: UUID) -> ResponseReturnValue:
    """Places typed for plots, or one plot a place up or down."""
    session, form = request.session(), request.form()
    rank = {str(p.id): n for n, p in enumerate(plots.from_head(session, outlet_id), start=1)}
    if form.get("up") or form.get("down"):
        one, step = (form["up"], -1) if form.get("up") else (form["down"], 1)
        wished = {one: max(1, rank[one] + step)} if one in rank else {}
    else:
        typed = {row_id: form.get(f"place-{row_id}", "") for row_id in rank}
        wished = {i: int(written.number(text, field=i)) for i, text in typed.items() if text}
    moved = ordering.place_by_hand(
        session, outlet_id, {UUID(i): max(1, n) for i, n in wished.items()}, **_who_and_when()
    )
    code = network.outlet(session, outlet_id).code
    return pages.done(PLACED(plots=moved, outlet=code), "land.outlet", outlet_id=outlet_id)


@bp.post("/outlets/<uuid:outlet_id>/computed-order")
@request.allowed(*EDITORS)
def compute(outlet_id: UUID) -> ResponseReturnValue:
    session = request.session()
    who = request.me().member_id
    moved = ordering.place_by_network(session, outlet_id, actor_id=who, now=request.now())
    code = network.outlet(session, outlet_id).code
    return pages.done(COMPUTED(plots=moved, outlet=code), "land.outlet", outlet_id=outlet_id)


@bp.get("/canals/<uuid:canal_id>")
@request.allowed(*OFFICE)
def canal(canal_id: UUID) -> ResponseReturnValue:
    found = network.canal(request.session(), canal_id)
    return _canal_page(found, _canal_shown(found), {})


@bp.post("/canals/<uuid:canal_id>")
@request.allowed(*EDITORS)
def change_canal(canal_id: UUID) -> ResponseReturnValue:
    session, form = request.session(), request.form()
    found = network.canal(session, canal_id)
    try:
        values = dict(door.changed(_CANAL, _canal_shown(found), form))
        editing.change_canal(session, canal_id, values, **_who_and_when())
    except Invalid as refusal:
        return _canal_page(found, form, _errors(refusal)), 422
    return pages.done(CANAL_KEPT(canal=found.code), "land.canal", canal_id=canal_id)


def _outlet_page(found: Outlet, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session = request.session()
    below = plots.from_head(session, found.id)
    holders = members_by_id(session, [plot.holder_id for plot in below])
    return pages.show(
        "land/outlet.html",
        outlet=found,
        canal=network.canal(session, found.canal_id) if found.canal_id else None,
        plots=below,
        nakkas=drawing.nakkas_of(session, found.id),
        names={row_id: door.called(member) for row_id, member in holders.items()},
        canals=_canals(),
        sent=sent,
        errors=errors,
        may_edit=door.may_edit(),
    )


def _canal_page(found: Canal, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    tree = network.network(request.session())
    return pages.show(
        "land/canal.html",
        canal=found,
        branches=[branch for branch in tree.branches if branch.canal.feeds_from_id == found.id],
        outlets=next(b.outlets for b in tree.branches if b.canal.id == found.id),
        canals=[choice for choice in _canals() if choice[0] != str(found.id)],
        sent=sent,
        errors=errors,
        may_edit=door.may_edit(),
    )


def _canals() -> list[tuple[str, str]]:
    found = network.canals(request.session())
    named = [(str(c.id), f"{c.code} · {c.name}" if c.name else c.code) for c in found]
    return [("", gettext("none")), *named]


def _outlet_shown(found: Outlet) -> dict[str, str]:
    return {
        "name": found.name,
        "canal_id": str(found.canal_id or ""),
        "metres_from_head": door.exact(found.metres_from_head),
        "capacity_l_s": door.exact(found.capacity_l_s),
    }


def _canal_shown(found: Canal) -> dict[str, str]:
    return {
        "name": found.name,
        "feeds_from_id": str(found.feeds_from_id or ""),
        "capacity_l_s": door.exact(found.capacity_l_s),
        "efficiency": door.exact(found.efficiency * 100),
        "length_m": door.exact(found.length_m),
        "flows_against_line": "against" if found.flows_against_line else "with",
    }


def _who_and_when() -> dict[str, Any]:
    return {
        "edition": door.edition(),
        "actor_id": request.me().member_id,
        "now": request.now(),
    }


def _errors(refusal: Invalid) -> dict[str, str]:
    return {(refusal.field or "name"): words.say(refusal.sentence)}
