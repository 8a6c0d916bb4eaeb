"""The roster of one's outlet, where there is no signal."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Person, Village

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_roster_with_ones_turn_is_read_without_signal(
    person: Callable[..., Person], village: Village
) -> None:
    """F11, without a signal."""
    farmer = person(village, "member")
    page = farmer.visit("/")
    roster = page.locator("a[data-keep][href*=roster]").get_attribute("href") or ""
    for _ in range(100):
        if page.evaluate("(url) => caches.match(url, { ignoreVary: true }).then(Boolean)", roster):
            break
        page.wait_for_timeout(100)

    farmer.visit("/")
    page.context.set_offline(True)
    page.goto(village.url + roster)

    assert page.locator("table.roster tbody tr").count() >= 5
