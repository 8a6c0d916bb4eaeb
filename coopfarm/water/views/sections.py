"""What a wall sheet shows: a section an outlet, in it a row a turn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

import segno
from babel import dates
from flask import url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Canal, Nakka, Outlet, Plot
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.planning.rotation.roster.night import night_minutes
from coopfarm.store.base import same_row
from coopfarm.water.models import Rotation, Turn
from coopfarm.web import times, tongue

_QUIET_MODULES = 4  # ISO/IEC 18004: the empty edge a reader needs around the code
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SheetTurn:
    """A turn with the names that people know it by."""

    place: int
    during: Interval
    plot_code: str
    member_name: str | None
    nakka: str | None

    @property
    def minutes(self) -> int:
        return round(self.during.length.total_seconds() / 60)

    @property
    def is_night(self) -> bool:
        """Whether any of it lies between 18:00 and 06:00 of the cooperative's time."""
        here = times.local(self.during.start)
        return night_minutes(60 * here.hour + here.minute, self.minutes) > 0


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the roster; `begins` names the day or the night where a new one begins."""

    turn: SheetTurn
    begins: str
    begins_at_night: bool
    gives_at: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """One outlet's roster, and the address of its live version."""

    outlet: Outlet
    canal: Canal | None
    turns: Sequence[SheetTurn]
    url: str

    @property
    def qr(self) -> Markup:
        return qr_picture(self.url)

    def rows(self) -> Iterator[SheetRow]:
        """Each turn, and the nakka at which it gives the water to the next."""
        before = ""
        for turn, after in zip(self.turns, [*self.turns[1:], None], strict=True):
            half = half_day(turn.during.start)
            yield SheetRow(
                turn,
                begins="" if half == before else half,
                begins_at_night=times.is_night(turn.during.start),
                gives_at=after.nakka if after else None,
            )
            before = half

    def halves(self) -> Iterator[tuple[str, Sequence[SheetTurn]]]:
        """The turns by the day or the night in which they begin, named in full."""
        for name, turns in groupby(self.turns, lambda turn: times.which_day(turn.during.start)):
            yield name, tuple(turns)


def sections(session: Session, plan: Rotation, outlet_code: str = "") -> list[Section]:
    """The outlets that have turns under a plan, or the one asked for. Raises Missing."""
    turns = _turns(session, plan)
    found = [
        Section(outlet, canal, turns[outlet.id], live_url(plan, outlet.code))
        for outlet, canal in _outlets(session)
        if outlet.id in turns and outlet_code in ("", outlet.code)
    ]
    if outlet_code and not found:
        raise Missing
    return found


def half_day(moment: datetime) -> str:
    """`Fri 27 Nov`, or for a night `Thu–Fri 27 Nov`: both its days, so that it is no other."""
    here = times.local(moment)
    if not times.is_night(moment):
        return _short_day(here.date())
    morning = here.date() + (_ONE_DAY if here.hour >= times.NIGHT_FALLS else timedelta())
    return f"{times.short_weekday(morning - _ONE_DAY)}–{_short_day(morning)}"


def qr_picture(url: str) -> Markup:
    """The QR code of a URL as SVG without styles, which every printer and policy takes."""
    code = segno.make_qr(url, error="m")
    drawn = code.svg_inline(border=_QUIET_MODULES, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 (squares only: nothing of the URL is in it as text)


def live_url(plan: Rotation, outlet_code: str = "") -> str:
    """The address of a sheet as it is at the moment somebody looks."""
    code = outlet_code or None
    return str(url_for("water.roster", plan_id=plan.id, outlet=code, _external=True))


def versions_replaced(session: Session, plan: Rotation) -> Sequence[int]:
    """The versions of the plans that this one took the place of."""
    query = select(Rotation.version).where(Rotation.replaced_by_id == plan.id)
    return session.scalars(query.order_by(Rotation.version)).all()


def plan_that_holds(session: Session, plan: Rotation) -> tuple[UUID, int] | None:
    """The id and version of what is in force instead of a superseded plan, if anything is."""
    step = plan.replaced_by_id
    while step is not None:
        query = select(Rotation.state, Rotation.version, Rotation.replaced_by_id)
        state, version, after = session.execute(query.where(Rotation.id == step)).one()
        if state == "in_force":
            return step, version
        step = after
    return None


def _turns(session: Session, plan: Rotation) -> Mapping[UUID, Sequence[SheetTurn]]:
    """The turns of a plan by outlet, in their order."""
    query = (
        select(
            Turn.outlet_id,
            Turn.place,
            Turn.starts_at,
            Turn.ends_at,
            Plot.code,
            called(latin=False),
            Nakka.label,
        )
        .join(Plot, same_row(Plot, Turn.plot_id, Turn))
        .outerjoin(Member, same_row(Member, Turn.member_id, Turn))
        .outerjoin(Nakka, same_row(Nakka, Plot.nakka_id, Turn))
        .where(Turn.rotation_id == plan.id)
        .order_by(Turn.outlet_id, Turn.place)
    )
    found: dict[UUID, list[SheetTurn]] = {}
    for outlet, place, start, end, *names in session.execute(query):
        found.setdefault(outlet, []).append(SheetTurn(place, Interval(start, end), *names))
    return found


def _outlets(session: Session) -> Sequence[tuple[Outlet, Canal | None]]:
    query = (
        select(Outlet, Canal)
        .outerjoin(Canal, same_row(Canal, Outlet.canal_id, Outlet))
        .order_by(Outlet.code)
    )
    return [(outlet, canal) for outlet, canal in session.execute(query)]


def _short_day(on: date) -> str:
    return tongue.digits(dates.format_date(on, "EEE d MMM", locale=tongue.locale()))
