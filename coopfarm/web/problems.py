"""Every no in plain words: a page for people, problem+json (RFC 9457) for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify, make_response, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from coopfarm.kernel.refusal import (
    Conflict,
    Invalid,
    Missing,
    NotAllowed,
    Refusal,
    Several,
    TryLater,
)
from coopfarm.kernel.words import N_, Name, Sentence
from coopfarm.planning.json_text import NestedTooDeep, NotJson, TooManyDigits
from coopfarm.web import request, words


class NoRoom(TryLater):
    """The disk is full."""

    code = "no-room"
    words = N_(
        "The disk of the server is full. Nothing was changed. Tell whoever keeps the server."
    )


class Broken(Refusal):
    """A fault of ours."""

    code = "broken"
    words = N_(
        "Something went wrong on our side, and was written down for repair. Nothing was changed."
    )


class Unstorable(Invalid):
    """The database has no room for one of the values that were sent."""

    code = "unstorable"
    words = N_(
        "Something that was sent is longer or larger than can be kept. Nothing was changed; "
        "shorten it and send it again."
    )


class FormTooOld(Invalid):
    """The page was open for too long, or did not come from here."""

    code = "form-too-old"
    words = N_("This form is too old to be sent. Load the page again and repeat; nothing was lost.")


_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (request.NotSignedIn, 401),
    (request.EditionMissing, 428),
    (request.Stale, 412),
    (Broken, 500),
    (NotJson, 400),
    (NestedTooDeep, 400),
    (TooManyDigits, 400),
    (Conflict, 409),
    (NotAllowed, 403),
    (Missing, 404),
    (TryLater, 503),
    (Invalid, 422),
    (Refusal, 400),
)


def status_of(refusal: Refusal) -> int:
    return next(status for kind, status in _STATUS if isinstance(refusal, kind))


def wants_json() -> bool:
    if http.path.startswith("/api/"):
        return True
    best = http.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def body(refusal: Refusal) -> dict[str, Any]:
    """The refusal as RFC 9457 wants it, with our code, facts and alternatives."""
    said: dict[str, Any] = {
        "type": f"/problems/{refusal.code}",
        "title": words.say(refusal.sentence),
        "status": status_of(refusal),
        "code": refusal.code,
        "facts": refusal.sentence.as_json()["facts"],
    }
    if refusal.field:
        said["field"] = refusal.field
    if refusal.alternatives:
        said["alternatives"] = [_in_words(one) for one in refusal.alternatives]
    if isinstance(refusal, Several):
        said["problems"] = [body(problem) for problem in refusal.problems]
    return said


def _in_words(alternative: Mapping[str, object]) -> dict[str, object]:
    """What would work instead, for the reader: `machine` and `words` are said in their language."""
    return {
        k: words.shown(k, v) if isinstance(v, Sentence | Name) else v
        for k, v in alternative.items()
    }


def answer(refusal: Refusal) -> ResponseReturnValue:
    """The refusal as a page or as JSON; who is not signed in is shown the way."""
    if wants_json():
        return _as_json(body(refusal))
    if isinstance(refusal, request.NotSignedIn) and http.method in request.SAFE:
        return redirect(url_for("members.sign_in", next=http.full_path.rstrip("?")), 303)
    problem = body(refusal)
    page = render_template("errors/problem.html", problem=problem, back=_way_back())
    return _with_retry(make_response(page, problem["status"]))


def _as_json(problem: dict[str, Any]) -> Response:
    response = make_response(jsonify(problem), problem["status"])
    response.content_type = "application/problem+json"
    return _with_retry(response)


def _with_retry(response: Response) -> Response:
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


def _way_back() -> str:
    """The page the person came from, when it is one of ours."""
    came_from = http.referrer or ""
    home = url_for("home.show")
    return came_from if came_from.startswith(http.host_url) else home


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself and the schemas refuse, in the same form."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer(Broken())
    misfits = getattr(error, "data", {}).get("messages")
    if misfits:
        return answer(request.misfit(next(iter(misfits.values()))))
    problem = {
        "type": "about:blank",
        "title": _http_words(status),
        "status": status,
        "code": f"http-{status}",
        "facts": {},
    }
    if wants_json():
        response = _as_json(problem)
    else:
        page = render_template("errors/problem.html", problem=problem, back=_way_back())
        response = make_response(page, status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _http_words(status: int) -> str:
    said = {
        404: gettext("There is no such page. Look at the address, or go back."),
        405: gettext("This page cannot do that. Go back and use its buttons."),
        413: gettext("That is too large to be sent. Files may have 20 MB."),
        415: gettext("Send it as JSON."),
        500: gettext(Broken.words),
    }
    other = gettext("The request could not be understood. Go back and try again.")
    return str(said.get(status, other))


def answer_database(error: Exception) -> ResponseReturnValue:
    """A store that is away, busy or full: nothing was changed, and a way on."""
    current_app.logger.error("database: %s", error)
    return answer(refusal_of(error))


def refusal_of(error: Exception) -> Refusal:
    """What a database error means to the person who waits."""
    if isinstance(error, OperationalError | PoolTimeout):
        return NoRoom() if "disk is full" in str(error).lower() else TryLater()
    if isinstance(error, DataError):
        return Unstorable()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return TryLater()
    return Broken()
