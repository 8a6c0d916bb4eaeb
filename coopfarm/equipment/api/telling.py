"""Whoever must hear of an act by a program is told, in the act's own transaction."""

from http import HTTPStatus

from flask import Response, current_app

from coopfarm.equipment.actions import telling
from coopfarm.equipment.api.door import api
from coopfarm.sms import actions as sms
from coopfarm.web import aloud, request


@api.after_request  # type: ignore[untyped-decorator]  # flask-smorest has no types
def tell(response: Response) -> Response:
    """Before the edge commits: a blueprint's own hooks come first."""
    has_gateway = bool(current_app.extensions["coopfarm_settings"].gateway)
    if response.status_code < HTTPStatus.BAD_REQUEST and has_gateway:
        for argument in telling.post(request.session(), aloud.say_to, request.now()):
            request.enqueue(sms.JOB, argument)
    return response
