"""Sensitive sites: which there are, and that they know of a spraying."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from shapely import Point

from coopfarm.equipment.queries import places
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.members.models import Member
from coopfarm.members.rules import sight
from coopfarm.pests.actions import sites as actions
from coopfarm.pests.queries import sites as queries
from coopfarm.pests.rules import sites as rules
from coopfarm.pests.rules.sightings import TRIAGE, Position, SightingWithoutPlace
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue, words, written

ENTERED: Final = Phrase("done-site-entered", N_("The site is kept. It is told before a spraying."))
ENDED: Final = Phrase("done-site-ended", N_("The site is told no more."))
HEARD: Final = Phrase("done-notice-acknowledged", N_("Thank you. The office knows that you know."))
NOTED: Final = Phrase("done-notice-noted", N_("Written down."))


@bp.app_template_filter("site_kind")
def kind_in_words(kind: str) -> str:
    return words.say(rules.KINDS[kind]())


@bp.app_template_filter("notice_state")
def notice_in_words(state: str) -> str:
    return words.say(rules.NOTICE_STATES[state]())


@bp.app_template_filter("phone_seen")
def phone_seen(number: str | None) -> str:
    """A phone number as who reads may see it; empty where there is none for them."""
    return sight.phone(number, request.me().roles)


@bp.app_template_filter("member_seen")
def member_seen(member: Member) -> str:
    """What a member is called to who reads: by number where names are hidden from them."""
    if not sight.sees("name", request.me().roles):
        return member.number
    return member.called(latin=tongue.reads_latin())


@bp.app_template_global()
def may_ring() -> bool:
    """Whether who reads sees numbers whole."""
    return sight.sees("phone", request.me().roles)


@bp.get("/pests/sites")
@request.allowed(*TRIAGE)
def all_sites() -> ResponseReturnValue:
    """The sensitive sites: hives, organic fields, schools, wells"""
    return _page({}, {})


@bp.post("/pests/sites")
@request.allowed(*TRIAGE)
def enter_site() -> ResponseReturnValue:
    """Keep a site, with whom to tell there"""
    form = request.form()
    try:
        wish = actions.NewSite(
            form.get("kind", ""),
            form.get("name", ""),
            _place(form),
            asking.identity(form.get("member_id", "")),
            form.get("contact", ""),
            form.get("phone", ""),
        )
        actions.enter(request.session(), wish, asking.act())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(form, asking.problem(refusal)), problems.status_of(refusal)
    return pages.done(ENTERED(), "pests.all_sites")


@bp.post("/pests/sites/<uuid:site_id>/end")
@request.allowed(*TRIAGE)
def end_site(site_id: UUID) -> ResponseReturnValue:
    """Tell a site no more"""
    actions.end(request.session(), site_id, asking.act())
    return pages.done(ENDED(), "pests.all_sites")


@bp.post("/campaigns/notices/<uuid:notice_id>/acknowledge")
@request.allowed()
def acknowledge_notice(notice_id: UUID) -> ResponseReturnValue:
    """Say that a site knows of a spraying: its member with a tap, the office after a call"""
    words_said = request.form().get("note", "")
    found = actions.acknowledge(request.session(), notice_id, asking.act(), words=words_said)
    if words_said and request.me().roles & set(TRIAGE):
        campaign_id = found.campaign_id
        return pages.done(NOTED(), "pests.manage_campaign", pest_campaign_id=campaign_id)
    return pages.done(HEARD(), "pests.campaign", pest_campaign_id=found.campaign_id)


@bp.post("/pests/notices/<uuid:notice_id>/waive")
@request.allowed(*TRIAGE)
def waive_notice(notice_id: UUID) -> ResponseReturnValue:
    """Decide that nobody is waited for at a site, with the reason"""
    note = request.form().get("note", "")
    found = actions.waive(request.session(), notice_id, note, asking.act())
    return pages.done(NOTED(), "pests.manage_campaign", pest_campaign_id=found.campaign_id)


def _place(form: Mapping[str, str]) -> Point:
    """Where it is: by degrees, else the middle of a plot. Raises SightingWithoutPlace."""
    degrees = [form.get(name, "").strip() for name in ("longitude_deg", "latitude_deg")]
    if any(degrees):
        east, north = (written.number(text, field="longitude_deg") for text in degrees)
        return Position(east, north).point
    plot = places.plot_coded(request.session(), form.get("plot_code", "").strip())
    if plot is None or plot.boundary is None:
        raise SightingWithoutPlace(field="plot_code")
    return plot.boundary.representative_point()


def _page(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session = request.session()
    people = [one.member for one in members.people(session)]
    named = [(str(one.id), one.listed(latin=tongue.reads_latin())) for one in people]
    return pages.show(
        "pests/sites.html",
        sites=queries.sites(session),
        kinds=[(kind, words.say(phrase())) for kind, phrase in rules.KINDS.items()],
        people=[("", gettext("nobody of the cooperative")), *named],
        sent=sent,
        errors=errors,
    )
