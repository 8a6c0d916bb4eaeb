"""A cooperative whose water guard writes on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from coopfarm.land.models import Plot
from coopfarm.notebook import actions
from coopfarm.notebook.models import NotebookPage
from coopfarm.notebook.rules.heading import Heading
from coopfarm.notebook.rules.lines import Typed
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import make_member
from tests.factories.water import make_plan, make_turn, settle_week

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
TAKEN = Typed("water_taken", "Hussein", "", "30/6", "23:50", "0:55")
LATE = Typed("water_missed", "M-71", "O1-02", "29/6", "", "", "The gate was shut until noon")
WORKED = Typed("work_done", "حسين", "", "28/6", "7:00", "11:00", "Canal cleaning")
PAGE = (TAKEN, LATE, WORKED)


@dataclass(frozen=True)
class Village:
    """Who is written about, who writes, and who types."""

    hussein_id: UUID
    salma_id: UUID
    guard_id: UUID
    clerk_id: UUID


@pytest.fixture
def village(database: Database, cooperative_id: int) -> Village:
    """Hussein's turn on O1-01 is planned for 30 June, 23:40 to 00:55 by the clock of Cairo."""
    with database.transaction(cooperative_id) as session:
        hussein = make_member(session, name="حسين", name_latin="Hussein", number="M-70")
        salma = make_member(session, name="Salma", number="M-71")
        guard = make_member(session, "water_master", name="Guard", number="M-72")
        clerk = make_member(session, "manager", name="Mariam", number="M-73")
        settle_week(session, [hussein.id, salma.id])
        plan = make_plan(session)
        plot = session.scalars(select(Plot).where(Plot.code == "O1-01")).one()
        make_turn(session, plan, plot, datetime(2026, 6, 30, 20, 40, tzinfo=UTC), 75)
        return Village(hussein.id, salma.id, guard.id, clerk.id)


@pytest.fixture
def enter(village: Village) -> Callable[..., NotebookPage]:
    """Enter lines as Mariam: `enter(session, TAKEN, told_by="Guard")`."""

    def make(session: TenantSession, *lines: Typed, told_by: str = "") -> NotebookPage:
        seen = actions.look(session, Heading("3", "14", told_by), lines or PAGE, now=NOW)
        return actions.enter(session, seen, actor_id=village.clerk_id, now=NOW)

    return make
