"""Traps as series of counts, and what is proposed where a threshold is crossed."""

from collections.abc import Mapping
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.queries import places
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests.actions import proposals
from coopfarm.pests.actions import traps as actions
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.queries.scouting import Emptied
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import crossing as rules
from coopfarm.pests.rules.scouting import NotYourScouting
from coopfarm.pests.rules.sightings import TRIAGE, SightingWithoutPlace
from coopfarm.pests.rules.windows import curve
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue, words, written

SET = Phrase("done-trap-set", N_("The trap is set. Who works the plot can enter its counts."))
COUNTED = Phrase("done-trap-emptied", N_("The count is written down."))
TAKEN_IN = Phrase("done-trap-taken-in", N_("The trap is taken in. Its counts stay."))
DISMISSED = Phrase("done-proposal-dismissed", N_("Dismissed, with your reason."))


@bp.app_template_filter("proposal_state")
def state_in_words(state: str) -> str:
    return words.say(rules.PROPOSAL_STATES[state]())


@bp.get("/pests/traps")
@request.allowed(*TRIAGE)
def traps() -> ResponseReturnValue:
    """The traps that stand, each as a series of counts, with an alert where one is too high"""
    return _page({}, {})


@bp.post("/pests/traps")
@request.allowed(*TRIAGE)
def set_trap() -> ResponseReturnValue:
    """Set a trap for a pest on a plot"""
    form = request.form()
    try:
        plot = places.plot_coded(request.session(), form.get("plot_code", "").strip())
        if plot is None:
            raise SightingWithoutPlace(field="plot_code")
        set_on = written.day(form.get("set_on", ""), field="set_on")
        code, pest, lure = (form.get(name, "") for name in ("code", "pest", "lure"))
        new = actions.NewTrap(code, pest, plot.id, lure, set_on)
        found = actions.set_trap(request.session(), new, asking.act())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(form, asking.problem(refusal)), problems.status_of(refusal)
    return pages.done(SET(), "pests.trap", trap_id=found.id)


@bp.get("/traps/<uuid:trap_id>")
@request.allowed()
def trap(trap_id: UUID) -> ResponseReturnValue:
    """One trap with its counts, for who looks after it and the office"""
    session, me = request.session(), request.me()
    found = queries.trap(session, trap_id)
    if found.trap.member_id != me.member_id and not me.roles & set(TRIAGE):
        raise NotYourScouting
    threshold = _threshold(found)
    rtl = tongue.text_direction() == "rtl"
    return pages.show(
        "pests/trap.html",
        found=found,
        threshold=threshold,
        is_alarm=rules.alarms(found.rates, threshold),
        drawn=curve(found.rates, max(threshold or 0.0, *found.rates), rtl=rtl)
        if any(found.rates)
        else None,
        may_take_in=bool(me.roles & set(TRIAGE)) and found.trap.taken_in_on is None,
        today=request.now().astimezone(request.zone()).date(),
    )


@bp.post("/traps/<uuid:trap_id>")
@request.allowed()
def empty_trap(trap_id: UUID) -> ResponseReturnValue:
    """Write a count down: who looks after the trap, and the office"""
    form = request.form()
    count = (
        written.day(form.get("on_day", ""), field="on_day"),
        asking.whole(form.get("caught", ""), field="caught"),
        asking.whole(form.get("nights", ""), field="nights"),
    )
    actions.empty(request.session(), trap_id, count, asking.act())
    return pages.done(COUNTED(), "pests.trap", trap_id=trap_id)


@bp.post("/traps/<uuid:trap_id>/take-in")
@request.allowed(*TRIAGE)
def take_trap_in(trap_id: UUID) -> ResponseReturnValue:
    """Take a trap in"""
    actions.take_in(request.session(), trap_id, asking.act())
    return pages.done(TAKEN_IN(), "pests.traps")


@bp.get("/pests/proposals")
@request.allowed(*TRIAGE)
def all_proposals() -> ResponseReturnValue:
    """Where a threshold was crossed: what is proposed, and what was decided"""
    return pages.show("pests/proposals.html", proposals=queries.proposals(request.session()))


@bp.post("/pests/proposals/<uuid:proposal_id>/dismiss")
@request.allowed(*TRIAGE)
def dismiss_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Decide that nothing is done, with the reason"""
    reason = request.form().get("reason", "")
    proposals.dismiss(request.session(), proposal_id, reason, asking.act())
    return pages.done(DISMISSED(), "pests.all_proposals")


def _threshold(found: Emptied) -> float | None:
    """The lowest published for what is caught a night on this crop, if one is."""
    fitting = [
        one.value
        for one in queries.thresholds(request.session(), found.trap.pest)
        if one.measure == "per_trap_night" and one.crop in ("", found.plot.crop)
    ]
    return min(fitting, default=None)


def _page(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    found = queries.traps(request.session())
    return pages.show(
        "pests/traps.html",
        traps=[(one, rules.alarms(one.rates, _threshold(one))) for one in found],
        pests=[(code, words.say(one.name())) for code, one in catalogue.PESTS.items()],
        today=request.now().astimezone(request.zone()).date(),
        sent=sent,
        errors=errors,
    )
