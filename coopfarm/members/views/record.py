"""What was done, day by day; a copy of everything kept about me; a name removed for good."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import shapely
from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.spreadsheet import cell
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.actions import record as actions
from coopfarm.members.models import Member
from coopfarm.members.queries import membership as members
from coopfarm.members.queries import record as known
from coopfarm.members.rules import record as rules
from coopfarm.members.rules import sight
from coopfarm.members.views import door
from coopfarm.members.views.door import bp
from coopfarm.members.views.membership import by
from coopfarm.members.views.ways_in import id_of
from coopfarm.store import audit
from coopfarm.web import pages, request, times, tongue, words

ACTS_A_PAGE: Final = 50
# So long after it was asked for, a copy can be fetched.
_FETCHED_WITHIN: Final = timedelta(minutes=15)
_FORGOTTEN = Phrase("member-forgotten", N_("The name is removed. What was done stays."))


class NotSure(Invalid):
    code = "not-sure"
    words = N_("Type the member’s number to say that you are sure: nothing brings the name back.")


@bp.get("/members/me/history")
@request.allowed()
def history() -> ResponseReturnValue:
    """What I did, what was done for me, and what was done to my membership."""
    return _history(request.me().member_id)


@bp.get("/members/<uuid:member_id>/history")
@request.allowed("manager", "auditor")
def history_of(member_id: UUID) -> ResponseReturnValue:
    """What a member did, what was done for them, and what was done to their membership."""
    return _history(members.person(request.session(), member_id).member.id)


@bp.get("/members/me/record")
@request.allowed()
def record() -> ResponseReturnValue:
    """What a copy of my record holds, and the way to it."""
    mine = door.own().member
    found = known.everything(request.session(), mine)
    counts = {words.say(rules.SECTIONS[name]()): len(rows) for name, rows in found.items()}
    return pages.show("members/record.html", counts=counts)


@bp.post("/members/me/record")
@request.allowed()
def take_record() -> ResponseReturnValue:
    """Ask for a copy of everything kept about me."""
    actions.take_record(request.session(), door.own().member, by())
    return redirect(url_for("members.record_file"), 303)


@bp.get("/members/me/record.zip")
@request.allowed()
def record_file() -> ResponseReturnValue:
    """The copy that was asked for: JSON, my plots as GeoJSON, my turns as CSV."""
    mine, session = door.own().member, request.session()
    if not known.has_taken(session, mine.id, request.now() - _FETCHED_WITHIN):
        return redirect(url_for("members.record"), 303)
    response = make_response(_zipped(known.everything(session, mine)))
    response.content_type = "application/zip"
    name = f"record-{request.now().date()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/members/<uuid:member_id>/forget")
@request.allowed("manager")
def forget_page(member_id: UUID) -> ResponseReturnValue:
    """Ask once more before a name is removed."""
    return _forget_page(members.person(request.session(), member_id).member, {})


@bp.post("/members/<uuid:member_id>/forget")
@request.allowed("manager")
def forget_member(member_id: UUID) -> ResponseReturnValue:
    """Remove the name of a former member for good."""
    session = request.session()
    member = members.person(session, member_id).member
    typed = plain_digits(request.form().get("sure", "")).strip()
    if typed.lower() != member.number.lower():
        refusal = NotSure(field="sure")
        return _forget_page(member, {"sure": words.say(refusal.sentence)}), 422
    actions.forget(session, member_id, by())
    return pages.done(_FORGOTTEN(), "members.member", member_id=member_id)


def _forget_page(member: Member, errors: Mapping[str, str]) -> str:
    return pages.show("members/member_forget.html", who=member, errors=errors)


def _history(member_id: UUID) -> str:
    session, latin = request.session(), tongue.reads_latin()
    before = id_of(request.asked("before"))
    found = known.history_of(session, member_id, before=before, limit=ACTS_A_PAGE + 1)
    shown = found[:ACTS_A_PAGE]
    days = groupby(shown, key=lambda told: times.local(told.event.at).date())
    is_own = member_id == request.me().member_id
    return pages.show(
        "members/history.html",
        who=members.person(session, member_id).member,
        is_own=is_own,
        days=[(day, [_line(told, latin=latin) for told in acts]) for day, acts in days],
        older=shown[-1].event.id if len(found) > ACTS_A_PAGE else None,
        root=audit.root(session),
        sees_others=sight.sees("history", request.me().roles),
    )


def _line(told: known.Told, *, latin: bool) -> Mapping[str, Any]:
    """One act as the page tells it; names are kept apart from the words."""
    subject = told.subject.called(latin=latin) if told.subject else ""
    return {
        "at": told.event.at,
        "actor": told.actor.called(latin=latin) if told.actor else "",
        "member": told.on_behalf_of.called(latin=latin) if told.on_behalf_of else "",
        "did": words.say(rules.told(told.event.verb, subject)),
    }


def _zipped(kept: known.Kept) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        told = json.dumps(kept, ensure_ascii=False, indent=2, default=_as_json)
        folder.writestr("record.json", told)
        folder.writestr("plots.geojson", json.dumps(_plots(kept), ensure_ascii=False))
        folder.writestr("turns.csv", "\ufeff" + _turns(kept))
    return packed.getvalue()


def _plots(kept: known.Kept) -> Mapping[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {
                name: _as_json(value) if isinstance(value, UUID | date) else value
                for name, value in plot.items()
                if not isinstance(value, BaseGeometry)
            },
            "geometry": _as_json(plot["boundary"]) if plot["boundary"] is not None else None,
        }
        for plot in kept.get("plots", ())
    ]
    return {"type": "FeatureCollection", "features": features}


def _turns(kept: known.Kept) -> str:
    """The turns as a table, in the time of the cooperative."""
    codes = {plot["id"]: plot["code"] for plot in kept.get("plots", ())}
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["plot", "begins", "ends", "minutes", "in force"])
    for turn in sorted(kept.get("turns", ()), key=lambda one: one["starts_at"]):
        stretch = (turn["starts_at"], turn["ends_at"])
        begins, ends = (times.local(moment).strftime("%Y-%m-%d %H:%M") for moment in stretch)
        minutes = round((stretch[1] - stretch[0]).total_seconds() / 60, 1)
        in_force = "yes" if turn["is_live"] else "no"
        table.writerow([cell(codes.get(turn["plot_id"], "")), begins, ends, minutes, in_force])
    return text.getvalue()


def _as_json(value: object) -> object:
    if isinstance(value, BaseGeometry):
        return json.loads(shapely.to_geojson(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
