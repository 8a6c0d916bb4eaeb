"""What lets a phone work without a signal: its worker, its shell, and whose an act is."""

import hashlib
import json
import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, make_response
from flask import request as http
from flask_wtf.csrf import generate_csrf

from coopfarm import __version__
from coopfarm.store import epochs
from coopfarm.web import pages, request

bp = Blueprint("offline", __name__)

# What a page of a farmer is made of; the worker keeps all of it.
SHELL: Final = (
    *("css/shared.css", "css/farmer.css", "icons.svg", "jobs.svg", "favicon.svg"),
    *("js/farmer.js", "js/outbox.js", "js/waiting.js", "js/photo.js"),
)
# A member's own pages that are read without a signal, where there are such.
_AT_HAND: Final = ("/", "/bookings", "/book", "/calendar", "/outbox")
_WHOSE: Final = re.compile(r"[0-9a-f.-]{1,120}")


def whose() -> str:
    """Whose acts are kept together on a phone: cooperative, member, and who stands in for them."""
    known = request.who()
    if known is None:
        return ""
    by = f".{known.by}" if known.by else ""
    return f"{known.cooperative_id}.{known.member_id}{by}"


def at_hand() -> str:
    """The addresses of the pages to keep, with spaces between them."""
    doors = current_app.url_map.bind("localhost")
    return " ".join(path for path in _AT_HAND if doors.test(path))


@bp.app_context_processor
def _for_the_strip() -> dict[str, object]:
    return {"whose_acts": whose, "pages_at_hand": at_hand}


@bp.before_app_request
def _refuse_for_another() -> None:
    """An act that waited on a shared phone is done for whoever made it, or not at all."""
    told = http.headers.get("Acting-As")
    if told is not None and told != whose():
        raise request.NotSignedIn


@bp.after_app_request
def _say_whose_it_was(response: Response) -> Response:
    """The mark by which a phone knows an answer as ours, and not of something on the way."""
    told = http.headers.get("Acting-As", "")
    if _WHOSE.fullmatch(told):
        response.headers["Acted-As"] = told
    return response


@bp.get("/sw.js")
@request.open_to_all
def worker() -> Response:
    """The service worker, new whenever something of the shell is."""
    shell = [f"{current_app.static_url_path}/{name}" for name in SHELL]
    source = _file("js/worker.js").decode()
    # What the worker imports asks for the shell too.
    head = f"const VERSION = {json.dumps(_version())}, SHELL = self.SHELL = {json.dumps(shell)};\n"
    return _for_an_hour(head + source, "text/javascript; charset=utf-8")


@bp.get("/manifest.webmanifest")
@request.open_to_all
def manifest() -> Response:
    """By which a phone puts the program beside its others."""
    return _for_an_hour(_file("manifest.webmanifest").decode(), "application/manifest+json")


@bp.get("/offline")
@request.open_to_all
def shell() -> str:
    """In place of a page that is not kept, where there is no signal."""
    return pages.show("offline/shell.html", at_hand=at_hand().split())


@bp.get("/outbox")
@request.allowed()
def outbox() -> str:
    """What waits on this phone to be sent, and what was sent lately."""
    return pages.show("offline/outbox.html")


@bp.get("/outbox/standing.json")
@request.allowed()
def standing() -> Response:
    """What a phone asks before it sends what waited: who is signed in, and in which epoch."""
    epoch = epochs.current(request.session())
    return jsonify(who=whose(), csrf_token=generate_csrf(), epoch=str(epoch))


def _for_an_hour(text: str, kind: str) -> Response:
    """What is the same for everybody; a browser asks for it again after an hour."""
    response = make_response(text)
    response.content_type = kind
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(http)
    return response


def _file(name: str) -> bytes:
    return (Path(str(current_app.static_folder)) / name).read_bytes()


def _version() -> str:
    """A hash of everything that the worker keeps for everybody."""
    total = hashlib.sha256(__version__.encode())
    for name in (*SHELL, "js/worker.js", "js/kept-map.js"):
        total.update(_file(name))
    total.update((Path(str(current_app.template_folder)) / "offline/shell.html").read_bytes())
    return total.hexdigest()[:12]
