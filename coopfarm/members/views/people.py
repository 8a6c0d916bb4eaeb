"""Who we are."""

from flask.typing import ResponseReturnValue

from coopfarm.members import queries
from coopfarm.members.views.door import bp
from coopfarm.web import pages, request


@bp.get("/members")
@request.allowed("manager", "water_master", "officer")
def people() -> ResponseReturnValue:
    wanted = request.asked("words")
    found = queries.people(request.session(), wanted)
    may_call = bool(request.me().roles & {"manager", "water_master"})
    return pages.show("members/people.html", people=found, words=wanted, may_call=may_call)
