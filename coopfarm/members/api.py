"""Who we are, for programs."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Response, current_app
from flask import session as cookie
from flask.typing import ResponseReturnValue

from coopfarm.config import Settings
from coopfarm.members import actions, queries, rules, schemas
from coopfarm.members.queries.calendar import of_people
from coopfarm.web import problems, request
from coopfarm.web.openapi import Door, answer

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
