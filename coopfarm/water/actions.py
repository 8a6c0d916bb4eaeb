"""What is done about weather, plans and turns. No function here commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.words import Sentence
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar
from coopfarm.planning.need.weather import Station, WeatherDay, read_weather_csv
from coopfarm.planning.pests.hours import COLUMNS, begins_at, read_hours
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.water import queries, rules
from coopfarm.water.models import (
    Allotment,
    DayOfWeather,
    HourOfWeather,
    PlanRun,
    Rotation,
    Turn,
    WeatherStation,
)

LONGEST_SOURCE = 120


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, None for the workbench, and when."""

    actor_id: UUID | None
    now: datetime


def set_station(
    session: Session, name: str, station: Station, *, actor_id: UUID | None, now: datetime
) -> WeatherStation:
    """Say where the weather is measured; the cooperative has one station. Raises BadStation."""
    rules.check_station(station)
    row = queries.station(session)
    before = None if row is None else {"name": row.name, "elevation_m": row.elevation_m}
    if row is None:
        row = WeatherStation(name=name, latitude_deg=0.0, elevation_m=0.0)
        session.add(row)
    row.name = name
    row.latitude_deg = station.latitude_deg
    row.elevation_m = station.elevation_m
    row.wind_height_m = station.wind_height_m
    session.flush()
    after = {"name": name, **asdict(station)}
    audit.record(
        session, "weather.station", row, actor_id=actor_id, at=now, before=before, after=after
    )
    return row


def keep_weather(
    session: Session, text: str, *, actor_id: UUID | None, now: datetime
) -> tuple[int, Sequence[Sentence]]:
    """Keep the days of a CSV file, new or measured anew: how many, and what its reader noted.

    Raises NoStation, and whatever `read_weather_csv` finds wrong; then nothing is kept.
    """
    station = queries.station(session)
    if station is None:
        raise rules.NoStation
    found = read_weather_csv(text, wind_height_m=station.wind_height_m)
    add_days(session, station, found.days)
    audit.record(
        session,
        "weather.days",
        station,
        actor_id=actor_id,
        at=now,
        after={
            "days": len(found.days),
            "from": str(found.days[0].on),
            "to": str(found.days[-1].on),
        },
    )
    return len(found.days), found.notes


def add_days(session: Session, station: WeatherStation, days: Sequence[WeatherDay]) -> None:
    """Keep days of weather; a day that is kept already is replaced."""
    session.execute(
        delete(DayOfWeather).where(
            DayOfWeather.station_id == station.id,
            DayOfWeather.on_day.in_([day.on for day in days]),
        )
    )
    session.add_all(
        DayOfWeather(station_id=station.id, on_day=day.on, measured=_measured(day)) for day in days
    )
    session.flush()


def keep_hours(
    session: Session, text: str, source: str, *, first_day: date, zone: ZoneInfo, by: Hand
) -> Sequence[HourOfWeather]:
    """Keep the hours of a CSV text, from a source that has a name; a kept hour is replaced.

    Hours without a day begin on `first_day`, hours without an offset are of `zone`. Raises
    whatever `read_hours` finds wrong; then nothing is kept.
    """
    told = " ".join(source.split())[:LONGEST_SOURCE]
    found = {
        begins_at(air, first_day, zone): {name: getattr(air, name) for name in COLUMNS[1:]}
        for air in read_hours(text)
    }
    session.execute(delete(HourOfWeather).where(HourOfWeather.starts_at.in_([*found])))
    rows = [
        HourOfWeather(starts_at=at, source=told, entered_at=by.now, **air)
        for at, air in sorted(found.items())
    ]
    session.add_all(rows)
    session.flush()
    after = {"hours": len(rows), "from": str(min(found)), "to": str(max(found)), "source": told}
    audit.record(session, "weather.hours", rows[0], actor_id=by.actor_id, at=by.now, after=after)
    return rows


def _measured(day: WeatherDay) -> dict[str, float]:
    return {k: v for k, v in asdict(day).items() if k != "on" and v is not None}


def ask_for_plan(
    session: Session, wish: rules.Wish, *, asked_by: UUID | None, now: datetime
) -> PlanRun:
    """Queue a plan to be worked out. Raises at once what the wish itself has wrong."""
    rules.check_wish(wish)
    run = PlanRun(wish=wish.as_json(), asked_by=asked_by, asked_at=now)
    session.add(run)
    session.flush()
    audit.record(session, "plan.ask", run, actor_id=asked_by, at=now, after=run.wish)
    return run


def stop_run(session: Session, run: PlanRun, *, actor_id: UUID, now: datetime) -> None:
    """Stop working a plan out, and drop what it had so far."""
    _check_runs(run)
    run.state, run.stop_asked_at, run.ended_at = "stopped", now, now
    draft = run.rotation_id
    run.rotation_id = None
    session.flush()
    if draft is not None:
        drop_draft(session, queries.rotation(session, draft), actor_id=actor_id, now=now)
    audit.record(session, "plan.stop", run, actor_id=actor_id, at=now)


def use_best(session: Session, run: PlanRun, *, actor_id: UUID, now: datetime) -> UUID:
    """Stop here and use the certified plan there is, without the other rules beside it."""
    _check_runs(run)
    if run.rotation_id is None:
        raise rules.NothingYet
    run.state, run.stop_asked_at, run.ended_at = "done", now, now
    audit.record(session, "plan.use-best", run, actor_id=actor_id, at=now)
    return run.rotation_id


