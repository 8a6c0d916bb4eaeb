"""Where the gateway speaks to us: reports, and messages from members."""

import hmac
from typing import cast

from flask import Blueprint, Response, current_app, make_response
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Missing
from coopfarm.sms import actions, rules
from coopfarm.sms.actions import PostOffice
from coopfarm.store.tenancy import TenantSession
from coopfarm.web import request

api = Blueprint("sms_api", __name__)
_HOOKS = ("receive", "report", "sent", "delivered", "failed")


@api.route("/sms/hooks/<secret>/<hook>", methods=["GET", "POST"])
@request.open_to_all
def hear(secret: str, hook: str) -> ResponseReturnValue:
    """Take what the gateway tells; whoever does not know the address finds nothing here."""
    office = _post_office()
    gateway = office.gateway
    known = hmac.compare_digest(secret.encode(), office.secret.encode())
    if not known or gateway is None or hook not in _HOOKS:
        raise Missing
    heard = _heard(hook)
    if not gateway.is_genuine(heard):
        raise rules.NotGenuine
    # Kannel reports by GET, whose session may not write: this has a transaction of its own.
    with request.database().transaction() as session:
        _keep(session, gateway, heard)
    return _reply(gateway)


def _post_office() -> PostOffice:
    return cast(PostOffice, current_app.extensions["coopfarm_sms"])


def _heard(hook: str) -> rules.Heard:
    """What was sent, with the exact public URL it was sent to: signatures are over that."""
    told = http.form if http.method == "POST" else http.args
    public = _post_office().hooks.removesuffix(f"/sms/hooks/{_post_office().secret}")
    query = http.query_string.decode("latin-1")
    return rules.Heard(
        hook=hook,
        url=f"{public}{http.path}" + (f"?{query}" if query else ""),
        fields=told.to_dict(),
        query=http.args.to_dict(),
        headers={"X-Twilio-Signature": http.headers.get("X-Twilio-Signature", "")},
        is_form=http.method == "POST",
    )


def _keep(session: TenantSession, gateway: rules.Gateway, heard: rules.Heard) -> None:
    now = request.now()
    report = gateway.report(heard)
    if report is not None:
        actions.keep_report(session, report, now)
        return
    incoming = gateway.received(heard)
    if incoming is not None:
        whose = cast(actions.Whose, current_app.extensions["coopfarm_sms_whose"])
        actions.keep_incoming(session, incoming, gateway=gateway.name, whose=whose, now=now)


def _reply(gateway: rules.Gateway) -> Response:
    kind, text = gateway.reply
    response = make_response(text)
    response.content_type = kind
    return response
