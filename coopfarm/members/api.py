"""Who we are, for programs."""

from dataclasses import asdict

from flask import Response

from coopfarm.members import schemas
from coopfarm.members.queries.calendar import of_people
from coopfarm.web import request
from coopfarm.web.openapi import Door, answer

api = Door("members_api", __name__, "Who asks")


@api.get("/me")
@request.allowed()
@api.gives(200, schemas.MeSchema, "ETag")
def show_me() -> Response:
    """Who I am here, and what I am trusted with."""
    me = request.me()
    return answer(schemas.MeSchema(), asdict(me) | {"roles": sorted(me.roles)})


@api.get("/me/calendar")
@request.allowed()
@api.gives(200, schemas.CalendarSchema, "ETag")
def show_calendar() -> Response:
    """What I have before me in the next four weeks."""
    times = of_people(request.session(), [request.me().member_id], request.ahead())
    return answer(schemas.CalendarSchema(), {"times": times})
