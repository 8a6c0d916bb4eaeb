"""A spraying is written down, locks its plot, and may be struck out; it never changes.

No function here commits.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from coopfarm.kernel.calendar import PRE_HARVEST, RE_ENTRY, Entry
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.land.models import Plot
from coopfarm.land.queries import plots as land
from coopfarm.members import queries as members
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.actions import telling
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import Spray
from coopfarm.pests.queries import sprays as queries
from coopfarm.pests.rules import numbers as told_numbers
from coopfarm.pests.rules import sprays as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession

# Short enough to be one message or two in any script.
MOVE_IT: Final = Phrase(
    "sms-spray-locks",
    N_("Plot %(plot)s was sprayed: keep off it until %(until)s. What you have there must move."),
)
_KINDS: Final = (RE_ENTRY, PRE_HARVEST)
_TOLD: Final = 2  # whose calendar tells of it: who holds the plot, and who works it


def record(session: TenantSession, wish: rules.Wish, act: Act) -> Spray:
    """Write down what was sprayed, and lock the plot until its intervals are over.

    Nothing that was planned there before is taken away; who is concerned is told. Raises what
    `rules.check` and `rules.check_area` do, NotYourPlotToSpray, SprayWithoutInterval,
    SprayIntervalKnown, SprayTold and Missing.
    """
    rules.check(wish, act.now)
    plot = land.plot(session, wish.plot_id)
    queries.check_campaign(session, wish.campaign_id)
    _check_may(session, wish, plot, act)
    found = _made(session, wish, plot, act)
    session.add(found)
    with (
        kept_by("uq_sprays_once", rules.SprayTold()),
        kept_by("sprays.began_at", rules.SprayTold()),
    ):
        session.flush()
    _lock(session, found, plot)
    _note(session, "spray.record", found, act, after=_audited(found))
    _tell(session, found, plot, act)
    return found


def strike(session: TenantSession, spray_id: UUID, reason: str, act: Act) -> Spray:
    """Strike a record out, with the reason; its locks are lifted, and it stays readable.

    Raises SprayReasonMissing, SprayTextUnusable, SprayStruckAlready and NotYourSpray.
    """
    plain = rules.text(reason, "reason", rules.LONGEST_NOTE)
    if not plain:
        raise rules.SprayReasonMissing(field="reason")
    shown = queries.spray(session, spray_id, for_update=True)
    found = shown.spray
    if found.struck_at is not None:
        raise rules.SprayStruckAlready
    found.struck_at, found.struck_by, found.strike_reason = act.now, act.by_id, plain
    session.flush()
    plot_calendar.erase(session, [uuid5(found.id, kind) for kind in _KINDS])
    person_calendar.erase(session, [_of(found, kind, n) for kind in _KINDS for n in range(_TOLD)])
    _note(session, "spray.strike", found, act, after={"reason": plain})
    return found


def _check_may(session: TenantSession, wish: rules.Wish, plot: Plot, act: Act) -> None:
    is_own = act.by_id in (plot.holder_id, plot.worker_id)
    if is_own or act.roles & set(TRIAGE):
        return
    if not queries.worked_there(session, act.by_id, plot.id, wish.during):
        raise rules.NotYourPlotToSpray(field="plot_code")


def _made(session: TenantSession, wish: rules.Wish, plot: Plot, act: Act) -> Spray:
    label = _label(session, wish, plot)
    enter, harvest = rules.clear_times(wish.during.end, label)
    operator = wish.operator_id if act.roles & set(TRIAGE) else None
    area = plot.net_area_m2 if wish.area_m2 is None else wish.area_m2
    return Spray(
        id=uuid4(),
        plot_id=plot.id,
        campaign_id=wish.campaign_id,
        crop=plot.crop or "",
        product=" ".join(wish.product.split()),
        dose=wish.dose,
        dose_unit=wish.dose_unit,
        area_m2=rules.check_area(area, plot.code, plot.gross_area_m2),
        wind_km_h=wish.wind_km_h,
        operator_id=members.member(session, operator or act.by_id).id,
        began_at=wish.during.start,
        ended_at=wish.during.end,
        number_id=label.number_id,
        re_entry_hours=label.re_entry_hours,
        pre_harvest_days=label.pre_harvest_days,
        interval_source=" ".join(label.source.split()),
        interval_year=label.year,
        re_entry_until=enter,
        pre_harvest_until=harvest,
        note=rules.text(wish.note, "note", rules.LONGEST_NOTE),
        made_by=act.by_id,
        made_at=act.now,
    )


def _label(session: TenantSession, wish: rules.Wish, plot: Plot) -> rules.Label:
    """What the cooperative goes by; else what the label says."""
    product = " ".join(wish.product.split())
    known = queries.label_of(session, product, plot.crop or "")
    if known is None:
        if wish.label is None:
            raise rules.SprayWithoutInterval(field="re_entry_hours", product=product)
        return wish.label
    if wish.label is not None:
        numbers = {
            "crop": plot.crop or "",
            "re_entry_hours": known.re_entry_hours,
            "pre_harvest_days": known.pre_harvest_days,
        }
        raise rules.SprayIntervalKnown(
            field="re_entry_hours",
            product=product,
            number=told_numbers.interval_told(numbers),
        )
    return known


def _lock(session: TenantSession, found: Spray, plot: Plot) -> None:
    """Tell the calendars of the plot, and of who farms it; turns and people are not refused."""
    plot_calendar.write(
        session,
        (
            Entry(uuid5(found.id, kind), plot.id, kind, during, is_hard=False, what=found.product)
            for kind, during in _stretches(found)
        ),
    )
    people = dict.fromkeys(one for one in (plot.holder_id, plot.worker_id) if one)
    person_calendar.write(
        session,
        (
            Entry(_of(found, kind, number), one, kind, during, is_hard=False)
            for kind, during in _stretches(found)
            for number, one in enumerate(people)
        ),
    )


def _stretches(found: Spray) -> Iterator[tuple[str, Interval]]:
    """From when it began: whoever sprays is on the plot, and nobody else."""
    yield RE_ENTRY, Interval(found.began_at, found.re_entry_until)
    yield PRE_HARVEST, Interval(found.began_at, found.pre_harvest_until)


def _of(found: Spray, kind: str, number: int) -> UUID:
    return uuid5(found.id, f"{kind}:{number}")


def _tell(session: TenantSession, found: Spray, plot: Plot, act: Act) -> None:
    """Who has a machine or a place on the plot within the lock hears that it must move."""
    until = {False: found.re_entry_until, True: max(found.re_entry_until, found.pre_harvest_until)}
    for one in queries.planned(session, found):
        if one.time.starts_at <= act.now:
            continue
        said = MOVE_IT(plot=plot.code, until=until[one.is_harvest])
        for member_id in one.member_ids:
            telling.tell(session, telling.Notice(member_id, said, good_until=one.time.starts_at))


def _audited(found: Spray) -> dict[str, Any]:
    return {
        "plot": str(found.plot_id),
        "product": found.product,
        "dose": found.dose,
        "dose_unit": found.dose_unit,
        "operator": str(found.operator_id),
        "ended_at": found.ended_at.isoformat(),
        "re_entry_until": found.re_entry_until.isoformat(),
        "pre_harvest_until": found.pre_harvest_until.isoformat(),
    }


def _note(session: TenantSession, verb: str, found: Spray, act: Act, **more: Any) -> None:
    audit.record(session, verb, found, actor_id=act.by_id, at=act.now, **more)
