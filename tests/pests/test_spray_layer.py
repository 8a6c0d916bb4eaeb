"""Sprayed plots on the officer's map: closed that day, and in every file that is taken out."""

from uuid import UUID

import pytest

from tests.factories.members import Visitor
from tests.pests.conftest import Make
from tests.pests.test_sprays import write_down

PAGE = "/map/land?layer=sprays"


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-06-30", None), ("2026-07-02", "not to be entered"), ("2026-07-05", "not to be harv")],
)
def test_a_sprayed_plot_is_on_the_map_while_it_is_closed(
    amina: Visitor, officer: Visitor, plots: dict[str, UUID], day: str, state: str | None
) -> None:
    write_down(amina)

    page = officer.get(f"{PAGE}&day={day}").text

    assert ("Safi 20" in page) is bool(state)
    assert state is None or state in page


def test_who_is_not_shown_the_plots_is_not_shown_which_were_sprayed(
    amina: Visitor, plots: dict[str, UUID], visitor: Make
) -> None:
    write_down(amina)
    master = visitor("water_master", name="Hassan")

    assert "Safi 20" not in master.get(PAGE).text


@pytest.mark.parametrize("layout", ["geojson", "csv", "gpkg"])
def test_sprayed_plots_are_taken_out_as_a_file(
    amina: Visitor, manager: Visitor, plots: dict[str, UUID], layout: str
) -> None:
    write_down(amina)
    wish = {"layer": "sprays", "format": layout, "reason": "for the season's book"}

    asked = manager.post("/map/exports", {**wish, "day": "2026-07-01"}, page="/map/exports")
    file = manager.get(asked.location)

    assert file.status_code == 200
    assert b"Safi 20" in file.data
