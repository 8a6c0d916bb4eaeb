"""The officer works with plots and numbers: names of people are for the office."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import pytest

from coopfarm.members.models import Household
from coopfarm.store.db import Database
from tests.factories.members import Visitor, make_member
from tests.factories.pests import make_sighting
from tests.land.making import make_outlet, make_plot, square

NAMES = ("Zubayda Qasim", "زبيدة قاسم", "House of Qasim")
# Where names stand for the rest of the office.
PAGES = (
    "/map/",
    "/map/?colour=satisfaction",
    "/map/data.geojson",
    "/map/land",
    "/members",
    "/members/{member}",
    "/api/v1/members",
    "/api/v1/members/{member}",
    "/land/plots",
    "/land/plots/{plot}",
    "/land/outlets/{outlet}",
    "/pests/triage/{sighting}",
)
# What a name finds, a name tells.
SEARCHES = (
    "/map/?words={words}",
    "/members?words={words}",
    "/api/v1/members?words={words}",
    "/land/plots?words={words}",
    "/api/v1/plots?words={words}",
)


class Told(NamedTuple):
    """Who told of a pest, and where they are."""

    member: UUID
    plot: UUID
    outlet: UUID
    sighting: UUID


@pytest.fixture
def told(database: Database, cooperative_id: int) -> Told:
    with database.transaction(cooperative_id) as session:
        home = Household(name=NAMES[2])
        session.add(home)
        session.flush()
        who = make_member(
            session,
            name=NAMES[1],
            name_latin=NAMES[0],
            number="M-7009",
            household_id=home.id,
        )
        outlet = make_outlet(session, "W1")
        plot = make_plot(session, "W1-01", outlet, holder_id=who.id, boundary=square(500, 110))
        seen = make_sighting(session, who.id, plot_id=plot.id)
        return Told(who.id, plot.id, outlet.id, seen.id)


def named(who: Visitor, told: Told) -> dict[str, bool]:
    """Whether each page names the member in any script."""
    pages = {page: who.get(page.format_map(told._asdict())) for page in PAGES}
    assert {answer.status_code for answer in pages.values()} == {200}
    return {page: any(name in answer.text for name in NAMES) for page, answer in pages.items()}


def test_no_page_names_people_to_the_officer(officer: Visitor, told: Told) -> None:
    seen = named(officer, told)

    assert not [page for page, is_named in seen.items() if is_named]


def test_the_office_reads_the_names_on_the_same_pages(
    visitor: Callable[..., Visitor], told: Told
) -> None:
    seen = named(visitor("manager", "officer"), told)

    assert {page for page, is_named in seen.items() if not is_named} <= {"/map/land"}


def test_the_officer_reads_the_number_with_which_the_office_finds_the_reporter(
    officer: Visitor, visitor: Callable[..., Visitor], told: Told
) -> None:
    pages = ("/map/", "/members", f"/pests/triage/{told.sighting}")

    read = [officer.get(page).text for page in pages]
    manager = visitor("manager")
    manager.client.set_cookie("language", "ar")
    found = manager.get("/members?words=M-7009").text

    assert all("M-7009" in page for page in read)
    assert NAMES[1] in found


@pytest.mark.parametrize("path", SEARCHES)
def test_a_name_finds_nobody_for_the_officer_and_a_number_does(
    officer: Visitor, told: Told, path: str
) -> None:
    by_name, by_number = (
        officer.get(path.format(words=words)).text for words in ("zubayda", "m-7009")
    )

    sought = "M-7009" if "members" in path else "W1-01"
    assert sought not in by_name
    assert sought in by_number
