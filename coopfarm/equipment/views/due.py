"""What is due is done before the machines are shown or booked, by whoever comes first."""

from typing import Final

from flask import current_app

from coopfarm.equipment.actions import due
from coopfarm.equipment.views.door import bp
from coopfarm.members.actions import telling
from coopfarm.sms import actions as sms
from coopfarm.store.queue import Queue
from coopfarm.store.tenancy import TenantSession
from coopfarm.web import aloud, request

# Pages and programs that show or book machines, by the beginning of their endpoints.
_SHOW_MACHINES: Final = ("equipment.", "equipment_api.", "home.")


@bp.before_app_request
def do_what_is_due() -> None:
    """One query where nothing is due. Else in transactions of its own, before the act's."""
    known, endpoint = request.who(), request.endpoint() or ""
    if known is None or not endpoint.startswith(_SHOW_MACHINES):
        return
    if not due.due(request.session(), request.now()):
        return
    # An act holds the writer's place of SQLite already; nothing of it is written yet.
    request.session().rollback()
    home = known.cooperative_id
    queue: Queue = current_app.extensions["coopfarm_queue"]
    for argument in due.perform(request.database(), home, request.now(), _told):
        queue.enqueue(sms.JOB, argument)


def _told(session: TenantSession) -> list[str]:
    if not current_app.extensions["coopfarm_settings"].gateway:
        telling.gathered(session)
        return []
    return [*telling.post(session, aloud.say_to, request.now())]
