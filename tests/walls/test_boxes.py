"""Plots in a box are found by the index of places, also behind the walls of a cooperative."""

from uuid import uuid4

from sqlalchemy import Select, event, insert, select

from coopfarm.cli.tidying import tidy
from coopfarm.land.models import Plot
from coopfarm.store.db import Database
from coopfarm.store.geometry import boxes_meet
from coopfarm.store.tenancy import TenantSession
from tests.land.making import square

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def row_of(home: int, number: int) -> dict[str, object]:
    return {
        "cooperative_id": home,
        "id": uuid4(),
        "code": f"P{number}",
        "gross_area_m2": 10_000.0,
        "net_area_m2": 10_000.0,
        "boundary": square(number * 300),
    }


def explained(session: TenantSession, query: Select[tuple[str]]) -> str:
    """How the database means to find the rows of a cooperative."""
    connection, said = session.connection(), []

    @event.listens_for(connection, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    session.execute(query).all()
    statement, parameters = said[-1]
    explain = EXPLAIN[connection.dialect.name]
    return "\n".join(map(str, connection.exec_driver_sql(explain + statement, parameters)))


def test_plots_in_a_box_are_found_by_the_index_of_places(
    database: Database, cooperative_id: int, onlooker: Database
) -> None:
    with database.transaction(cooperative_id) as session:
        session.execute(insert(Plot), [row_of(cooperative_id, n) for n in range(600)])
    tidy(database)
    if onlooker.engine.dialect.name == "postgresql":
        with onlooker.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    west, south, east, north = square(0).bounds

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        query = select(Plot.code).where(boxes_meet(Plot.boundary, west, south, east, north))
        found = session.scalars(query).all()
        plan = explained(session, query)

    assert found == ["P0"]
    assert "plots_boundary" in plan
    assert "Seq Scan" not in plan
    assert "cooperative_id=?" not in plan
