"""Whoever must hear of an act is told, in the act's own transaction."""

from http import HTTPStatus

from flask import Flask, Response, current_app, g

from coopfarm.members.actions import telling
from coopfarm.sms import actions as sms
from coopfarm.web import aloud, request


def init_app(app: Flask) -> None:
    """To be called after the edge: what is registered last looks at an answer first."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    has_gateway = bool(current_app.extensions["coopfarm_settings"].gateway)
    if has_gateway and response.status_code < HTTPStatus.BAD_REQUEST and "session" in g:
        for argument in telling.post(request.session(), aloud.say_to, request.now()):
            request.enqueue(sms.JOB, argument)
    return response
