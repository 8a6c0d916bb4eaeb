"""Records of spraying: written on a phone or in the office, shown, struck out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.equipment.queries import places
from coopfarm.kernel.calendar import KINDS
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.queries import plots as land
from coopfarm.members.queries import members_by_id
from coopfarm.pests.actions import sprays as actions
from coopfarm.pests.models import Spray
from coopfarm.pests.queries import numbers, sightings
from coopfarm.pests.queries import sprays as queries
from coopfarm.pests.queries.sprays import Sprayed
from coopfarm.pests.rules import numbers as told_numbers
from coopfarm.pests.rules import sprays as rules
from coopfarm.pests.rules.sightings import TRIAGE, SightingWithoutPlace
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue, words, written

RECORDED = Phrase(
    "done-spray-recorded",
    N_("The spraying is written down, and the plot is locked until the times below."),
)
STRUCK = Phrase(
    "done-spray-struck", N_("The record is struck out with your reason. Its locks are lifted.")
)
_SHOWN: Final = timedelta(days=120)
_LABEL: Final = ("re_entry_hours", "pre_harvest_days", "source", "source_year")


@bp.app_template_filter("dose_unit")
def unit_in_words(unit: str) -> str:
    return words.say(rules.DOSE_UNITS[unit]())


@bp.app_template_filter("spray_lock")
def lock_in_words(one: Sprayed) -> str:
    """Until when the plot is not entered and not harvested; empty once both are over."""
    said = None if one.spray.struck_at else rules.told(one.lock, request.now())
    return words.say(said) if said else ""


@bp.app_template_filter("spray_wind")
def wind_in_words(spray: Spray) -> str:
    said = rules.about_wind(spray.wind_km_h)
    return words.say(said) if said else ""


@bp.get("/pests/sprays")
@request.allowed(*TRIAGE)
def all_sprays() -> ResponseReturnValue:
    """Which plots are locked, and everything that was sprayed in the last months"""
    session, now = request.session(), request.now()
    return pages.show(
        "pests/sprays.html",
        locks=queries.locks(session, now),
        lately=queries.lately(session, now - _SHOWN),
    )


@bp.get("/sprays/new")
@request.allowed()
def new_spray() -> ResponseReturnValue:
    """The form of a spraying: plot, product, dose, wind, and from when to when"""
    sent = {name: request.asked(name) for name in ("plot_code", "campaign_id", "on")}
    return _form(sent, {})


@bp.post("/sprays")
@request.allowed()
def record_spray() -> ResponseReturnValue:
    """Write a spraying down; its plot is locked until the intervals of the product are over"""
    form = request.form()
    try:
        found = actions.record(request.session(), _wish(form), asking.act())
    except (Invalid, Conflict, NotAllowed) as refusal:
        request.session().rollback()
        return _form(form, asking.problem(refusal)), problems.status_of(refusal)
    return pages.done(RECORDED(), "pests.spray", spray_id=found.id)


@bp.get("/sprays/<uuid:spray_id>")
@request.allowed()
def spray(spray_id: UUID) -> ResponseReturnValue:
    """One record, for the office, who sprayed, and whoever farms the plot"""
    session, me = request.session(), request.me()
    found = queries.spray(session, spray_id)
    is_office = bool(me.roles & set(TRIAGE))
    if not is_office and me.member_id not in found.concerned:
        raise rules.NotYourSpray
    return pages.show(
        "pests/spray.html",
        one=found,
        spray=found.spray,
        planned=[] if found.spray.struck_at else _planned(found),
        people=members_by_id(session, [found.spray.made_by, found.spray.struck_by]),
        is_office=is_office,
        now=request.now(),
    )


@bp.post("/sprays/<uuid:spray_id>/strike")
@request.allowed(*TRIAGE)
def strike_spray(spray_id: UUID) -> ResponseReturnValue:
    """Strike a wrong record out, with the reason; it stays readable"""
    actions.strike(request.session(), spray_id, request.form().get("reason", ""), asking.act())
    return pages.done(STRUCK(), "pests.spray", spray_id=spray_id)


def _planned(found: Sprayed) -> list[tuple[str, datetime]]:
    """What has to be moved, with when it begins: what is over by now does not."""
    return [
        (words.say(KINDS[one.time.kind]()), one.time.starts_at)
        for one in queries.planned(request.session(), found.spray)
        if one.time.ends_at > request.now()
    ]


def _form(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session, me = request.session(), request.me()
    is_office = bool(me.roles & set(TRIAGE))
    own = sightings.own_plots(session, me.member_id)
    named = [(one.code, f"{one.name} · {one.code}" if one.name else one.code) for one in own]
    known = numbers.in_force(session, "interval")
    products = queries.known_products(session)
    now = request.now().astimezone(request.zone())
    return pages.show(
        "pests/spray_form.html",
        sent={"plot": named[0][0] if named else "", "product": next(iter(products), ""), **sent},
        errors=errors,
        plots=[*named, ("", gettext("another plot"))] if named else [],
        products=[(one, one) for one in products],
        known=[
            (row, tongue.digits(words.say(told_numbers.interval_told(row.numbers))))
            for row in known
        ],
        units=[(code, words.say(phrase())) for code, phrase in rules.DOSE_UNITS.items()],
        operators=_operators() if is_office else [],
        today=now.date(),
    )


def _operators() -> list[tuple[str, str]]:
    latin = tongue.reads_latin()
    people = land.holders(request.session())
    return [(str(one.id), one.listed(latin=latin)) for one in people]


def _wish(form: Mapping[str, str]) -> rules.Wish:
    code = form.get("plot_code", "").strip() or form.get("plot", "").strip()
    plot = places.plot_coded(request.session(), code)
    if plot is None:
        raise SightingWithoutPlace(field="plot_code")
    area = form.get("area_ha", "").strip()
    return rules.Wish(
        plot_id=plot.id,
        product=form.get("other", "").strip() or form.get("product", ""),
        dose=written.number(form.get("dose", ""), field="dose"),
        dose_unit=form.get("dose_unit", ""),
        area_m2=written.number(area, field="area_ha") * 10_000 if area else None,
        wind_km_h=written.number(form.get("wind_km_h", ""), field="wind_km_h"),
        during=_during(form),
        operator_id=asking.identity(form.get("operator_id", "")),
        label=_label(form),
        note=form.get("note", ""),
        campaign_id=asking.identity(form.get("campaign_id", "")),
    )


def _during(form: Mapping[str, str]) -> Interval:
    """From the hour it began to that at which it ended, past midnight where that is earlier."""
    on = written.day(form.get("on", ""), field="on")
    began, ended = (written.hour(form.get(name, ""), field=name) for name in ("starts", "ends"))
    last = on if ended > began else on + timedelta(days=1)
    zone = request.zone()
    return Interval(
        written.moment(on, began, zone, field="starts"),
        written.moment(last, ended, zone, field="ends"),
    )


def _label(form: Mapping[str, str]) -> rules.Label | None:
    """What the label says, where anything of it was written."""
    if not any(form.get(name, "").strip() for name in _LABEL):
        return None
    hours, days = (written.number(form.get(name, ""), field=name) for name in _LABEL[:2])
    year = asking.whole(form.get("source_year", ""), field="source_year")
    return rules.Label(hours, days, form.get("source", ""), year)
