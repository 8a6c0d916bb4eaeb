"""Calendars for other programs: their addresses, and what is read there."""

from uuid import UUID

from babel import Locale
from flask import g, make_response, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from coopfarm.equipment.actions import feeds as actions
from coopfarm.equipment.models import Feed
from coopfarm.equipment.queries import feeds, fleet
from coopfarm.equipment.rules.feeds import Sheet, Spoken, written
from coopfarm.equipment.views import asking, stickers
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.web import pages, request, tongue, words

MADE = Phrase("done-feed-made", N_("Here is the new address. An older one answers no longer."))
REVOKED = Phrase("done-feed-revoked", N_("The address answers no longer."))
_ENDED = ("left", "applied")


@bp.get("/calendar/address")
@request.allowed()
def my_feed() -> ResponseReturnValue:
    """The address at which other programs read my days"""
    return _page(feeds.of_member(request.session(), request.me().member_id), None)


@bp.post("/calendar/address")
@request.allowed()
def make_my_feed() -> ResponseReturnValue:
    """Make an address of my own calendar; one from before is worthless"""
    actions.make(request.session(), None, asking.whose(), pepper=stickers.settings().pepper)
    return pages.done(MADE(), "equipment.my_feed")


@bp.post("/calendar/address/revoke")
@request.allowed()
def revoke_my_feed() -> ResponseReturnValue:
    """Have the address of my calendar answer no longer"""
    actions.revoke(request.session(), None, asking.whose())
    return pages.done(REVOKED(), "equipment.my_feed")


@bp.get("/machines/<uuid:machine_id>/address")
@request.allowed()
def machine_feed(machine_id: UUID) -> ResponseReturnValue:
    """The address at which other programs read a machine's days: the office, its caretaker"""
    found = actions.of_machine(request.session(), machine_id, asking.whose())
    return _page(found, machine_id)


@bp.post("/machines/<uuid:machine_id>/address")
@request.allowed()
def make_machine_feed(machine_id: UUID) -> ResponseReturnValue:
    """Make an address of a machine's calendar: the office, its caretaker"""
    pepper = stickers.settings().pepper
    actions.make(request.session(), machine_id, asking.whose(), pepper=pepper)
    return pages.done(MADE(), "equipment.machine_feed", machine_id=machine_id)


@bp.post("/machines/<uuid:machine_id>/address/revoke")
@request.allowed()
def revoke_machine_feed(machine_id: UUID) -> ResponseReturnValue:
    """Have the address of a machine's calendar answer no longer"""
    actions.revoke(request.session(), machine_id, asking.whose())
    return pages.done(REVOKED(), "equipment.machine_feed", machine_id=machine_id)


@bp.get("/feeds/<secret>.ics")
@request.open_to_all
def feed(secret: str) -> ResponseReturnValue:
    """The calendar at a secret address, as iCalendar"""
    found = feeds.by_token(request.session(), actions.token_hash(secret))
    if found is None:
        raise Missing
    response = make_response(_written(found))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="coopfarm.ics"'
    response.add_etag()
    return response.make_conditional(http)


def _written(found: Feed) -> bytes:
    """The feed in the language of its member. Raises Missing once the member has left."""
    session, now = request.session(), request.now()
    reader = members.members_by_id(session, [found.member_id or found.made_by])
    member = next(iter(reader.values()), None)
    if found.member_id and (member is None or member.state in _ENDED):
        raise Missing
    home = members.cooperative(session, found.cooperative_id)
    locale = (member.locale if member else None) or home.locale
    g.locale = str(Locale.parse(locale))
    with force_locale(locale):
        latin = tongue.reads_latin()
        if found.member_id:
            entries = feeds.entries_of_member(session, found.member_id, now, latin=latin)
            name = gettext("My water and machines")
        else:
            machine = fleet.machine(session, _of(found))
            entries = feeds.entries_of_machine(session, machine.id, now, latin=latin)
            name = asking.machine_name(machine)
        return written(Sheet(name, [Spoken(one, words.say(one.summary)) for one in entries]))


def _of(found: Feed) -> UUID:
    if found.machine_id is None:
        raise Missing
    return found.machine_id


def _page(found: Feed | None, machine_id: UUID | None) -> str:
    machine = fleet.machine(request.session(), machine_id) if machine_id else None
    return pages.show("equipment/feeds.html", address=_address(found), machine=machine)


def _address(found: Feed | None) -> str:
    if found is None:
        return ""
    base = (stickers.settings().public_url or http.host_url).rstrip("/")
    secret = actions.token(found, stickers.settings().pepper)
    return f"{base}{url_for('equipment.feed', secret=secret)}"
