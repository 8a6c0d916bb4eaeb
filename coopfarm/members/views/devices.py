"""Who came in on this device before: a signed cookie with as little as that takes."""

import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import Response, current_app
from flask import request as http
from itsdangerous import BadSignature, URLSafeSerializer

from coopfarm.members import actions, rules
from coopfarm.web import request

_KEPT_SECONDS: Final = 365 * 24 * 3600
_MOST: Final = 8  # a household round one phone; a cookie has room for little more


class Tile(NamedTuple):
    """Somebody to choose at the door. Who comes in by name and password is known without one."""

    account_id: UUID
    name: str


class Device(NamedTuple):
    """This device, and who came in on it, the latest first."""

    id: str
    people: Sequence[Tile] = ()

    @property
    def tiles(self) -> Sequence[Tile]:
        return [one for one in self.people if one.name]


def this_device() -> Device:
    """The device as its cookie tells; one that is not known yet where there is none."""
    try:
        told = _signer().loads(http.cookies.get(_cookie_name(), ""))
        people = [Tile(UUID(account_id), str(name)) for account_id, name in told["people"]]
        return Device(str(told["id"]), people)
    except (BadSignature, KeyError, TypeError, ValueError):
        return Device("")


def origin() -> actions.Origin:
    """Where this request comes from, for the counting of tries."""
    device = this_device()
    return actions.Origin(
        network=rules.network_of(request.address()),
        device=request.device(),
        device_id=device.id,
        knows=frozenset(one.account_id for one in device.people),
    )


def remember(response: Response, account_id: UUID, name: str) -> None:
    """Know this account on this device from now on."""
    device = this_device()
    others = [one for one in device.people if one.account_id != account_id]
    people = [Tile(account_id, name), *others][:_MOST]
    _keep(response, Device(device.id or secrets.token_urlsafe(12), people))


def forget(response: Response, account_id: UUID) -> None:
    """Know nothing of this account on this device."""
    device = this_device()
    _keep(response, Device(device.id, [p for p in device.people if p.account_id != account_id]))


def _keep(response: Response, device: Device) -> None:
    told: dict[str, Any] = {
        "id": device.id,
        "people": [[one.account_id.hex, one.name] for one in device.people],
    }
    response.set_cookie(
        _cookie_name(),
        str(_signer().dumps(told)),
        max_age=_KEPT_SECONDS if device.people else 0,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="coopfarm device")
