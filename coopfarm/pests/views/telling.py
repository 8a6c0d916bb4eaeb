"""Telling of a pest: a picture, a face, a place, and perhaps a photo."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from shapely import Point

from coopfarm.equipment.queries import places
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests.actions import sightings as actions
from coopfarm.pests.models import PestWindow
from coopfarm.pests.queries import campaigns, scouting, sightings, sites, sprays, windows
from coopfarm.pests.queries.sightings import Seen
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import sightings as rules
from coopfarm.pests.rules.sketch import sketch
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, words, written

THANKS = Phrase("done-sighting-told", N_("Thank you. The office looks at it, and you read here."))
WITHDRAWN = Phrase("done-sighting-withdrawn", N_("Your sighting is taken back."))
_STOPS: Final = 5
_SPRAYED_FOR: Final = timedelta(days=60)


@bp.get("/pests/report")
@request.allowed()
def report() -> ResponseReturnValue:
    """The pictures to choose from, and how bad it is"""
    return _form({}, [], {})


@bp.post("/pests/report")
@request.allowed()
def tell() -> ResponseReturnValue:
    """Tell of a pest; neighbours near it hear of it"""
    form = request.form()
    try:
        found = actions.report(request.session(), _told(), asking.act())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        sent = form.to_dict()
        page = _form(sent, form.getlist("counts"), asking.problem(refusal))
        return page, problems.status_of(refusal)
    return pages.done(THANKS(), "pests.sighting", sighting_id=found.id)


@bp.get("/pests")
@request.allowed()
def mine() -> ResponseReturnValue:
    """What I told, how it stands, and what was seen near my plots"""
    session, me = request.session(), request.me()
    return pages.show(
        "pests/mine.html",
        told=sightings.of_member(session, me.member_id),
        near=sightings.news(session, me.member_id, request.now()).near,
        ahead=_ahead(),
        campaigns=campaigns.of_member(session, me.member_id),
        told_sites=sites.of_member(session, me.member_id),
        locks=sprays.locks_of(session, me.member_id, request.now()),
        sprayed=sprays.of_member(session, me.member_id, request.now() - _SPRAYED_FOR),
        rounds=[one for one in scouting.rounds(session, me.member_id) if one.state == "open"],
        traps=[one for one in scouting.traps(session) if one.trap.member_id == me.member_id],
    )


@bp.get("/sightings/<uuid:sighting_id>")
@request.allowed()
def sighting(sighting_id: UUID) -> ResponseReturnValue:
    """One sighting: whole for who told it, the plot's people and the office; else about where"""
    me = request.me()
    seen = sightings.seen(request.session(), sighting_id)
    is_exact = asking.sees(seen)
    if not is_exact and seen.sighting.state not in rules.LIVE:
        raise rules.NotYourSighting
    is_own = seen.sighting.member_id == me.member_id
    return pages.show(
        "pests/sighting.html",
        seen=seen,
        sighting=seen.sighting,
        is_own=is_own,
        is_exact=is_exact,
        may_withdraw=is_own and seen.sighting.state == "submitted",
        may_decide=bool(me.roles & set(rules.TRIAGE)),
        sketch=sketched(seen) if is_exact else None,
        about=rules.blurred(seen.sighting.place),
    )


def _ahead() -> Sequence[PestWindow]:
    """The windows in the calendar for what grows on the plots of who asks."""
    session, today = request.session(), request.now().astimezone(request.zone()).date()
    own = {plot.crop for plot in sightings.own_plots(session, request.me().member_id)}
    return [one for one in windows.ahead(session, today) if one.crop in own]


def sketched(seen: Seen) -> object:
    boundary = seen.plot.boundary if seen.plot else None
    return sketch(Point(seen.sighting.place), seen.sighting.accuracy_m, boundary)


@bp.post("/sightings/<uuid:sighting_id>/withdraw")
@request.allowed()
def withdraw(sighting_id: UUID) -> ResponseReturnValue:
    """Take a sighting of one's own back, until the office has decided"""
    actions.withdraw(request.session(), sighting_id, asking.act())
    return pages.done(WITHDRAWN(), "pests.sighting", sighting_id=sighting_id)


def _form(sent: Mapping[str, str], counts: Sequence[str], errors: Mapping[str, str]) -> str:
    plots = sightings.own_plots(request.session(), request.me().member_id)
    named = [(str(one.id), one.name or one.code) for one in plots]
    return pages.show(
        "pests/report.html",
        pests=[(code, words.say(pest.what())) for code, pest in catalogue.PESTS.items()],
        faces=list(rules.FACES),
        plots=[*named, ("", gettext("another plot"))],
        sent={"plot_id": named[0][0] if named else "", **sent},
        counts=[*counts, *[""] * _STOPS][: max(_STOPS, len(counts))],
        errors=errors,
    )


def _told() -> actions.Told:
    form = request.form()
    severity = form.get("severity", "")
    return actions.Told(
        pest=form.get("pest", ""),
        severity=asking.whole(severity, field="severity") if severity else None,
        counts=[
            asking.whole(text, field="counts") for text in form.getlist("counts") if text.strip()
        ],
        plot_id=_plot_id(form),
        position=_position(form),
        note=form.get("note", ""),
        picture=asking.photo(),
        seen_at=request.acted_at(),
    )


def _plot_id(form: Mapping[str, str]) -> UUID | None:
    code = form.get("plot_code", "").strip()
    if not code:
        return asking.identity(form.get("plot_id", ""))
    plot = places.plot_coded(request.session(), code)
    if plot is None:
        raise rules.SightingWithoutPlace(field="plot_code")
    return plot.id


def _position(form: Mapping[str, str]) -> rules.Position | None:
    given = [form.get(name, "") for name in ("longitude_deg", "latitude_deg")]
    if not any(given):
        return None
    longitude, latitude = (written.number(text, field="position") for text in given)
    accuracy = form.get("accuracy_m", "")
    width = written.number(accuracy, field="position") if accuracy else None
    return rules.Position(longitude, latitude, width)
