"""The village is called out, gets a window, tells who has to know, and sees what it did."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar
from coopfarm.land.models import PlotTime
from coopfarm.pests.models import (
    CampaignCount,
    CampaignNotice,
    CampaignPlot,
    ControlProposal,
    PestCampaign,
    SensitiveSite,
)
from coopfarm.pests.rules.effect import Effect, Tally, Visited, effect_of, shows_all, shows_others
from coopfarm.sms.models import Message
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.factories.pests import NOW, make_number, make_sighting
from tests.land.making import METRE, point

Plots = dict[str, UUID]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
HEAD = "hour,temperature_c,humidity_pct,wind_km_h,rain_mm\n"
# From Friday on, two days after the clock of the tests: six fit hours, and one of wind.
AIR = HEAD + "".join(
    f"2026-07-04T{hour:02}:00,24,60,{30 if hour == 9 else 8},0\n" for hour in range(6, 13)
)
CALL = {
    "pest": "fall-armyworm",
    "crop": "",
    "reason": "Seen all over",
    "step": "call",
    "radius_m": "500",
    "hours_ahead": "24",
    "visit_after_days": "7",
}
COUNTS = st.tuples(st.integers(1, 50), st.integers(0, 50)).map(
    lambda both: Tally(both[0], min(both))
)


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def outline(east_m: float, width_m: float) -> str:
    area = box(72 + east_m * METRE, 0, 72 + (east_m + width_m) * METRE, 200 * METRE)
    return json.dumps({"type": "Feature", "properties": {}, "geometry": mapping(area)})


def called(officer: Visitor, **more: str) -> str:
    """The address of a new campaign over Amina's plot and Omar's."""
    answer = officer.post("/pests/campaigns", {**CALL, "outline": outline(-10, 400), **more})
    assert answer.status_code == 303, words_on(answer.text)
    return str(answer.location)


def row_of(session: TenantSession, plot_id: UUID) -> UUID:
    return session.scalars(select(CampaignPlot.id).where(CampaignPlot.plot_id == plot_id)).one()


def treated(settle: Settle) -> list[tuple[UUID, datetime, datetime]]:
    """The plots whose calendars say that they are sprayed, from when to when."""
    query = select(PlotTime.plot_id, PlotTime.starts_at, PlotTime.ends_at)
    spraying = query.where(PlotTime.kind == "spray")
    found: list[tuple[UUID, datetime, datetime]] = settle(
        lambda session: [tuple(row) for row in session.execute(spraying)]
    )
    return found


def answered(visitor: Visitor, row_id: UUID, said: str) -> int:
    return visitor.post(f"/campaigns/plots/{row_id}/answer", {"answer": said}).status_code


@pytest.fixture
def campaign(officer: Visitor, plots: Plots) -> str:
    return called(officer)


@pytest.fixture
def rows(campaign: str, plots: Plots, settle: Settle) -> dict[str, UUID]:
    found = {}
    for code in ("P1", "P2"):
        found[code] = settle(lambda session, of=plots[code]: row_of(session, of))
    return found


@pytest.fixture
def hives(settle: Settle, faraway: Visitor, plots: Plots) -> UUID:
    """Khalid's hives, 150 m east of Omar's plot."""

    def write(session: TenantSession) -> UUID:
        site = SensitiveSite(
            kind="hives",
            name="Khalid's hives",
            place=point(450, 70),
            member_id=faraway.member_id,
            made_at=NOW,
        )
        session.add(site)
        session.flush()
        return site.id

    found: UUID = settle(write)
    return found


def scheduled(officer: Visitor, campaign: str, at: str = "2026-07-04T10:00+00:00") -> Any:
    officer.post(f"{campaign}/weather", {"hours_text": AIR_Z, "first_day": "2026-07-04"})
    return officer.post(f"{campaign}/window", {"starts_at": at, "hours": "2"})


AIR_Z = AIR.replace(":00,24", ":00Z,24")


def test_an_outline_finds_its_plots_before_anybody_is_called(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    sent = {**CALL, "step": "look", "outline": outline(50, 200)}

    page = words_on(officer.post("/pests/campaigns", sent).text)

    assert "2 plots lie there" in page
    assert "1.0 ha together" in page
    assert look.scalars(select(PestCampaign)).all() == []


def test_a_circle_round_a_sighting_finds_the_plots_it_reaches(
    officer: Visitor, amina: Visitor, plots: Plots, settle: Settle
) -> None:
    seen = settle(lambda session: make_sighting(session, amina.member_id).id)

    sent = {**CALL, "step": "look", "sighting": str(seen), "circle_m": "200"}

    assert "2 plots lie there" in words_on(officer.post("/pests/campaigns", sent).text)
    sent["circle_m"] = "20"
    assert "one plot lies there" in words_on(officer.post("/pests/campaigns", sent).text)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": ""}, "say in a few words why the village is called out"),
        ({"outline": ""}, "no plot lies there"),
        ({"outline": '{"type": "Point", "coordinates": [72, 0]}'}, "encloses no land"),
        ({"hours_ahead": "9999"}, "give a number from"),
    ],
)
def test_what_is_in_the_way_of_a_call_is_said_beside_its_field(
    officer: Visitor, plots: Plots, wrong: dict[str, str], says: str
) -> None:
    answer = officer.post("/pests/campaigns", {**CALL, "outline": outline(-10, 400), **wrong})

    assert answer.status_code == 422
    assert says in words_on(answer.text)


def test_calling_from_a_proposal_decides_it_once(
    officer: Visitor, plots: Plots, settle: Settle, look: TenantSession
) -> None:
    def propose(session: TenantSession) -> UUID:
        numbers = {"crop": "", "stage": "", "measure": "per_stop", "value": 4.0}
        number = make_number(session, "threshold", "fall-armyworm", numbers)
        facts = {"value": 5.0, "measure": "per_stop", "threshold": 4.0, "stage": ""}
        row = ControlProposal(
            pest="fall-armyworm",
            crop="maize",
            number_id=number.id,
            source_kind="sighting",
            source_id=uuid4(),
            facts={**facts, "source": "A book for tests", "source_year": 2020},
            made_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id

    proposal = settle(propose)
    form = officer.get(f"/pests/campaigns?proposal={proposal}").text
    sent = {**CALL, "reason": "", "proposal": str(proposal), "outline": outline(-10, 400)}

    page = officer.get(str(officer.post("/pests/campaigns", sent).location)).text
    again = officer.post("/pests/campaigns", sent)

    assert f'value="{proposal}"' in form
    assert look.scalars(select(ControlProposal.state)).one() == "called"
    assert "A book for tests" in page
    assert again.status_code == 409


def test_members_join_with_a_tap_and_the_office_sees_who_is_missing(
    *, officer: Visitor, manager: Visitor, amina: Visitor, omar: Visitor, campaign: str, rows: Plots
) -> None:
    farmer_page = campaign.replace("/pests", "")
    assert "no answer yet" in words_on(amina.get(farmer_page).text)
    assert "Fall armyworm" in amina.get("/pests").text

    answers = answered(amina, rows["P1"], "joined"), answered(omar, rows["P1"], "joined")

    assert answers == (303, 403)
    assert "takes part" in words_on(amina.get(farmer_page).text)
    page = words_on(officer.get(campaign).text)
    assert "50 % of the land takes part" in page
    assert "One plot is missing" in page
    assert omar.phone not in officer.get(campaign).text
    assert f"tel:{omar.phone}" in manager.get(campaign).text
    officer.post(f"/campaigns/plots/{rows['P2']}/answer", {"answer": "joined", "from": "office"})
    assert "100 % of the land takes part" in words_on(officer.get(campaign).text)
    assert "Every plot of the area takes part" in words_on(officer.get(campaign).text)


def test_the_village_hears_that_it_is_called(
    officer: Visitor, plots: Plots, look: TenantSession, amina: Visitor, omar: Visitor
) -> None:
    called(officer)

    told = look.scalars(select(Message).where(Message.purpose == "notice")).all()
    assert {one.member_id for one in told} == {amina.member_id, omar.member_id}


def test_a_farmer_page_tells_nothing_of_the_plots_of_others(
    amina: Visitor, campaign: str, rows: Plots
) -> None:
    page = amina.get(campaign.replace("/pests", "")).text

    assert "P1" in page
    assert "P2" not in page


def test_windows_are_fit_hours_and_list_what_does_not_go_with_them(
    officer: Visitor, campaign: str, plots: Plots, settle: Settle
) -> None:
    turn = Interval(datetime(2026, 7, 5, 11, tzinfo=UTC), datetime(2026, 7, 5, 13, tzinfo=UTC))
    booked = Interval(datetime(2026, 7, 4, 6, tzinfo=UTC), datetime(2026, 7, 4, 8, tzinfo=UTC))
    settle(
        lambda session: calendar.write(
            session,
            [
                Entry(uuid4(), plots["P1"], "turn", turn),
                Entry(uuid4(), plots["P2"], "booking", booked),
            ],
        )
    )

    answer = officer.post(f"{campaign}/weather", {"hours_text": AIR_Z, "first_day": "2026-07-04"})

    page = words_on(officer.get(answer.location).text)
    assert page.count("Choose and announce") == 2
    assert "Plot P1 has its water turn" in page
    assert "no spraying within 24 hours before it" in page
    assert "Plot P2: machine booked from" in page
    assert "free for 1 of 2 plots" in page
    assert "Wind 30 km/h is above 15 km/h" in page


def test_hours_of_the_day_are_of_the_cooperative_from_the_first_day_on(
    officer: Visitor, campaign: str, look: TenantSession
) -> None:
    text = HEAD + "22,24,60,8,0\n23,24,60,8,0\n0,24,60,8,0\n"

    officer.post(f"{campaign}/weather", {"hours_text": text, "first_day": "2026-07-04"})

    air = look.scalars(select(PestCampaign.air)).one()
    moments = [datetime.fromisoformat(one["at"]) for one in air]
    assert moments[2] - moments[0] == timedelta(hours=2)


def test_a_file_of_hours_that_cannot_be_read_changes_nothing(
    officer: Visitor, campaign: str, look: TenantSession
) -> None:
    answer = officer.post(
        f"{campaign}/weather", {"hours_text": HEAD + "6,hot,60,8,0\n", "first_day": "2026-07-04"}
    )

    assert answer.status_code == 422
    assert "“hot” is not a number" in words_on(answer.text)
    assert look.scalars(select(PestCampaign.air)).one() == []


def test_a_window_is_announced_and_stands_in_the_calendars_of_those_who_join(
    *,
    officer: Visitor,
    amina: Visitor,
    campaign: str,
    rows: Plots,
    plots: Plots,
    settle: Settle,
) -> None:
    answered(amina, rows["P1"], "joined")

    unfit = scheduled(officer, campaign, "2026-07-04T08:00+00:00")
    chosen = scheduled(officer, campaign)

    assert unfit.status_code == 422
    assert "not every hour of this window is fit" in words_on(unfit.text)
    assert chosen.status_code == 303
    times = treated(settle)
    assert [one[0] for one in times] == [plots["P1"]]
    assert times[0][2] - times[0][1] == timedelta(hours=2)
    officer.post(f"{campaign}/state", {"state": "postponed"})
    assert treated(settle) == []


def test_a_site_hears_acknowledges_with_a_tap_and_lets_the_campaign_go(
    *,
    officer: Visitor,
    faraway: Visitor,
    amina: Visitor,
    campaign: str,
    hives: UUID,
    settle: Settle,
) -> None:
    scheduled(officer, campaign)
    page = words_on(officer.get(campaign).text)
    assert "not acknowledged" in page
    assert "150 m away" in page
    held = officer.post(f"{campaign}/state", {"state": "go"})
    assert held.status_code == 409
    assert "have not acknowledged yet" in words_on(held.text)
    notice = settle(lambda session: session.scalars(select(CampaignNotice.id)).one())
    with pytest.raises(DBAPIError, match="campaigns_heard"):
        settle(lambda session: session.execute(update(PestCampaign).values(state="go")))

    theirs = amina.post(f"/campaigns/notices/{notice}/acknowledge", {})
    tap = faraway.post(f"/campaigns/notices/{notice}/acknowledge", {})

    assert (theirs.status_code, tap.status_code) == (403, 303)
    assert "Khalid" in words_on(faraway.get(campaign.replace("/pests", "")).text)
    assert officer.post(f"{campaign}/state", {"state": "go"}).status_code == 303


def test_the_office_notes_what_it_heard_or_waives_with_a_reason(
    officer: Visitor, campaign: str, hives: UUID, look: TenantSession
) -> None:
    scheduled(officer, campaign)
    notice = look.scalars(select(CampaignNotice.id)).one()

    silent = officer.post(f"/campaigns/notices/{notice}/acknowledge", {"note": " "})
    waived = officer.post(f"/pests/notices/{notice}/waive", {"note": "The hives moved away"})

    assert (silent.status_code, waived.status_code) == (422, 303)
    assert "The hives moved away" in officer.get(campaign).text


def test_sites_hear_ahead_or_the_window_is_refused(
    officer: Visitor, plots: Plots, hives: UUID, clock: Clock
) -> None:
    campaign = called(officer, hours_ahead="96")

    late = scheduled(officer, campaign)

    assert late.status_code == 422
    assert "have to know 96 hours ahead" in words_on(late.text)


def test_what_it_did_is_read_by_those_who_took_part_and_kept_from_others(
    *,
    officer: Visitor,
    amina: Visitor,
    omar: Visitor,
    campaign: str,
    rows: Plots,
    look: TenantSession,
) -> None:
    answered(amina, rows["P1"], "joined")
    scheduled(officer, campaign)

    def count(stage: str, infested: str) -> int:
        sent = {"stage": stage, "plants": "20", "infested": infested}
        return amina.post(f"/campaigns/plots/{rows['P1']}/count", sent).status_code

    def step(to: str) -> int:
        return officer.post(f"{campaign}/state", {"state": to}).status_code

    assert [count("after", "2"), count("before", "21"), count("before", "10")] == [409, 422, 303]
    assert [step("go"), step("done"), step("evaluated")] == [303, 303, 409]
    assert [count("after", "3"), count("after", "2"), step("evaluated")] == [303, 303, 303]
    counts = look.scalars(select(CampaignCount.infested).order_by(CampaignCount.infested)).all()
    assert counts == [2, 10]
    mine = words_on(amina.get(campaign.replace("/pests", "")).text)
    assert "50 % of the plants had the pest before, 10 % after" in mine
    assert "80 % less" in mine
    others = words_on(omar.get(campaign.replace("/pests", "")).text)
    assert "Fewer than five households took part" in others
    assert "80 %" not in others


def test_a_site_is_entered_on_a_plot_with_somebody_to_ring(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    site = {"kind": "school", "name": "The girls' school", "plot_code": "P1"}

    nobody = officer.post("/pests/sites", site)
    kept = officer.post("/pests/sites", {**site, "contact": "Ms Salma", "phone": "+201000000099"})

    assert nobody.status_code == 422
    assert "give a phone number to ring" in words_on(nobody.text)
    assert kept.status_code == 303
    assert "The girls" in officer.get("/pests/sites").text
    found = look.scalars(select(SensitiveSite)).one()
    assert officer.post(f"/pests/sites/{found.id}/end").status_code == 303
    assert "The girls" not in officer.get("/pests/sites").text


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6))
def test_the_fall_is_of_what_there_was_and_never_above_all_of_it(
    counts: list[tuple[Tally, Tally]],
) -> None:
    found = effect_of([Visited(uuid4(), *both) for both in counts], [])

    assert found is not None
    assert (found.fall_percent is None) == (found.before_percent == 0)
    assert found.fall_percent is None or found.fall_percent <= 100
    assert found.corrected_percent is None


def test_the_fall_beside_untreated_plots_is_the_published_one() -> None:
    treated = [Visited(UUID(int=1), Tally(100, 40), Tally(100, 10))]
    untreated = [Visited(UUID(int=2), Tally(100, 40), Tally(100, 60))]

    found = effect_of(treated, untreated)

    # Henderson and Tilton 1955: 1 - 10 * 40 / (40 * 60).
    assert found is not None
    assert found.corrected_percent == pytest.approx(83.333, abs=0.001)


@pytest.mark.parametrize("households", [4, 5])
def test_few_households_are_shown_to_themselves_and_the_office(households: int) -> None:
    effect = Effect(9, households, 50.0, 10.0, 80.0, 70.0, households)

    assert shows_all(effect, took_part=True, is_office=False)
    assert shows_all(effect, took_part=False, is_office=True)
    assert shows_all(effect, took_part=False, is_office=False) == (households == 5)
    assert shows_others(effect, is_office=False) == (households == 5)


def test_the_first_page_asks_then_says_when_then_that_it_is_called_off(
    *, amina: Visitor, officer: Visitor, campaign: str, rows: dict[str, UUID], clock: Clock
) -> None:
    said = [words_on(amina.get("/").text)]
    answered(amina, rows["P1"], "joined")
    said.append(words_on(amina.get("/").text))
    scheduled(officer, campaign)
    said.append(words_on(amina.get("/").text))
    officer.post(f"{campaign}/state", {"state": "called_off"})
    said.append(words_on(amina.get("/").text))
    clock.forward(days=8)
    said.append(words_on(amina.get("/").text))

    assert "Say whether your plots take part" in said[0]
    assert "your plots take part. The day is not chosen yet" in said[1]
    assert "on P1" in said[2]
    assert "Keep out from then on" in said[2]
    assert "the treatment together is called off" in said[3]
    assert "called off" not in said[4]


def test_who_declined_and_who_is_far_off_reads_nothing_of_it_on_the_first_page(
    amina: Visitor, faraway: Visitor, campaign: str, rows: dict[str, UUID]
) -> None:
    answered(amina, rows["P1"], "declined")

    assert all("village is called out" not in who.get("/").text for who in (amina, faraway))
