"""Campaigns and sprayings for programs: the same guards and the same privacy as the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.factories.members import Visitor
from tests.factories.pests import NOW
from tests.pests.test_campaigns import called

Plots = dict[str, UUID]
LABEL = {
    "re_entry_hours": 24,
    "pre_harvest_days": 7,
    "source": "Label of Safi 20, Delta Works",
    "source_year": 2024,
}


def spraying(plot_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "plot_id": str(plot_id),
        "product": "Safi 20",
        "dose": 0.5,
        "dose_unit": "l_ha",
        "wind_km_h": 8,
        "began_at": (NOW - timedelta(hours=3)).isoformat(),
        "ended_at": (NOW - timedelta(hours=2)).isoformat(),
        "label": LABEL,
        **more,
    }


def test_a_program_reads_a_campaign_and_has_its_own_plot_take_part(
    amina: Visitor, omar: Visitor, officer: Visitor, faraway: Visitor, plots: Plots
) -> None:
    campaign = f"/api/v1/campaigns/{called(officer).rsplit('/', 1)[1]}"

    listed = amina.send("GET", "/api/v1/campaigns").json["campaigns"]
    shown = amina.send("GET", campaign).json
    row_id = shown["plots"][0]["id"]
    joined = amina.send("POST", f"/api/v1/campaigns/plots/{row_id}/answer", {"answer": "joined"})
    refused = omar.send("POST", f"/api/v1/campaigns/plots/{row_id}/answer", {"answer": "declined"})

    assert [one["state"] for one in listed] == ["called"]
    assert faraway.send("GET", "/api/v1/campaigns").json["campaigns"] == []
    assert [(one["plot"], one["answer"]) for one in shown["plots"]] == [("P1", "waiting")]
    assert joined.json["plots"][0]["answer"] == "joined"
    assert 40 < joined.json["covered_percent"] < 60
    assert refused.status_code == 403
    assert len(officer.send("GET", campaign).json["plots"]) == 2


def test_a_spraying_is_written_down_once_read_by_those_it_concerns_and_struck_out_by_the_office(
    amina: Visitor, omar: Visitor, officer: Visitor, plots: Plots
) -> None:
    first = amina.send("POST", "/api/v1/sprays", spraying(plots["P1"]))
    again = amina.send("POST", "/api/v1/sprays", spraying(plots["P1"]))
    spray = f"/api/v1/sprays/{first.json['id']}"
    strike = {"reason": "It was the other plot"}

    assert first.status_code == 201
    assert first.json["re_entry_until"] > first.json["ended_at"]
    assert (again.status_code, again.json["code"]) == (409, "spray-told-already")
    assert omar.send("GET", spray).status_code == 404
    assert omar.send("GET", "/api/v1/sprays").json["sprays"] == []
    assert amina.send("POST", f"{spray}/strike", strike).status_code == 403
    assert officer.send("POST", f"{spray}/strike", strike).json["strike_reason"] == strike["reason"]
    assert amina.send("GET", "/api/v1/sprays").json["sprays"][0]["struck_at"]


def test_a_program_writes_down_no_spraying_of_others_and_none_that_ends_before_it_began(
    amina: Visitor, plots: Plots
) -> None:
    of_another = amina.send("POST", "/api/v1/sprays", spraying(plots["P2"]))
    backwards = spraying(plots["P1"], ended_at=(NOW - timedelta(hours=4)).isoformat())
    refused = amina.send("POST", "/api/v1/sprays", backwards)

    assert (of_another.status_code, of_another.json["code"]) == (403, "spray-not-your-plot")
    assert (refused.status_code, refused.json["code"]) == (422, "spray-times")