def _check_runs(run: PlanRun) -> None:
    if run.ended_at is not None:
        raise rules.RunEnded


def drop_draft(session: Session, plan: Rotation, *, actor_id: UUID | None, now: datetime) -> None:
    """Remove a draft nobody was shown; a run that still works on it ends.

    Raises WrongState for anything else.
    """
    if plan.state != "draft":
        raise rules.WrongState(state=plan.state)
    audit.record(session, "plan.drop", plan, actor_id=actor_id, at=now, before=_audited(plan))
    for run in queries.runs_of(session, plan):
        run.rotation_id, run.state, run.ended_at = None, "stopped", run.ended_at or now
    session.flush()
    session.execute(delete(Turn).where(Turn.rotation_id == plan.id))
    session.execute(delete(Allotment).where(Allotment.rotation_id == plan.id))
    session.execute(delete(Rotation).where(Rotation.id == plan.id))


def give_notice(
    session: Session, plan: Rotation, note: str, *, actor_id: UUID | None, now: datetime
) -> None:
    """Show a draft to the members as a proposal. Raises what `check_notice` raises."""
    rules.check_notice(_facts(plan, now), note)
    before = _audited(plan)
    plan.state, plan.note, plan.noticed_at = "notice", note.strip(), now
    plan.published_by = actor_id
    _changed(session, plan, "plan.notice", before, actor_id=actor_id, now=now)


def put_in_force(
    session: Session, plan: Rotation, *, actor_id: UUID | None, now: datetime
) -> Sequence[Rotation]:
    """Let the turns of a proposal hold; plans in force for the same hours are superseded.

    Returns those. Raises what `check_in_force` raises, and TurnsCollide.
    """
    rules.check_in_force(_facts(plan, now))
    replaced = queries.others_in_force(session, plan)
    for other in replaced:
        before = _audited(other)
        other.state, other.superseded_at, other.replaced_by_id = "superseded", now, plan.id
        _set_live(session, other, live=False, since=plan.starts_at)
        _changed(session, other, "plan.superseded", before, actor_id=actor_id, now=now)
    before = _audited(plan)
    plan.state, plan.in_force_at = "in_force", now
    with kept_by("turns_no_overlap", rules.TurnsCollide()):
        _set_live(session, plan, live=True)
    _changed(session, plan, "plan.in-force", before, actor_id=actor_id, now=now)
    return replaced


def undo(session: Session, plan: Rotation, *, actor_id: UUID | None, now: datetime) -> None:
    """Take the last step back: in force to notice, with what it replaced; notice to draft."""
    rules.check_undo(plan.state, plan.in_force_at, plan.starts_at, now)
    before = _audited(plan)
    if plan.state == "notice":
        plan.state, plan.noticed_at = "draft", None
        _changed(session, plan, "plan.undo", before, actor_id=actor_id, now=now)
        return
    _set_live(session, plan, live=False)
    plan.state, plan.in_force_at = "notice", None
    for other in queries.replaced_by(session, plan):
        was = _audited(other)
        other.state, other.superseded_at, other.replaced_by_id = "in_force", None, None
        with kept_by("turns_no_overlap", rules.TurnsCollide()):
            _set_live(session, other, live=True)
        _changed(session, other, "plan.restored", was, actor_id=actor_id, now=now)
    _changed(session, plan, "plan.undo", before, actor_id=actor_id, now=now)


def _facts(plan: Rotation, now: datetime) -> rules.PublishFacts:
    return rules.PublishFacts(plan.state, len(plan.findings), plan.ends_at, now)


def _set_live(
    session: Session, plan: Rotation, *, live: bool, since: datetime | None = None
) -> None:
    """Turns that ended before `since` stay as they were: they have been taken."""
    chosen = [Turn.rotation_id == plan.id]
    if since is not None:
        chosen.append(Turn.ends_at > since)
    session.execute(
        update(Turn).where(*chosen).values(is_live=live),
        execution_options={"synchronize_session": False},
    )
    _tell_calendars(session, session.scalars(select(Turn).where(*chosen)).all(), live=live)


def _tell_calendars(session: Session, turns: Sequence[Turn], *, live: bool) -> None:
    """Water is hard for the plot; who takes it can be at two gates, by a son or a neighbour."""
    ids = [turn.id for turn in turns]
    plot_calendar.erase(session, ids)
    calendar.erase(session, ids)
    if live:
        plot_calendar.write(session, (Entry(t.id, t.plot_id, "turn", t.during) for t in turns))
        calendar.write(
            session,
            (
                Entry(t.id, t.member_id, "turn", t.during, is_hard=False)
                for t in turns
                if t.member_id is not None
            ),
        )


def _audited(plan: Rotation) -> dict[str, object]:
    return {"version": plan.version, "state": plan.state, "note": plan.note}


def _changed(
    session: Session,
    plan: Rotation,
    verb: str,
    before: dict[str, object],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    plan.edition += 1
    session.flush()
    audit.record(
        session, verb, plan, actor_id=actor_id, at=now, before=before, after=_audited(plan)
    )
