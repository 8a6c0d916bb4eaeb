"""People of Al-Nur, and a work party they are called to."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.factories.members import Visitor

NEW = {
    "task": "canal_cleaning",
    "title": "Clean the east canal",
    "on": "2026-07-02",
    "starts": "07:00",
    "ends": "11:00",
    "cut_off": "20:00",
    "places": "3",
    "hours": "4",
    "tools": "shovel",
}


@pytest.fixture
def someone(visitor: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """`someone("Amina")`: signed in, reading English."""

    def make(name: str, *roles: str, number: str = "") -> Visitor:
        found = visitor(*roles, name=name, number=number)
        found.client.set_cookie("language", "en")
        return found

    return make


@pytest.fixture
def amina(someone: Callable[..., Visitor]) -> Visitor:
    return someone("Amina")


@pytest.fixture
def manager(someone: Callable[..., Visitor]) -> Visitor:
    return someone("Mariam", "manager", "member")


@pytest.fixture
def party_id(manager: Visitor) -> UUID:
    """Thursday 07:00 to 11:00, clean the east canal, three places."""
    called = manager.post("/parties/office", NEW)
    assert called.status_code == 303, called.text
    return UUID(called.location.rsplit("/", 1)[-1])
