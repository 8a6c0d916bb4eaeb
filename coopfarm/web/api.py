"""The JSON door: one OpenAPI 3.1 document, and refusals in one form."""

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from coopfarm import __version__
from coopfarm.web import problems, request


class OurApi(Api):  # type: ignore[misc]
    """flask-smorest, answering problem+json like every other page."""

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        messages = getattr(error, "data", {}).get("messages", {})
        if messages:
            return problems.answer(request.misfit(next(iter(messages.values()))))
        return problems.answer_http(error)


def make_api(app: Flask) -> Api:
    app.config.update(
        API_TITLE="coopfarm",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    spec: dict[str, Any] = {
        "info": {"license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        "servers": [{"url": "/"}],
    }
    api = OurApi(app, spec_kwargs=spec)
    api.spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]}
    )
    return api
