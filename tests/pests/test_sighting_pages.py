"""A pest is told of from the field, looked at by the office, and read about by the neighbours."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from coopfarm.equipment.models import Picture
from coopfarm.pests.models import Sighting, SightingNotice
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.factories.pests import NOW, make_number, make_sighting
from tests.factories.pictures import photo
from tests.land.making import METRE

Plots = dict[str, UUID]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
WORM = {"pest": "fall-armyworm", "severity": "2"}


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def the_sighting(session: TenantSession) -> Sighting:
    return session.scalars(select(Sighting)).one()


def test_a_farmer_tells_of_a_pest_by_a_picture_and_a_face(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    answer = amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])})

    found = the_sighting(look)
    assert answer.status_code == 303
    assert (found.pest, found.severity, found.crop) == ("fall-armyworm", 2, "maize")
    assert found.plot_id == plots["P1"]
    assert found.accuracy_m is None
    page = words_on(amina.get(answer.location).text)
    assert "Fall armyworm" in page
    assert "sent, not looked at yet" in page
    assert "somewhere on the plot" in page


def test_the_form_has_twelve_pictures_not_sure_and_works_without_scripts(
    amina: Visitor, plots: Plots
) -> None:
    page = amina.get("/pests/report").text

    assert page.count('type="radio" name="pest"') == 13
    assert "Not sure" in page
    assert page.count('type="radio" name="severity"') == 3
    assert "/pests/report" in amina.get("/").text


def test_counts_at_each_stop_stand_instead_of_a_face_in_digits_of_any_script(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    sent = {"pest": "whitefly", "plot_id": str(plots["P1"]), "counts": ["٤", "0", "", "8"]}

    amina.post("/pests/report", sent)

    found = the_sighting(look)
    assert found.counts == [4, 0, 8]
    assert found.mean_count == 4.0


def test_where_the_phone_stands_counts_before_the_plot_chosen(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    stands = {
        "longitude_deg": str(72 + 250 * METRE),
        "latitude_deg": str(70 * METRE),
        "accuracy_m": "12",
    }

    answer = amina.post("/pests/report", {**WORM, **stands, "plot_id": str(plots["P1"])})

    found = the_sighting(look)
    assert found.plot_id == plots["P2"]
    assert found.accuracy_m == 12.0
    page = amina.get(answer.location).text
    assert "within 12 m" in words_on(page)
    assert 'class="where-circle"' in page


def test_a_photo_is_kept_small_and_without_its_place(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker of phones"
    taken = photo(3000, 2000, exif=exif.tobytes())

    amina.post(
        "/pests/report",
        {**WORM, "plot_id": str(plots["P1"]), "picture": (BytesIO(taken), "worm.jpg")},
        content_type="multipart/form-data",
    )

    kept = look.scalars(select(Picture)).one()
    assert kept.id == the_sighting(look).picture_id
    assert len(kept.content) <= 120_000
    assert b"maker" not in kept.content


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"pest": "dragon", "severity": "2"}, "choose one of the pictures"),
        ({"pest": "whitefly"}, "say how bad it is by a face"),
        ({"pest": "whitefly", "severity": "9"}, "say how bad it is by a face"),
        ({"pest": "whitefly", "counts": ["3", "-1"]}, "a whole number from 0"),
        ({"pest": "whitefly", "severity": "1", "plot_id": ""}, "choose a plot"),
        ({"pest": "whitefly", "severity": "1", "longitude_deg": "500"}, "this is needed"),
        (
            {"pest": "whitefly", "severity": "1", "longitude_deg": "500", "latitude_deg": "1"},
            "this position cannot be used",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field_and_keeps_nothing(
    amina: Visitor, plots: Plots, look: TenantSession, sent: dict[str, Any], words: str
) -> None:
    answer = amina.post("/pests/report", {"plot_id": str(plots["P1"]), **sent})

    assert answer.status_code == 422
    assert words in words_on(answer.text)
    assert look.scalars(select(Sighting)).all() == []


def test_the_same_act_sent_twice_is_one_sighting(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    sent = {**WORM, "plot_id": str(plots["P1"])}

    amina.post("/pests/report", sent, key="one-act")
    amina.post("/pests/report", sent, key="one-act")
    amina.post("/pests/report", sent)

    assert len(look.scalars(select(Sighting)).all()) == 1


def test_a_neighbour_hears_of_it_once_a_day_and_who_is_far_off_does_not(
    amina: Visitor, omar: Visitor, faraway: Visitor, plots: Plots, look: TenantSession
) -> None:
    amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])})
    amina.post("/pests/report", {"pest": "aphids", "severity": "1", "plot_id": str(plots["P1"])})

    notice = look.scalars(select(SightingNotice)).one()

    assert notice.member_id == omar.member_id
    assert "Seen near your plot P2: Fall armyworm" in words_on(omar.get("/").text)
    assert "Seen near your plot" not in words_on(faraway.get("/").text)
    assert "Seen near your plot" not in words_on(amina.get("/").text)


def test_the_next_day_there_may_be_another_notice(
    amina: Visitor, plots: Plots, look: TenantSession, clock: Clock
) -> None:
    amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])})
    clock.forward(days=1)

    amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])})

    assert len(look.scalars(select(SightingNotice)).all()) == 2


def test_it_is_told_as_far_as_the_published_spread_reaches(
    amina: Visitor, faraway: Visitor, plots: Plots, settle: Settle
) -> None:
    settle(lambda session: make_number(session, "kernel", "fall-armyworm", {"scale_m": 800.0}))

    amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])})

    assert "Seen near your plot P9" in words_on(faraway.get("/").text)


def test_nobody_is_told_of_what_nobody_knows(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    amina.post("/pests/report", {"pest": "unknown", "severity": "3", "plot_id": str(plots["P1"])})

    assert look.scalars(select(SightingNotice)).all() == []


def test_a_neighbour_reads_about_where_it_was_and_no_more(
    amina: Visitor, omar: Visitor, plots: Plots
) -> None:
    told = {**WORM, "plot_id": str(plots["P1"]), "note": "beside the well of my uncle"}
    where = amina.post("/pests/report", told).location

    page = words_on(omar.get(where).text)
    sent = omar.send("GET", f"/api/v1{where}").json

    assert "somewhere within 700 m" in page
    assert "uncle" not in page
    assert "Amina" not in page
    assert (sent["is_exact"], sent["plot_id"], sent["note"]) == (False, None, "")
    assert sent["accuracy_m"] > 700
    assert amina.send("GET", f"/api/v1{where}").json["note"] == "beside the well of my uncle"


def test_until_it_is_decided_it_can_be_taken_back(
    amina: Visitor, omar: Visitor, plots: Plots
) -> None:
    where = amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])}).location

    amina.post(f"{where}/withdraw")

    assert "taken back" in words_on(amina.get(where).text)
    assert "Seen near your plot" not in words_on(omar.get("/").text)
    assert omar.get(where).status_code == 403


def test_nobody_takes_back_what_another_told(amina: Visitor, omar: Visitor, plots: Plots) -> None:
    where = amina.post("/pests/report", {**WORM, "plot_id": str(plots["P1"])}).location

    answer = omar.post(f"{where}/withdraw")

    assert answer.status_code == 403
    assert "sent, not looked at yet" in words_on(amina.get(where).text)


def test_the_office_sees_what_waits_the_oldest_first_and_how_long_it_takes(
    amina: Visitor, officer: Visitor, plots: Plots, settle: Settle, clock: Clock
) -> None:
    now = clock.now
    with_plot = {"plot_id": plots["P1"]}

    def some(session: TenantSession) -> None:
        for hours in (1, 3, 8):
            make_sighting(
                session,
                amina.member_id,
                made_at=now - timedelta(hours=hours + 1),
                state="verified",
                decided_by=officer.member_id,
                decided_at=now - timedelta(hours=1),
            )
        make_sighting(session, amina.member_id, pest="aphids", made_at=now, **with_plot)
        make_sighting(
            session, amina.member_id, pest="locust", made_at=now - timedelta(hours=5), **with_plot
        )

    settle(some)

    page = words_on(officer.get("/pests/triage").text)

    assert page.index("Desert locust") < page.index("Aphids")
    assert "half of them within 3 h" in page
    assert amina.get("/pests/triage").status_code == 403


def test_a_verified_sighting_is_told_to_who_told_it(
    amina: Visitor, officer: Visitor, plots: Plots, settle: Settle
) -> None:
    found = settle(lambda session: make_sighting(session, amina.member_id).id)

    answer = officer.post(f"/pests/triage/{found}", {"state": "verified", "note": "Good eyes"})

    assert answer.status_code == 303
    assert "Good eyes" in amina.get(f"/sightings/{found}").text
    assert "What you told of: Fall armyworm verified" in words_on(amina.get("/").text)


def test_a_corrected_sighting_says_what_it_really_is_and_then_neighbours_hear(
    amina: Visitor, omar: Visitor, officer: Visitor, plots: Plots, settle: Settle
) -> None:
    found = settle(lambda session: make_sighting(session, amina.member_id, pest="unknown").id)

    officer.post(f"/pests/triage/{found}", {"state": "corrected", "pest": "spider-mite"})

    page = words_on(amina.get(f"/sightings/{found}").text)
    assert "Told as Not sure; the office says it is Spider mite" in page
    assert "Seen near your plot P2: Spider mite" in words_on(omar.get("/").text)


@pytest.mark.parametrize(
    "case",
    [
        ("aphids", {"state": "rejected", "note": " "}, "tell the reporter in a few words"),
        ("aphids", {"state": "corrected", "pest": "aphids"}, "choose the pest that it really is"),
        ("aphids", {"state": "corrected", "pest": ""}, "choose one of the pictures"),
        ("unknown", {"state": "verified"}, "the reporter was not sure"),
        ("aphids", {"state": "burnt"}, "Verify it, correct it or reject it"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(
    amina: Visitor,
    officer: Visitor,
    settle: Settle,
    case: tuple[str, dict[str, str], str],
) -> None:
    pest, sent, words = case
    found = settle(lambda session: make_sighting(session, amina.member_id, pest=pest).id)

    answer = officer.post(f"/pests/triage/{found}", sent)

    assert answer.status_code == 422
    assert words in words_on(answer.text)


def test_a_sighting_is_decided_once(amina: Visitor, officer: Visitor, settle: Settle) -> None:
    found = settle(lambda session: make_sighting(session, amina.member_id).id)
    officer.post(f"/pests/triage/{found}", {"state": "verified"})

    again = officer.post(f"/pests/triage/{found}", {"state": "rejected", "note": "No"})
    back = amina.post(f"/sightings/{found}/withdraw")

    assert (again.status_code, back.status_code) == (409, 409)


def test_the_database_itself_keeps_a_rejection_without_words_out(
    amina: Visitor, settle: Settle, cooperative_id: int
) -> None:
    def sin(session: TenantSession) -> None:
        make_sighting(
            session,
            amina.member_id,
            state="rejected",
            decided_by=amina.member_id,
            decided_at=NOW,
            decision=" ",
        )

    with pytest.raises(DBAPIError):
        settle(sin)


def test_a_phone_sends_words_first_and_the_photo_after_them(
    amina: Visitor, plots: Plots, look: TenantSession
) -> None:
    told = {"pest": "locust", "severity": "3", "plot_id": str(plots["P1"]), "counts": ["2", "5"]}
    seen_at = "2026-06-30T05:00:00+00:00"

    first = amina.send("POST", "/api/v1/sightings", told, Acted_At=seen_at)
    after = amina.client.post(
        f"/api/v1/sightings/{first.json['id']}/picture",
        data={"picture": (BytesIO(photo(800, 600)), "photo.jpg"), "csrf_token": amina.token("/")},
        headers={"Idempotency-Key": "the-photo"},
    )

    assert (first.status_code, after.status_code) == (201, 200)
    assert first.json["seen_at"].startswith("2026-06-30T05:00")
    assert first.json["pest_in_words"] == "Desert locust"
    assert after.json["picture"].startswith("/pictures/")
    assert the_sighting(look).picture_id is not None


def test_the_office_decides_over_the_wire_too(
    amina: Visitor, officer: Visitor, settle: Settle
) -> None:
    found = settle(lambda session: make_sighting(session, amina.member_id).id)

    waiting = officer.send("GET", "/api/v1/sightings/waiting").json["sightings"]
    done = officer.send("POST", f"/api/v1/sightings/{found}/decision", {"state": "verified"})
    refused = amina.send("POST", f"/api/v1/sightings/{found}/decision", {"state": "verified"})

    assert [one["id"] for one in waiting] == [str(found)]
    assert done.json["state"] == "verified"
    assert refused.status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_is_in_the_language_of_each_reader_whoever_comes_first(amina: Visitor) -> None:
    amina.client.set_cookie("language", "ar")
    first = amina.get("/pests/report").text
    amina.client.set_cookie("language", "en")

    second = amina.get("/pests/report").text

    assert "Not sure" not in first
    assert "Not sure" in second
