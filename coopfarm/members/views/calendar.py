"""What is planned for the member who asks."""

from flask.typing import ResponseReturnValue

from coopfarm.kernel.calendar import KINDS
from coopfarm.members.queries.calendar import of_people
from coopfarm.members.views.door import bp
from coopfarm.web import pages, request, words


@bp.app_template_filter("planned_kind")
def kind_in_words(kind: str) -> str:
    return words.say(KINDS[kind]())


@bp.get("/calendar")
@request.allowed()
def calendar() -> ResponseReturnValue:
    """What I have before me in the next four weeks."""
    times = of_people(request.session(), [request.me().member_id], request.ahead())
    return pages.show("members/calendar.html", times=times)
