"""Three plots in a row and one far off, whose people see pests."""

from collections.abc import Callable
from uuid import UUID

import pytest

from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.land.making import make_plot, square

Make = Callable[..., Visitor]


def _speaking_english(visitor: Make, *roles: str, name: str) -> Visitor:
    found = visitor(*roles, name=name)
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def amina(visitor: Make) -> Visitor:
    return _speaking_english(visitor, name="Amina")


@pytest.fixture
def omar(visitor: Make) -> Visitor:
    """The neighbour."""
    return _speaking_english(visitor, name="Omar")


@pytest.fixture
def faraway(visitor: Make) -> Visitor:
    return _speaking_english(visitor, name="Khalid")


@pytest.fixture
def officer(visitor: Make) -> Visitor:
    return _speaking_english(visitor, "officer", name="Dr Nadia")


@pytest.fixture
def manager(visitor: Make) -> Visitor:
    return _speaking_english(visitor, "manager", "member", name="Mariam")


@pytest.fixture
def plots(
    database: Database, cooperative_id: int, amina: Visitor, omar: Visitor, faraway: Visitor
) -> dict[str, UUID]:
    """Hectares of maize: Amina's, Omar's 200 m east of it, Khalid's three kilometres east."""
    holders = {"P1": (amina, 0), "P2": (omar, 200), "P9": (faraway, 3_000)}
    with database.transaction(cooperative_id) as session:
        return {
            code: make_plot(
                session,
                code,
                boundary=square(east),
                holder_id=who.member_id,
                worker_id=who.member_id,
                crop="maize",
            ).id
            for code, (who, east) in holders.items()
        }
