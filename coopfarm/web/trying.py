"""An act that others were in the way of: what it holds is given up, or it is done anew."""

import random
import time
from typing import Final

from flask import current_app, g
from flask import request as http
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from coopfarm.kernel.refusal import Refusal
from coopfarm.store.tenancy import TenantSession
from coopfarm.web import problems, request

# Of PostgreSQL: a deadlock, a transaction out of order, a lock that was not given in time.
_IN_THE_WAY = frozenset({"40P01", "40001", "55P03"})
_TRIES: Final = 3
_PAUSE_S: Final = 0.02


def let_go() -> None:
    """Give up what a refused act wrote and holds, before its answer is worked out.

    The request's session only reads from here on; rows that it has read stay as they were read.
    """
    session: TenantSession | None = g.get("session")
    if session is None or http.method in request.SAFE or g.get("keep"):
        return
    session.expunge_all()
    undo(session)
    session.bind, session.autoflush = request.database().reading().bind, False


def try_again(error: DBAPIError) -> ResponseReturnValue:
    """Do an act anew that others were in the way of, from who asks on; else a 503.

    An act that sent files is not: its view may have read them to their end.
    """
    tries = g.get("tries", 0) + 1
    # Its key is held, or it did not come so far.
    is_once = "act" in g or ("me" not in g and "token" in cookie)
    is_safe = is_once and http.method not in request.SAFE and not http.files and not g.get("keep")
    if not (is_safe and tries <= _TRIES and _was_in_the_way(error)):
        return problems.answer_database(error)
    _begin_anew()
    g.tries = tries
    time.sleep(random.uniform(0, _PAUSE_S * 2**tries))  # noqa: S311 (who is first, not a secret)
    app = current_app
    try:
        response = app.preprocess_request()
        return app.dispatch_request() if response is None else response
    except (Refusal, HTTPException, DBAPIError, PoolTimeout) as again:
        return app.handle_user_exception(again)


def _was_in_the_way(error: DBAPIError) -> bool:
    """Whether others held what was wanted, and may have given it up by now."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _IN_THE_WAY or "database is locked" in str(error.orig)


def _begin_anew() -> None:
    """Have nothing of this request's first try left, in the database or beside it."""
    close(None)
    for name in [*g]:
        g.pop(name)


def undo(session: TenantSession) -> None:
    """Roll back; a database that is gone has forgotten the transaction by itself."""
    try:
        session.rollback()
    except DBAPIError:
        session.invalidate()


def close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()
