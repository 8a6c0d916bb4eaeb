"""The day for whoever leads the crew: the square and six digits, the list, the end."""

from typing import Final, cast
from uuid import UUID

import segno
from flask import current_app, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from coopfarm.config import Settings
from coopfarm.kernel.words import N_, Phrase
from coopfarm.parties.actions import day
from coopfarm.parties.models import WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.tasks import RUNS
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, request

_QUIET_MODULES: Final = 4
_COUNTED = Phrase("party-counted", N_("The list is kept."))
_DONE = Phrase("party-done", N_("Done. The office enters the hours for everybody who came."))


@bp.get("/parties/<uuid:party_id>/lead")
@request.allowed()
def lead(party_id: UUID) -> ResponseReturnValue:
    """For whoever leads: the square to scan, the six digits, and the list of the crew"""
    session, who = request.session(), asking.who()
    found = known.party(session, party_id)
    if not who.is_office and not known.leads(session, party_id, who.member_id):
        raise no.NotLeading
    crew = known.crew(session, party_id)
    return pages.show(
        "parties/lead.html",
        party=found,
        crew=crew,
        qr=_qr(found),
        runs=found.state in RUNS,
        witnesses=[one for one in crew if one.member.id != who.member_id],
    )


@bp.post("/parties/<uuid:party_id>/count")
@request.allowed()
def count(party_id: UUID) -> ResponseReturnValue:
    """Keep the leader's list: who came, and by which witness who did not"""
    form, session = request.form(), request.session()
    crew = known.crew(session, party_id)
    said = {one.place.id: form.get(f"came-{one.place.id}", "") for one in crew}
    came = {place_id: answer == "yes" for place_id, answer in said.items() if answer}
    witness = asking.identity(form.get("witness", ""))
    day.count(session, party_id, came, witness, asking.who())
    return pages.done(_COUNTED(), "parties.lead", party_id=party_id)


@bp.post("/parties/<uuid:party_id>/done")
@request.allowed()
def done(party_id: UUID) -> ResponseReturnValue:
    """Say that the work is done"""
    day.finish(request.session(), party_id, asking.who())
    return pages.done(_DONE(), "parties.lead", party_id=party_id)


def _qr(found: WorkParty) -> Markup:
    settings = cast(Settings, current_app.extensions["coopfarm_settings"])
    base = settings.public_url or http.host_url.rstrip("/")
    path = url_for("parties.at_the_square", party_id=found.id, secret=found.tag)
    code = segno.make_qr(f"{base.rstrip('/')}{path}", error="m")
    drawn = code.svg_inline(
        border=_QUIET_MODULES, light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 (squares only: nothing of the address is in it as text)
