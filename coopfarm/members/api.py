"""Who we are, for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from flask import Response, current_app
from flask import session as cookie
from flask.typing import ResponseReturnValue

from coopfarm.config import Settings
from coopfarm.members import actions, queries, rules, schemas
from coopfarm.members.actions import membership
from coopfarm.members.queries import membership as known
from coopfarm.members.queries.calendar import of_people
from coopfarm.members.rules import sight
from coopfarm.members.rules.membership import steps_from
from coopfarm.web import problems, request
from coopfarm.web.openapi import Door, answer

READERS: Final = ("manager", "treasurer", "water_master", "officer", "auditor")

# What of a member is told as it is kept.
_AS_KEPT: Final = (
    *("id", "number", "state"),
    *("state_since", "joined_on", "leaves_on", "left_on"),
)

api = Door("members_api", __name__, "Who asks")


@api.get("/me")
@request.allowed()
@api.gives(200, schemas.MeSchema, "ETag")
def show_me() -> Response:
    """Who I am here, and what I am trusted with."""
    me = request.me()
    return answer(schemas.MeSchema(), asdict(me) | {"roles": sorted(me.roles)})


@api.post("/sign-in")
@request.open_to_all
@api.takes(schemas.SignInSchema)
@api.gives(200, schemas.MeSchema, "Set-Cookie")
def sign_in(sent: Mapping[str, str]) -> ResponseReturnValue:
    """Sign in, as a person does: the cookie of the answer is the session."""
    settings: Settings = current_app.extensions["coopfarm_settings"]
    session, here = request.session(), request.session().cooperative_id
    admission = actions.sign_in_at_once(
        session,
        queries.names_typed(session, sent["name"]),
        sent["secret"],
        sent["code"],
        pepper=settings.pepper,
        may_wait=settings.environment != "production",
        now=request.now(),
        origin=_origin(),
    )
    session.cooperative_id = here
    if admission.holder is None:
        request.keep_despite_refusal()
        return problems.answer(admission.refusal or rules.NotRecognised())
    cookie.clear()
    cookie["token"] = admission.token
    cookie.permanent = True
    return answer(schemas.MeSchema(), _told(admission.holder))


def _origin() -> actions.Origin:
    network = rules.network_of(request.address())
    return actions.Origin(network=network, device=request.device())


def _told(holder: queries.Holder) -> dict[str, object]:
    member, home = holder.member, holder.cooperative
    return {
        "member_id": member.id,
        "name": member.name,
        "cooperative_id": home.id,
        "cooperative_name": home.name,
        "roles": sorted(holder.roles),
        "locale": member.locale or home.locale,
        "timezone": home.timezone,
    }


@api.get("/me/calendar")
@request.allowed()
@api.gives(200, schemas.CalendarSchema, "ETag")
def show_calendar() -> Response:
    """What I have before me in the next four weeks."""
    times = of_people(request.session(), [request.me().member_id], request.ahead())
    return answer(schemas.CalendarSchema(), {"times": times})


@api.get("/members")
@request.allowed(*READERS)
@api.takes(schemas.MembersAskedSchema, location="query")
@api.gives(200, schemas.MembersSchema, "ETag")
def list_members(asked: Mapping[str, Any]) -> Response:
    """Members by number, fifty at a time; without a state asked for, those of now."""
    session, names = request.session(), sight.sees("name", request.me().roles)
    found = known.listed(session, known.Asked(**asked, by_name=names))
    turns = known.with_turns_ahead(session, [p.member.id for p in found.people], request.now())
    told = [_member(one, has_turn=one.member.id in turns) for one in found.people]
    page = {"members": told, "total": found.total, "page": found.page, "pages": found.pages}
    return answer(schemas.MembersSchema(), page)


@api.get("/members/<uuid:member_id>")
@request.allowed(*READERS)
@api.gives(200, schemas.MemberSchema, "ETag")
def show_member(member_id: UUID) -> Response:
    """One member."""
    return _member_answer(member_id)


@api.post("/members/<uuid:member_id>/steps")
@request.allowed("manager")
@api.takes(schemas.StepSchema)
@api.gives(200, schemas.MemberSchema, "ETag")
def step_membership(sent: Mapping[str, Any], member_id: UUID) -> Response:
    """Accept, decline, suspend, let leave, or take back in."""
    said = membership.Said(sent["reason"].strip(), sent["on"], sent["number"].strip())
    membership.take_step(request.session(), member_id, sent["step"], said, _by())
    return _member_answer(member_id)


@api.post("/members/<uuid:member_id>/roles")
@request.allowed("manager")
@api.takes(schemas.RolesSchema)
@api.gives(200, schemas.MemberSchema, "ETag")
def set_roles(sent: Mapping[str, Any], member_id: UUID) -> Response:
    """Entrust a member with exactly these roles."""
    membership.set_roles(request.session(), member_id, sent["roles"], _by())
    return _member_answer(member_id)


def _by() -> membership.By:
    now = request.now()
    return membership.By(request.me().member_id, now, now.astimezone(request.zone()).date())


def _member_answer(member_id: UUID) -> Response:
    session = request.session()
    has_turn = bool(known.with_turns_ahead(session, [member_id], request.now()))
    return answer(
        schemas.MemberSchema(), _member(known.person(session, member_id), has_turn=has_turn)
    )


def _member(who: queries.Person, *, has_turn: bool) -> dict[str, Any]:
    """The member as the reader may see them."""
    roles, one = request.me().roles, who.member
    names = sight.sees("name", roles)
    return {name: getattr(one, name) for name in _AS_KEPT} | {
        "name": one.name if names else None,
        "name_latin": one.name_latin if names else None,
        "roles": who.roles,
        "phone": sight.phone(one.phone, roles, has_turn=has_turn) or None,
        "household": (who.household or None) if sight.sees("household", roles) else None,
        "steps": steps_from(one.state) if "manager" in roles else [],
    }
