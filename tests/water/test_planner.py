"""From the rows of a cooperative to a plan and back to rows, on both databases."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import planner
from coopfarm.water.models import Allotment, DayOfWeather, Rotation, Scheme, Turn, WeatherStation
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, WEEK_MINUTES, make_plan, settle_week, work_out_week

# Cotton sown on 10 April is in mid-season: 7 days of 8 mm at 1.17, on 0.9, 1.8 and 2.7 ha.
NEEDS_M3 = {"O1-01": 589.68, "O1-02": 1179.36, "O1-03": 1769.04}


@pytest.fixture
def village(session: TenantSession) -> Outlet:
    """Three plots of cotton at one outlet, and weather for eight days."""
    return settle_week(session, [make_member(session).id for _ in range(3)])


def stored(session: TenantSession) -> list[int]:
    tables = (Rotation, Allotment, Turn)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def change(session: TenantSession, code: str, **values: object) -> None:
    session.execute(update(Plot).where(Plot.code == code).values(**values))


def test_need_is_worked_out_from_weather_crop_and_area(
    session: TenantSession, village: Outlet
) -> None:
    draft = work_out_week(session)

    assert {need.id: need.need_m3 for need in draft.needs} == pytest.approx(NEEDS_M3)
    assert draft.season.reference_mm == pytest.approx(56)
    assert draft.findings == ()


@pytest.mark.parametrize(
    ("supply", "kind"),
    [(60.0, "percent"), (2122.848, "volume"), (2122.848 * 1000 / (7 * 86_400), "flow")],
)
def test_supply_may_be_a_part_a_volume_or_a_flow(
    session: TenantSession, village: Outlet, supply: float, kind: str
) -> None:
    draft = work_out_week(session, supply=supply, supply_kind=kind)

    assert draft.problem.supply_m3 == pytest.approx(0.6 * sum(NEEDS_M3.values()))
    assert sum(draft.plan.awards_m3.values()) == pytest.approx(2122.848)


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
def test_every_rule_of_a_plain_village_is_certified(
    session: TenantSession, village: Outlet, rule: str
) -> None:
    plan = make_plan(session, rule=rule)

    assert (plan.is_certified, plan.findings) == (True, [])


def test_coefficients_of_the_wish_stand_instead_of_the_table(
    session: TenantSession, village: Outlet
) -> None:
    change(session, "O1-02", crop=None, sown_on=None)

    draft = work_out_week(session, coefficients={"cotton": 0.5})

    assert {need.id: need.need_m3 for need in draft.needs} == pytest.approx(
        {"O1-01": 252.0, "O1-02": 0.0, "O1-03": 756.0}
    )


def test_rain_lowers_the_need_where_it_is_counted(session: TenantSession, village: Outlet) -> None:
    session.execute(update(DayOfWeather).values(measured={"eto_mm": 8.0, "rain_mm": 1.0}))

    draft = work_out_week(session, count_rain=True)

    # 80 % of 7 mm of rain on 9,000 m².
    assert draft.needs[0].need_m3 == pytest.approx(589.68 - 0.8 * 0.007 * 9_000)


def test_a_least_share_is_given_before_the_level(session: TenantSession, village: Outlet) -> None:
    change(session, "O1-01", crop="rice", sown_on=date(2026, 5, 20))

    draft = work_out_week(session, least_percent=60.0)

    awards, needs = draft.plan.awards_m3, {need.id: need.need_m3 for need in draft.needs}
    assert all(awards[plot] >= 0.6 * need * (1 - 1e-9) for plot, need in needs.items())
    assert draft.findings == ()


def test_losses_in_the_canals_are_part_of_the_need_at_the_head(
    session: TenantSession, village: Outlet
) -> None:
    canal = Canal(code="K1", efficiency=0.8)
    session.add(canal)
    session.flush()
    village.canal_id = canal.id

    plan = make_plan(session)

    assert plan.need_m3 == pytest.approx(sum(NEEDS_M3.values()) / 0.8)
    assert plan.supply_m3 == pytest.approx(0.6 * plan.need_m3)
    assert plan.is_certified


def test_a_canal_too_narrow_for_a_rule_leaves_its_plan_uncertified(
    session: TenantSession, village: Outlet
) -> None:
    second = settle_second_outlet(session, capacity_l_s=0.2)

    draft = work_out_week(session, rule="cel")

    assert [finding.code for finding in draft.findings] == ["week-outlet-too-narrow"]
    assert draft.findings[0].facts["outlet"] == second.code
    assert work_out_week(session, rule="cea").findings == ()


def settle_second_outlet(session: TenantSession, **more: object) -> Outlet:
    """O2 with a plot of its own, like the first of O1."""
    outlet = Outlet(code="O2", **more)
    session.add(outlet)
    session.flush()
    plot = Plot(code="O2-01", outlet_id=outlet.id, place_from_head=1, crop="cotton")
    plot.gross_area_m2 = plot.net_area_m2 = 9_000.0
    plot.sown_on = date(2026, 4, 10)
    session.add(plot)
    session.flush()
    return outlet


def test_each_outlet_shares_its_turns_in_its_own_way(
    session: TenantSession, village: Outlet
) -> None:
    session.add(Scheme(outlet_id=village.id, basis="equal"))
    session.flush()

    own = work_out_week(session).plan.rosters["O1"]
    by_area = work_out_week(session, basis="area").plan.rosters["O1"]

    assert [turn.minutes for turn in own.turns] == [3360, 3360, 3360]
    assert [turn.minutes for turn in by_area.turns] == [1680, 3360, 5040]


def test_a_cycle_of_ten_days_and_a_half_takes_ten_and_eleven_days_of_weather(
    session: TenantSession, village: Outlet
) -> None:
    days(session, range(8, 30))
    first = work_out_week(session, cycle_minutes=15_120)
    second = work_out_week(
        session, starts_at=STARTS_AT + timedelta(days=10.5), cycle_minutes=15_120
    )

    assert first.season.end == second.season.start
    assert [(one.season.end - one.season.start).days for one in (first, second)] == [11, 10]
    assert sum(turn.minutes for turn in first.plan.rosters["O1"].turns) == 15_120


def days(session: TenantSession, numbers: range, eto_mm: float = 8.0, **weeks: float) -> None:
    """More days of weather, counted from the first of the week, moved by `weeks`."""
    station = session.scalars(select(WeatherStation)).one()
    first = STARTS_AT.date() + timedelta(**weeks)
    session.add_all(
        DayOfWeather(
            station_id=station.id,
            on_day=first + timedelta(days=number),
            measured={"eto_mm": eto_mm},
        )
        for number in numbers
    )
    session.flush()


def test_days_without_weather_may_be_taken_from_an_earlier_year_and_that_is_said(
    session: TenantSession, village: Outlet
) -> None:
    session.execute(delete(DayOfWeather).where(DayOfWeather.on_day >= date(2026, 7, 7)))
    days(session, range(7), eto_mm=6.0, weeks=-52)
    days(session, range(7), eto_mm=1.0, weeks=-104)

    draft = work_out_week(session, earlier_years=True)

    # Three days of 8 mm and four of 6.
    assert draft.season.reference_mm == pytest.approx(48)
    assert str(draft.notes[0]).startswith("4 of the days have no weather yet")


NO_ROWS = [0, 0, 0]
Change = Callable[[TenantSession], object]

IN_THE_WAY: dict[str, tuple[Change, dict[str, object], str, str]] = {
    "no weather at all": (
        lambda session: session.execute(delete(DayOfWeather)),
        {},
        "no-weather",
        "There is no weather for 7 of the 7 days of the period: 2026-07-04",
    ),
    "one day without weather": (
        lambda s: s.execute(delete(DayOfWeather).where(DayOfWeather.on_day == date(2026, 7, 6))),
        {},
        "no-weather",
        "for 1 of the 7 days of the period: 2026-07-06",
    ),
    "no station": (
        lambda s: (s.execute(delete(DayOfWeather)), s.execute(delete(WeatherStation))),
        {},
        "no-station",
        "Add a station",
    ),
    "no plots": (lambda s: s.execute(delete(Plot)), {}, "no-plots", "Import the plots"),
    "a plot without outlet": (
        lambda s: change(s, "O1-02", outlet_id=None, nakka_id=None),
        {},
        "no-outlet",
        "Plot O1-02 has no outlet",
    ),
    "a plot without crop": (
        lambda s: change(s, "O1-02", crop=None),
        {},
        "no-crop",
        "Plot O1-02 has no crop",
    ),
    "a crop nobody knows": (
        lambda s: change(s, "O1-02", crop="triffid"),
        {},
        "need-unknown-crop",
        "Plot O1-02 has the crop “triffid”",
    ),
    "a crop without its sowing date": (
        lambda s: change(s, "O1-02", sown_on=None),
        {},
        "need-no-sowing-date",
        "Plot O1-02 has Cotton and no sowing date",
    ),
    "shares not written": (
        lambda s: None,
        {"basis": "shares"},
        "shares-not-written",
        "Plot O1-01 has no shares",
    ),
    "no supply": (lambda s: None, {"supply": 0.0}, "percent-unusable", "0 % cannot be"),
    "a supply that is no number": (
        lambda s: None,
        {"supply": math.nan},
        "percent-unusable",
        "nan % cannot be",
    ),
    "more than all of the need": (
        lambda s: None,
        {"supply": 100.1},
        "percent-unusable",
        "100.1 % cannot be",
    ),
    "a flow above the need": (
        lambda s: None,
        {"supply": 600.0, "supply_kind": "flow"},
        "supply-above-need",
        "of what the plots need",
    ),
    "a volume above the need": (
        lambda s: None,
        {"supply": 3600.0, "supply_kind": "volume"},
        "supply-above-need",
        "101.75",
    ),
    "a least share above the supply": (
        lambda s: None,
        {"least_percent": 61.0},
        "least-share-above-supply",
        "A least share of 61 % for everybody is more than the supply of 60 %",
    ),
    "a least share that the outlet cannot pass": (
        lambda s: s.execute(update(Outlet).values(capacity_l_s=1.0)),
        {"least_percent": 50.0},
        "least-share-too-wide-for-outlet",
        "2.925 l/s at outlet O1, which passes 1 l/s",
    ),
    "a cycle of nothing": (lambda s: None, {"cycle_minutes": 0}, "period-unusable", "0 minutes"),
    "nothing that grows": (
        lambda s: s.execute(update(Plot).values(crop="fallow")),
        {},
        "nothing-needed",
        "No plot needs water",
    ),
    "a coefficient that cannot be": (
        lambda s: None,
        {"coefficients": {"cotton": math.nan}},
        "need-bad-coefficient",
        "The coefficient of cotton is nan",
    ),
    "a day nobody will see": (
        lambda s: None,
        {"starts_at": datetime(9999, 12, 30, tzinfo=UTC)},
        "day-out-of-reach",
        "9999 is too far away",
    ),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_what_is_in_the_way_is_named_and_nothing_is_kept(
    session: TenantSession, village: Outlet, case: str
) -> None:
    prepare, wish, code, words = IN_THE_WAY[case]
    prepare(session)

    with pytest.raises(Refusal) as refused:
        make_plan(session, **wish)

    assert refused.value.code == code
    assert words in str(refused.value)
    assert stored(session) == NO_ROWS


def test_several_plots_in_the_way_are_told_together(
    session: TenantSession, village: Outlet
) -> None:
    change(session, "O1-01", crop="triffid")
    change(session, "O1-03", sown_on=None)

    with pytest.raises(Several) as refused:
        make_plan(session)

    assert [problem.facts["plot"] for problem in refused.value.problems] == ["O1-01", "O1-03"]
    assert stored(session) == NO_ROWS


def test_a_kept_plan_has_a_row_for_each_plot_and_turns_that_fill_the_cycle(
    session: TenantSession, village: Outlet
) -> None:
    plan = make_plan(session)

    allotments = session.scalars(select(Allotment)).all()
    turns = session.scalars(select(Turn).order_by(Turn.place)).all()
    assert sum(row.need_m3 for row in allotments) == pytest.approx(plan.need_m3)
    assert sum(row.award_m3 for row in allotments) == pytest.approx(plan.supply_m3)
    assert all(row.reasons for row in allotments)
    assert [turn.place for turn in turns] == [1, 2, 3]
    assert [turn.starts_at for turn in turns] == [plan.starts_at, *(t.ends_at for t in turns[:-1])]
    assert turns[-1].ends_at == plan.ends_at == STARTS_AT + timedelta(minutes=WEEK_MINUTES)
    assert not any(turn.is_live for turn in turns)
    assert (plan.state, plan.version) == ("draft", 1)


def test_versions_count_up_and_drafting_is_written_down(
    session: TenantSession, village: Outlet
) -> None:
    plans = [make_plan(session), make_plan(session, rule="cel")]

    assert [plan.version for plan in plans] == [1, 2]
    verbs = session.scalars(select(AuditEvent.verb)).all()
    assert verbs.count("plan.draft") == 2


def test_the_farmers_reasons_begin_with_the_need_and_end_with_the_hour(
    session: TenantSession, village: Outlet
) -> None:
    make_plan(session)

    plot = session.scalars(select(Plot).where(Plot.code == "O1-02")).one()
    row = session.scalars(select(Allotment).where(Allotment.plot_id == plot.id)).one()

    codes = [reason["code"] for reason in row.reasons]
    assert codes[0] == "reference-evapotranspiration"
    assert any(code.startswith("week-") for code in codes)
    assert codes[-1] in ("why-one-turn-before", "why-turns-before", "why-first-turn")


def test_the_other_rules_stand_beside_the_one_that_was_asked_for(
    session: TenantSession, village: Outlet
) -> None:
    draft = planner.compare(work_out_week(session), lambda *_: True)

    assert list(draft.comparison) == ["cea", "proportional", "cel", "talmud"]
    assert draft.comparison["proportional"].evenness.gini == pytest.approx(0, abs=1e-9)


def test_a_rule_that_cannot_share_this_week_out_is_left_out_and_said_to_be(
    session: TenantSession, village: Outlet
) -> None:
    change(session, "O1-01", draining_minutes=60.0)

    # Of 1,783 m³ equal cuts leave 4.7 m³ to the first plot, which is less than it drains.
    draft = work_out_week(session, supply=1783.1, supply_kind="volume")
    draft = planner.compare(draft, lambda *_: True)

    assert list(draft.comparison) == ["cea", "proportional", "talmud"]
    assert [note.code for note in draft.notes[-2:]] == ["rule-not-beside", "turn-below-zero"]


def test_comparing_stops_when_it_is_told_to(session: TenantSession, village: Outlet) -> None:
    asked: list[str] = []

    def once(rule: str, _part: float) -> bool:
        asked.append(rule)
        return len(asked) == 1

    draft = planner.compare(work_out_week(session), once)

    assert list(draft.comparison) == ["cea", "proportional"]


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
def test_a_plan_worked_out_again_is_the_same_to_the_byte(
    session: TenantSession, village: Outlet, rule: str
) -> None:
    kept = make_plan(session, rule=rule, least_percent=10.0)
    session.expire_all()

    again = planner.replay(kept)

    assert planner.fingerprint(again.inputs) == kept.inputs_hash
    assert planner.fingerprint(again.plan.as_json()) == kept.outcome_hash
    assert planner.departures(session, kept, again) == ()


def test_what_became_of_the_land_since_does_not_change_a_kept_plan(
    session: TenantSession, village: Outlet
) -> None:
    kept = make_plan(session)
    change(session, "O1-01", crop="fallow", net_area_m2=10.0)
    session.execute(delete(DayOfWeather))
    session.expire_all()

    assert planner.departures(session, kept, planner.replay(kept)) == ()


def _more_for_the_first(session: TenantSession) -> None:
    plot = session.scalars(select(Plot).where(Plot.code == "O1-01")).one()
    session.execute(update(Allotment).where(Allotment.plot_id == plot.id).values(award_m3=589.0))


def _a_minute_later(session: TenantSession) -> None:
    turn = session.scalars(select(Turn).where(Turn.place == 3)).one()
    turn.starts_at += timedelta(minutes=1)
    session.flush()


def _no_turn(session: TenantSession) -> None:
    session.execute(delete(Turn).where(Turn.place == 2))


@pytest.mark.parametrize(
    ("tamper", "plot"),
    [(_more_for_the_first, "O1-01"), (_a_minute_later, "O1-03"), (_no_turn, "O1-02")],
)
def test_rows_that_were_changed_behind_the_plan_are_found(
    session: TenantSession, village: Outlet, tamper: Change, plot: str
) -> None:
    kept = make_plan(session)
    tamper(session)
    session.expire_all()

    found = planner.departures(session, kept, planner.replay(kept))

    assert [(said.code, said.facts["plot"]) for said in found] == [("replay-shown-otherwise", plot)]


def test_inputs_that_were_changed_behind_the_plan_are_found(
    session: TenantSession, village: Outlet
) -> None:
    kept = make_plan(session)
    season = {**kept.inputs["season"], "terms": {"field_efficiency": 0.9}}
    kept.inputs = {**kept.inputs, "season": season}
    session.flush()

    codes = [said.code for said in planner.departures(session, kept, planner.replay(kept))]

    assert codes[:2] == ["replay-inputs-differ", "replay-outcome-differs"]


def test_a_plot_that_went_away_meanwhile_is_named(session: TenantSession, village: Outlet) -> None:
    draft = work_out_week(session)
    session.execute(delete(Plot).where(Plot.code == "O1-02"))

    with pytest.raises(Refusal) as refused:
        planner.keep(session, draft, actor_id=None, now=STARTS_AT)

    assert str(refused.value).startswith("Plot O1-02 was removed while this plan was worked out.")
    assert stored(session) == NO_ROWS
