"""A predicted window is put into the calendar of plots and people, and taken out again.

No function here commits.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.land.models import Plot
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import PestNumber, PestWindow
from coopfarm.pests.queries import windows as queries
from coopfarm.pests.rules.windows import NoPlotsOfCrop, NoWindow
from coopfarm.planning.pests.window import Prediction
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Expected:
    """An event that is predicted for the plots of a crop, counted from a day."""

    number: PestNumber
    biofix_on: date
    crop: str
    prediction: Prediction


def put(session: TenantSession, expected: Expected, act: Act) -> PestWindow:
    """Tell the calendars of the crop's plots and of who farms them; it blocks nothing.

    The window of the same number and crop that was there is taken out. Raises NoWindow and
    NoPlotsOfCrop.
    """
    opens, closes = expected.prediction.opens_on, expected.prediction.closes_on
    if opens is None or closes is None:
        raise NoWindow(field="biofix_on")
    plots = session.scalars(select(Plot).where(Plot.crop == expected.crop)).all()
    if not plots:
        raise NoPlotsOfCrop(field="crop")
    for before in queries.live_of(session, expected.number.id, expected.crop):
        drop(session, before.id, act)
    found = PestWindow(
        id=uuid4(),
        number_id=expected.number.id,
        pest=expected.number.subject,
        crop=expected.crop,
        biofix_on=expected.biofix_on,
        opens_on=opens,
        closes_on=closes,
        caveats=[said.as_json() for said in expected.prediction.caveats],
        made_by=act.by_id,
        made_at=act.now,
    )
    session.add(found)
    session.flush()
    during = Interval(_midnight(opens, act.zone), _midnight(closes, act.zone))
    people = {one for plot in plots for one in (plot.holder_id, plot.worker_id) if one}
    plot_calendar.write(session, (_entry(found, plot.id, during) for plot in plots))
    person_calendar.write(session, (_entry(found, one, during) for one in sorted(people)))
    after = {"pest": found.pest, "opens_on": str(opens), "closes_on": str(closes)}
    audit.record(session, "pest-window.put", found, actor_id=act.by_id, at=act.now, after=after)
    return found


def drop(session: TenantSession, window_id: UUID, act: Act) -> PestWindow:
    """Take a window out of the calendars; done again, it stays so. Raises Missing."""
    found = queries.window(session, window_id, for_update=True)
    if found.ended_at is not None:
        return found
    found.ended_at = act.now
    session.flush()
    plots = [uuid5(found.id, str(one)) for one in session.scalars(select(Plot.id))]
    plot_calendar.erase(session, plots)
    person_calendar.erase(session, queries.calendar_ids(session, found.id))
    audit.record(session, "pest-window.drop", found, actor_id=act.by_id, at=act.now)
    return found


def _entry(found: PestWindow, of: UUID, during: Interval) -> Entry:
    return Entry(uuid5(found.id, str(of)), of, "pest_window", during, is_hard=False)


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)
