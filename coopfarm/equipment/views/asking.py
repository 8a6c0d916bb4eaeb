"""Who books for whom, and what the forms of booking send."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from flask import current_app
from marshmallow import ValidationError

from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import BOOKING_STATES, CATEGORIES, JOBS, MACHINE_STATES, OFFICE
from coopfarm.equipment.rules.work import Rig
from coopfarm.equipment.schemas.booking import BookSchema
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing, NotAllowed
from coopfarm.kernel.words import Name
from coopfarm.members import queries as members
from coopfarm.web import request, times, tongue, words, written

FARTHEST: Final = timedelta(days=730)
_LISTS: Final = frozenset({"machine_ids"})


@bp.app_template_filter("job")
def job_in_words(job: str) -> str:
    return words.say(JOBS[job]()) if job in JOBS else job


@bp.app_template_filter("category")
def category_in_words(category: str) -> str:
    return words.say(CATEGORIES[category]()) if category in CATEGORIES else category


@bp.app_template_filter("booking_state")
def booking_state_in_words(state: str) -> str:
    return words.say(BOOKING_STATES[state]())


@bp.app_template_filter("machine_state")
def machine_state_in_words(state: str) -> str:
    return words.say(MACHINE_STATES[state]())


@bp.app_template_filter("machine_name")
def machine_name(machine: Machine | Rig) -> str:
    """How a machine is called on this page."""
    return words.shown("machine", machine.named if isinstance(machine, Machine) else machine.name)


@bp.app_template_filter("local_day")
def local_day(moment: datetime) -> date:
    """The day of a moment in the cooperative's time, as addresses have it."""
    return times.local(moment).date()


def whose(member_id: UUID | None = None) -> Whose:
    """For whom it is booked: oneself, or whom the office books for. Raises NotAllowed, Missing."""
    me = request.me()
    if member_id and member_id != me.member_id:
        if not me.roles & set(OFFICE):
            raise NotAllowed
        members.member(request.session(), member_id)
    return Whose(
        member_id=member_id or me.member_id,
        by_id=me.member_id,
        roles=me.roles,
        now=request.now(),
        zone=request.zone(),
        latin=tongue.reads_latin(),
    )


def wanted() -> tuple[Wanted, UUID | None]:
    """What the form of a slot asks for, and for whom. Raises FieldUnusable and NoLength."""
    form = request.form()
    names = [name for name in BookSchema().fields if form.get(name)]
    raw: dict[str, Any] = {n: form.getlist(n) if n in _LISTS else form[n] for n in names}
    try:
        sent: Mapping[str, Any] = BookSchema().load(raw)
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise request.misfit(messages) from error
    asked = Wanted(
        machine_ids=tuple(sent["machine_ids"]),
        job=sent["job"],
        during=stretch(sent["starts_at"], sent["ends_at"]),
        plot_id=sent["plot_id"],
        note=sent["note"].strip(),
        override_reason=sent["override_reason"].strip(),
    )
    return asked, sent["member_id"]


def stretch(starts_at: datetime, ends_at: datetime) -> Interval:
    """Raises NoLength."""
    if ends_at <= starts_at:
        raise no.NoLength(field="ends_at")
    return Interval(starts_at, ends_at)


def as_times(offer: Mapping[str, object]) -> dict[str, object]:
    """An offer as programs get it, with its moments and its machine to be told."""
    starts, ends = (datetime.fromisoformat(str(offer[name])) for name in ("starts_at", "ends_at"))
    machine = words.shown("machine", cast(Name, offer["machine"]))
    return {**offer, "machine": machine, "starts": starts, "ends": ends}


def identity(name: str) -> UUID | None:
    """An id in the query; None where there is none. Raises Missing for what is no id."""
    text = request.asked(name)
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Missing from error


def day_asked() -> date | None:
    """The day of the query, at least today and not beyond two years; None where none is asked."""
    text = request.asked("on")
    if not text:
        return None
    today = request.now().astimezone(request.zone()).date()
    return min(max(written.day(text, field="on"), today), today + FARTHEST)


def has(endpoint: str) -> bool:
    """Whether there is such a page."""
    return endpoint in current_app.view_functions
