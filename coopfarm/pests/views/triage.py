"""The office looks at sightings: the oldest first."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.members.rules import sight
from coopfarm.pests.actions import triage as actions
from coopfarm.pests.queries import sightings
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import sightings as rules
from coopfarm.pests.views import asking, telling
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue

DECIDED = Phrase(
    "done-sighting-decided", N_("Written down: %(stands)s. Who told of it reads it now.")
)
MEASURED: Final = timedelta(days=90)


@pages.counted("pests.queue")
def _count() -> int:
    return sightings.count_waiting(request.session())


@bp.get("/pests/triage")
@request.allowed(*rules.TRIAGE)
def queue() -> ResponseReturnValue:
    """What waits to be looked at, the oldest first, and how long such things wait"""
    session, now = request.session(), request.now()
    return pages.show(
        "pests/triage.html",
        waiting=sightings.waiting(session),
        decided=sightings.decided(session),
        waited=sightings.waited(session, now - MEASURED),
        days=MEASURED.days,
        now=now,
    )


@bp.get("/pests/triage/<uuid:sighting_id>")
@request.allowed(*rules.TRIAGE)
def look(sighting_id: UUID) -> ResponseReturnValue:
    """One sighting with all that is known of it"""
    return _page(sighting_id, {}, {})


@bp.post("/pests/triage/<uuid:sighting_id>")
@request.allowed(*rules.TRIAGE)
def decide(sighting_id: UUID) -> ResponseReturnValue:
    """Verify, correct or reject a sighting; who told of it reads the decision"""
    form = request.form()
    decision = actions.Decision(form.get("state", ""), form.get("pest", ""), form.get("note", ""))
    try:
        found = actions.decide(request.session(), sighting_id, decision, asking.act())
    except Invalid as refusal:
        request.session().rollback()
        page = _page(sighting_id, form.to_dict(), asking.problem(refusal))
        return page, problems.status_of(refusal)
    return pages.done(DECIDED(stands=rules.STATES[found.state]()), "pests.queue")


def _page(sighting_id: UUID, sent: dict[str, str], errors: dict[str, str]) -> str:
    session = request.session()
    seen = sightings.seen(session, sighting_id)
    latin = tongue.reads_latin()
    teller = members.member(session, seen.sighting.member_id)
    return pages.show(
        "pests/look.html",
        seen=seen,
        sighting=seen.sighting,
        teller=sight.called(teller.called(latin=latin), teller.number, request.me().roles),
        sketch=telling.sketched(seen),
        pests=[*catalogue.PESTS],
        waits=seen.sighting.state == "submitted",
        sent=sent,
        errors=errors,
    )
