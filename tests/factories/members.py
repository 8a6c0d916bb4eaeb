"""People for tests."""

import itertools
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopfarm.members import actions, rules
from coopfarm.members.models import Member, SecondFactor
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession

PIN = "407319"
DOOR = "/sign-in?other=1"  # where anybody may type a number, whoever was here before
SALT = "the salt of every authenticator in the tests"
_numbers = itertools.count(1)


def make_member(session: TenantSession, *roles: str, name: str = "Amina", **more: Any) -> Member:
    """A member of the session's cooperative, without a way to sign in."""
    serial = next(_numbers)
    member = Member(
        number=more.pop("number", "") or f"M-{serial:04}",
        name=name,
        joined_on=date(2020, 1, 1),
        **more,
    )
    session.add(member)
    session.flush()
    for role in roles or ("member",):
        actions.give_role(session, member, role)
    session.flush()
    return member


@dataclass
class Visitor:
    """Somebody at a browser: signs in once, and sends each act with its key and token."""

    client: FlaskClient
    member_id: UUID
    phone: str
    key: str = ""

    @classmethod
    def settle(
        cls,
        app: Flask,
        database: Database,
        cooperative_id: int,
        roles: tuple[str, ...],
        *,
        name: str,
        number: str,
    ) -> "Visitor":
        phone = f"+2010{next(_numbers):08}"
        now = app.extensions["coopfarm_clock"]()
        with database.transaction(cooperative_id) as session:
            member = make_member(session, *roles, name=name, number=number, phone=phone)
            pepper = app.extensions["coopfarm_settings"].pepper
            account = actions.open_account(session, member, phone=phone, secret=PIN, pepper=pepper)
            if rules.DUTY & set(roles):
                session.add(SecondFactor(account_id=account.id, salt=SALT, made_at=now))
            # What signing in leads to, without waiting for it in every test.
            token = actions.begin_session(
                session, account, member, device="", now=now, second_factor="code"
            )
            visitor = cls(app.test_client(), member.id, phone)
            visitor.key = actions.authenticator_key(account.id, SALT, pepper)
        with visitor.client.session_transaction() as cookie:
            cookie["token"], cookie.permanent = token, True
        return visitor

    def sign_in(self, pin: str = PIN) -> TestResponse:
        """By number and PIN, as one does who has no second factor to show."""
        return self.post("/sign-in", {"name": self.phone, "secret": pin}, page=DOOR)

    def give_code(self, code: str) -> TestResponse:
        """Show the second factor, after the PIN."""
        page = "/sign-in/second-factor"
        return self.post(page, {"code": code}, page=page)

    def code_at(self, moment: datetime) -> str:
        """What the authenticator shows then."""
        return pyotp.TOTP(self.key).at(moment)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        page: str = "",
        key: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """Send a form as a page of ours, or the phone's outbox, would: with token and key."""
        sent = {
            "csrf_token": self.token(page),
            "idempotency_key": key or str(uuid4()),
            **(data or {}),
        }
        return self.client.post(path, data=sent, **more)

    def send(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        """Send JSON as a program would."""
        heads = {"Idempotency-Key": str(uuid4()), "Accept": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.open(path, method=method, json=json, headers=heads)

    def token(self, page: str = "") -> str:
        standing = None if page else self.get("/outbox/standing.json").json
        if standing and "csrf_token" in standing:
            return str(standing["csrf_token"])
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page or "/").text)
        return found.group(1) if found else ""
