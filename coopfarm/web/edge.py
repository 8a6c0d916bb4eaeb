"""Where HTTP ends: one transaction a request, each act once, and safe headers."""

import hashlib
import hmac
import json
import re
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response
from flask import request as http
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from coopfarm.kernel.refusal import Invalid, NotAllowed, Refusal
from coopfarm.kernel.words import N_
from coopfarm.planning.json_text import BrokenText
from coopfarm.store.acts import Act
from coopfarm.web import problems, request, trying

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), fullscreen=(), geolocation=(self), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
_NOT_IN_THE_BODY = frozenset({"csrf_token", "idempotency_key"})
_CHUNK_BYTES = 256 * 1024
_KEY = re.compile("[!-~]{1,80}")
# Built once: every act is claimed by the one and answered by the other.
_CLAIM: Final[dict[str, Any]] = {
    name: insert(Act).on_conflict_do_nothing().returning(Act.key)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_ANSWERED: Final = (
    update(Act)
    .where(Act.doer == bindparam("by"), Act.key == bindparam("under"))
    .values({name: bindparam(name) for name in ("status", "answer", "headers")})
)


class ActKeyMissing(Invalid):
    """An act without a key could be done twice."""

    code = "act-key-missing"
    words = N_("Send an Idempotency-Key of up to 80 characters with every act, a new one each.")


class ActKeyReused(Invalid):
    """The same key with another body is not the same act."""

    code = "act-key-reused"
    words = N_("This key was already used for something else. Load the page again and repeat.")


class FromElsewhere(NotAllowed):
    """A page of another site tried to act for the person."""

    code = "from-elsewhere"
    words = N_("This came from a page that is not ours, and was refused.")


def init_app(app: Flask) -> None:
    """To be called after the blueprints: acts are claimed once it is known who asks."""
    csrf = CSRFProtect(app)
    for name, blueprint in app.blueprints.items():
        if name.endswith("_api"):
            csrf.exempt(blueprint)
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_broken_text)
    app.before_request(_claim_act)
    # Flask goes through these from the last to the first: a failed commit has headers too.
    app.after_request(_add_headers)
    app.after_request(_commit_what_succeeded)
    app.teardown_request(trying.close)
    app.register_error_handler(Refusal, _refuse)
    app.register_error_handler(CSRFError, lambda _: problems.answer(problems.FormTooOld()))
    app.register_error_handler(HTTPException, problems.answer_http)
    app.register_error_handler(DBAPIError, trying.try_again)
    app.register_error_handler(PoolTimeout, problems.answer_database)


def _refuse(refusal: Refusal) -> ResponseReturnValue:
    """Say no; nobody waits for what the refused act held while alternatives are looked for."""
    trying.let_go()
    return problems.answer(refusal)


def _refuse_other_sites() -> None:
    """JSON acts carry no form token: they must come from our own pages or from a program.

    Hosts are compared, not schemes: behind a proxy that ends TLS we only see http.
    """
    origin = http.headers.get("Origin")
    if http.method not in request.SAFE and origin and urlsplit(origin).netloc != http.host:
        raise FromElsewhere


def _refuse_broken_text() -> None:
    """PostgreSQL keeps no NUL, and no text holds one on purpose."""
    for values in (http.args, http.form):
        for name, value in values.items(multi=True):
            if "\0" in name or "\0" in value:
                raise BrokenText(field=name.replace("\0", ""))


def _claim_act() -> ResponseReturnValue | None:
    """Take the act's key, or give the answer that this key already got."""
    known = request.who()
    if http.method in request.SAFE or known is None or http.endpoint is None:
        return None
    key = http.headers.get("Idempotency-Key") or http.form.get("idempotency_key") or ""
    if not _KEY.fullmatch(key):
        raise ActKeyMissing
    claim = {
        "doer": str(known.by or known.member_id),
        "key": key,
        "cooperative_id": known.cooperative_id,
        "route": http.full_path[:400],
        "body_hash": _body_hash(),
        "made_at": request.now(),
        "on_behalf_of": known.member_id if known.by else None,
    }
    if _is_first(claim):
        g.act = claim
        return None
    return _same_answer(claim)


def _is_first(claim: dict[str, Any]) -> bool:
    """Whether nobody holds the key; a request under way with it is waited for."""
    connection = request.session().connection()
    return connection.execute(_CLAIM[connection.dialect.name], claim).first() is not None


def _same_answer(claim: dict[str, Any]) -> Response:
    done = request.session().get_one(Act, (claim["doer"], claim["key"]))
    if (done.route, done.body_hash) != (claim["route"], claim["body_hash"]):
        raise ActKeyReused
    response = make_response(done.answer or "", done.status or HTTPStatus.OK)
    response.headers.update(done.headers or {})
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _body_hash() -> str:
    """A keyed hash of what was sent: a form may hold a PIN, which a plain one would give away."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, _body_digest(), hashlib.sha256).hexdigest()


def _body_digest() -> bytes:
    """SHA-256 of what was sent, without the tokens that differ from page to page."""
    if not (http.form or http.files):
        return hashlib.sha256(http.get_data()).digest()
    fields = sorted(
        (name, value) for name, value in http.form.items(multi=True) if name not in _NOT_IN_THE_BODY
    )
    total = hashlib.sha256(json.dumps(fields).encode())
    for name, sent in sorted(http.files.items(multi=True)):
        total.update(f"{name}\0{sent.filename}\0".encode())
        digest = hashlib.sha256()
        while chunk := sent.stream.read(_CHUNK_BYTES):
            digest.update(chunk)
        total.update(digest.digest())
        sent.stream.seek(0)
    return total.digest()


def _commit_what_succeeded(response: Response) -> Response:
    """A request that went well is kept whole; one that did not leaves no trace.

    A commit that fails is answered with a 503: nobody is told "done" before it is kept.
    """
    session = g.get("session")
    if session is None:
        return response
    refused = response.status_code >= HTTPStatus.BAD_REQUEST and not g.get("keep")
    if refused or http.method in request.SAFE:
        trying.undo(session)
        return response
    try:
        _keep_answer(response)
        session.commit()
    except (DBAPIError, PoolTimeout) as error:
        trying.undo(session)
        return make_response(problems.answer_database(error))
    for job in g.get("after_commit", ()):
        job()
    return response


def _keep_answer(response: Response) -> None:
    claim = g.get("act")
    if claim is None:
        return
    kept = ("Location", "Content-Type", "ETag")
    answer = {
        "by": claim["doer"],
        "under": claim["key"],
        "status": response.status_code,
        "answer": response.get_data(as_text=True),
        "headers": {name: response.headers[name] for name in kept if name in response.headers},
    }
    session = request.session()
    session.flush()
    session.connection().execute(_ANSWERED, answer)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in _HEADERS.items():
        if name not in headers:
            headers.add(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if http.endpoint != "static":
        # The door too is personal where somebody came in before: it shows names.
        personal = (
            request.who() or http.cookies or cookie.modified or "Set-Cookie" in response.headers
        )
        response.headers.setdefault("Cache-Control", "no-store" if personal else "no-cache")
        response.vary.update(("Cookie", "Accept-Language"))
    return response
