"""The farmer's page: my next turn, and why."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from coopfarm.web import pages, request

bp = Blueprint("home", __name__)


@bp.get("/")
@request.allowed()
def show() -> ResponseReturnValue:
    return pages.show("home/show.html")
