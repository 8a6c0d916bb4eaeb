"""The JSON door: one OpenAPI 3.1 document, and refusals in one form."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import Any, Final, TypeVar, cast

import flask
from flask import Flask, Response, jsonify
from flask import request as http
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from coopfarm import __version__
from coopfarm.web import request

V = TypeVar("V", bound=Callable[..., Any])

PROBLEM: Final = "Problem"
_PROBLEM_TYPE: Final = "application/problem+json"
_ANYONE: Final = (401, 403, 404, 503)
_ACTS: Final = (409, 422)
# A browser sends these with every form, a photo among them.
_OF_THE_EDGE: Final = frozenset({"csrf_token", "idempotency_key"})
_EDITS: Final = (412, 428)
_DESCRIPTION = """\
Every refusal is `application/problem+json` with a stable `code`, `title` in the reader's language
and the `facts`. Every act (POST) takes an `Idempotency-Key`: the same key and body get the same
answer, and are done once. What can be edited has an `ETag`, to be sent back as `If-Match`.
"""
_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new one for each act, the same one when the act is sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
}
_IF_NONE_MATCH: Final[dict[str, Any]] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what is known already; 304 when nothing changed.",
    "schema": {"type": "string"},
}
_IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the edition that is changed.",
    "schema": {"type": "string"},
}


class ProblemSchema(Schema):
    """A refusal as RFC 9457 has it, with our code, facts and alternatives."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    field = fields.String()
    alternatives = fields.List(fields.Dict())
    problems = fields.List(fields.Nested("ProblemSchema"))


class StrictParser(FlaskParser):
    """What was sent, as the edge reads it."""

    def _raw_load_json(self, _req: flask.Request) -> Any:
        return request.json_body()

    def load_files(self, req: flask.Request, schema: Schema) -> Any:
        """What was sent beside the files is refused, but for what the edge reads."""
        beside = MultiDict(one for one in req.form.items(multi=True) if one[0] not in _OF_THE_EDGE)
        return self._makeproxy(CombinedMultiDict([req.files, beside]), schema)


class Door(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A capability's JSON routes, documented with what the edge asks of every request."""

    # A name that means nothing is refused.
    ARGUMENTS_PARSER = StrictParser(unknown=RAISE)

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, description=description)
        self._prepare_doc_cbks.append(_document_edge)

    def get(self, rule: str) -> Callable[[V], V]:
        return cast("Callable[[V], V]", super().get(rule))

    def post(self, rule: str) -> Callable[[V], V]:
        return cast("Callable[[V], V]", super().post(rule))

    def patch(self, rule: str) -> Callable[[V], V]:
        return cast("Callable[[V], V]", super().patch(rule))

    def takes(self, schema: type[Schema], *, location: str = "json") -> Callable[[V], V]:
        """Hand the view what was sent in the shape of `schema`: one for all requests."""
        return cast("Callable[[V], V]", self.arguments(schema(), location=location))

    def gives(self, status: int, schema: type[Schema], *headers: str) -> Callable[[V], V]:
        """Document the answer of a view, which makes it with `answer`."""
        said = {name: {"schema": {"type": "string"}} for name in headers}
        return cast("Callable[[V], V]", self.response(status, schema, headers=said or None))

    def edits(self, view: V) -> V:
        """Hand the view the `edition` it changes. Refused without If-Match."""

        @wraps(view)
        def edited(*args: Any, **kwargs: Any) -> Any:
            return view(*args, edition=request.if_match(), **kwargs)

        edited._apidoc = {**getattr(view, "_apidoc", {}), "edits": True}  # type: ignore[attr-defined]  # noqa: SLF001 (flask-smorest keeps its notes there)
        return cast("V", edited)

    def _store_endpoint_docs(self, endpoint: str, *args: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, *args, **options)
        for method, notes in self._docs[endpoint].items():
            if method != "parameters":
                notes.setdefault("manual_doc", {})["operationId"] = endpoint


class OurApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest, saying that refusals are problem+json; `web.problems` makes them so."""

    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self._unwritten: list[tuple[Door, str]] = []
        self._writing = Lock()

    def register_blueprint(self, blp: Door, **options: Any) -> None:
        """Open the routes; they are written down when somebody asks for the document.

        To write all of them down takes longer than the whole rest of a start.
        """
        name = str(options.get("name", blp.name))
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)
        self._unwritten.append((blp, name))

    def _openapi_json(self) -> Any:
        with self._writing:
            while self._unwritten:
                door, name = self._unwritten[0]
                door.register_views_in_doc(self, self._app, self.spec, name=name, parameters=None)
                self.spec.tag({"name": name, "description": door.description})
                del self._unwritten[0]
        return super()._openapi_json()

    def _register_responses(self) -> None:
        self.spec.components.schema(PROBLEM, schema=ProblemSchema)
        content = {_PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}}
        refused = {"description": "Refused, and why", "content": content}
        for name in (PROBLEM, *(status.name for status in HTTPStatus)):
            self.spec.components.response(name, refused, lazy=True)


def _document_edge(doc: dict[str, Any], notes: dict[str, Any], **about: Any) -> dict[str, Any]:
    """What `web.edge` and `web.request` do to this route."""
    statuses = [*_ANYONE]
    parameters = doc.setdefault("parameters", [])
    if about["method"] == "get":
        parameters.append(_IF_NONE_MATCH)
        doc["responses"]["304"] = {"description": "Not changed"}
    else:
        parameters.append(_KEY)
        statuses += _ACTS
    if notes.get("edits"):
        parameters.append(_IF_MATCH)
        statuses += _EDITS
    for status in statuses:
        doc["responses"][str(status)] = PROBLEM
    return doc


def answer(
    schema: Schema,
    value: Any,
    status: int = HTTPStatus.OK,
    *,
    location: str | None = None,
    edition: int | None = None,
) -> Response:
    """The value in the shape of `schema`, with an ETag that ends in its edition.

    The tag begins with what was said: the same edition reads differently in another language.
    """
    response = jsonify(schema.dump(value))
    response.status_code = status
    said = sha256(response.get_data()).hexdigest()[:16]
    response.set_etag(said if edition is None else f"{said}-{edition}")
    if location is not None:
        response.headers["Location"] = location
    if http.method in request.SAFE:
        response.make_conditional(http)
    return response


def make_api(app: Flask) -> OurApi:
    app.config.update(
        API_TITLE="coopfarm",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    spec: dict[str, Any] = {
        "info": {
            "description": _DESCRIPTION,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
    }
    api = OurApi(app, spec_kwargs=spec)
    api.spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]}
    )
    document = "api-docs.openapi_json"
    app.view_functions[document] = _public(app.view_functions[document])
    return api


def _public(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return request.open_to_all(shown)
