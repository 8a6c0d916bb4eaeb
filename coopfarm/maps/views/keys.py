"""The address of the map for other programs: shown, made, revoked."""

from typing import cast

from flask import current_app, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.config import Settings
from coopfarm.kernel.words import N_, Phrase
from coopfarm.maps.actions import keys as actions
from coopfarm.maps.queries import keys
from coopfarm.maps.views.door import bp
from coopfarm.web import pages, request

MADE = Phrase("done-map-key-made", N_("Here is the new address. An older one answers no longer."))
REVOKED = Phrase("done-map-key-revoked", N_("The address answers no longer."))


@bp.get("/map/key")
@request.allowed(*keys.READS)
def key() -> ResponseReturnValue:
    """The address at which map programs such as QGIS read what I see on the map"""
    return pages.show("maps/key.html", address=_address())


@bp.post("/map/key")
@request.allowed(*keys.READS)
def make_key() -> ResponseReturnValue:
    """Make an address for map programs; one from before is worthless"""
    me, pepper = request.me().member_id, _settings().pepper
    actions.make(request.session(), me, pepper=pepper, now=request.now())
    return pages.done(MADE(), "maps.key")


@bp.post("/map/key/revoke")
@request.allowed(*keys.READS)
def revoke_key() -> ResponseReturnValue:
    """Have my address for map programs answer no longer"""
    actions.revoke(request.session(), request.me().member_id, now=request.now())
    return pages.done(REVOKED(), "maps.key")


def _address() -> str:
    found = keys.of_member(request.session(), request.me().member_id)
    if found is None:
        return ""
    secret = actions.token(found, _settings().pepper)
    base = (_settings().public_url or http.host_url).rstrip("/")
    return f"{base}{url_for('maps.ogc_landing', secret=secret)}"


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["coopfarm_settings"])
