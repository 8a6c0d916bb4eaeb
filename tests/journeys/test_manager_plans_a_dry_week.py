"""J7: a dry week from the wish to the published roster, on both databases."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Person, Village
from tests.journeys.looking import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("where", ["village", "village_on_postgres"])
def test_a_manager_plans_compares_publishes_and_takes_back(
    person: Callable[..., Person], where: str, request: pytest.FixtureRequest
) -> None:
    """M5, M7: nothing is shown before it is published, and every step has a way back."""
    village: Village = request.getfixturevalue(where)
    manager = person(village, "manager")

    page = manager.visit("/water/plan")
    page.get_by_label("Water there is").fill("٦٠")
    page.get_by_role("button", name="Work out the plan").click()
    page.wait_for_url("**/water/plans/**")
    rules = page.locator("[role=region][aria-labelledby=rules]").inner_text()
    certificate = page.locator("section[aria-labelledby=certificate]").inner_text()
    page.get_by_label("A word to the members").fill("The closure is near.")
    press(page.get_by_role("button", name="as a proposal"))
    press(page.get_by_role("button", name="Put in force"))
    in_force = page.locator(".page-head").inner_text()
    press(page.get_by_role("button", name="Take the last step back"))

    assert "each hectare equally" in rules
    assert "halves first (Talmud)" in rules
    assert "Gini" in rules
    assert "Proved by a check that did not make the plan" in certificate
    assert "in force" in in_force
    assert "notice" in page.locator(".page-head").inner_text()
    manager.done()


def test_an_officer_may_look_and_not_act(person: Callable[..., Person], village: Village) -> None:
    officer = person(village, "officer")

    page = officer.visit("/water/")
    press(page.locator("table a").first)

    assert page.get_by_role("heading", name="Certificate").is_visible()
    assert page.get_by_role("heading", name="Publish").count() == 0
    assert page.get_by_role("link", name="Plan a week").count() == 0
    officer.done()
