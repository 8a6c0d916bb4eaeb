"""A layer as a list: page after page, over the cooperatives, each row once and in order."""

from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.land.making import make_plot, square
from tests.maps.conftest import serve_there
from tests.maps.test_views import listed

PAGE = "/map/land"


def test_pages_follow_each_other_over_two_cooperatives_and_the_last_one_is_shown_for_any_after_it(
    village: None,
    officer: Visitor,
    database: Database,
    cooperative_id: int,
    neighbours: int,
) -> None:
    codes = [f"Q{n:02}" for n in range(60)]
    with database.transaction(cooperative_id) as session:
        for n, code in enumerate(reversed(codes)):
            make_plot(session, code, boundary=square(110 * n, 400), crop="rice")
    serve_there(database, neighbours, officer, cooperative_id, "active")

    first, second, after = (
        [row[0] for row in listed(officer.get(f"{PAGE}?page={page}").text)] for page in (1, 2, 9)
    )
    rice = [row[0] for row in listed(officer.get(f"{PAGE}?crop=rice&page=2").text)]

    assert first == codes[:50]
    assert second == after == [*codes[50:], *(f"W1-0{n}" for n in range(1, 6)), "Z1"]
    assert rice == [*codes[50:], "Z1"]
