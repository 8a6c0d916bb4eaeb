from collections.abc import Iterator

import pytest
import shapely
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from coopfarm.store import geometry
from coopfarm.store.db import make_engine
from coopfarm.store.geometry import Shape
from tests.postgres import cluster, fresh_database


class Base(DeclarativeBase):
    pass


class Plot(Base):
    __tablename__ = "plots"

    cooperative_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    boundary: Mapped[shapely.MultiPolygon | None] = mapped_column(Shape("MULTIPOLYGON"))


class Gauge(Base):
    __tablename__ = "gauges"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[shapely.Point] = mapped_column(Shape("POINT", dimension=3))


def upgrade(connection: sa.Connection) -> None:
    """What a migration does."""
    op = Operations(MigrationContext.configure(connection))
    op.create_table(
        "plots",
        sa.Column("cooperative_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("boundary", Shape("MULTIPOLYGON")),
    )
    op.create_table(
        "gauges",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place", Shape("POINT", dimension=3), nullable=False),
    )
    geometry.add_spatial(op.get_bind(), "plots", "boundary", "MULTIPOLYGON")
    geometry.add_spatial(op.get_bind(), "gauges", "place", "POINT", dimension=3)


def downgrade(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    for table, column in (("gauges", "place"), ("plots", "boundary")):
        geometry.drop_spatial(op.get_bind(), table, column)
        op.drop_table(table)


def differences(connection: sa.Connection, metadata: sa.MetaData) -> list[object]:
    options = {"include_object": geometry.include_object, "compare_type": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


@pytest.fixture(scope="module")
def postgis() -> Iterator[str]:
    with cluster() as admin_url, fresh_database(admin_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgis"])
def engine(request, tmp_path) -> Iterator[sa.Engine]:
    """A database after the migration, on both engines; undone and forgotten afterwards."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/village.db" if on_sqlite else request.getfixturevalue("postgis")
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            upgrade(connection)
        yield engine
        with engine.begin() as connection:
            downgrade(connection)
    finally:
        engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def square(west: float, south: float, side: float = 0.01) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def add_plots(session: Session, **shapes: shapely.Geometry | None) -> None:
    for name, shape in shapes.items():
        session.add(Plot(cooperative_id=1, id=name, boundary=shape))
    session.flush()


def names(session: Session, condition: sa.ColumnElement[bool]) -> list[str]:
    return list(session.scalars(sa.select(Plot.id).where(condition).order_by(Plot.id)))


def explained(engine: sa.Engine, question: sa.Select[tuple[str]]) -> str:
    """How the database means to find the rows; an empty table is not held against it."""
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[engine.dialect.name]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

        @sa.event.listens_for(connection, "before_cursor_execute", retval=True)
        def ask_for_the_plan(_connection, _cursor, statement, parameters, _context, _many):
            return explain + statement, parameters

        steps = connection.execute(question).cursor.fetchall()
    return "\n".join(map(str, steps))


def test_a_shape_comes_back_as_it_was_given(session):
    shape = shapely.MultiPolygon([square(71.123456789012345, 30), square(72, 31)])
    add_plots(session, north=shape, unknown=None)
    session.expire_all()

    north, unknown = session.scalars(sa.select(Plot.boundary).order_by(Plot.id))

    assert north == shape
    assert shapely.get_srid(north) == geometry.WGS84
    assert unknown is None


def test_heights_come_back_too(session):
    session.add(Gauge(id=1, place=shapely.Point(71.5, 30.25, 120.5)))
    session.flush()
    session.expire_all()

    place = session.scalars(sa.select(Gauge.place)).one()

    assert place.wkt == "POINT Z (71.5 30.25 120.5)"


def test_a_single_polygon_is_kept_as_a_multipolygon_of_one(session):
    add_plots(session, north=square(71, 30))
    session.expire_all()

    kept = session.scalars(sa.select(Plot.boundary)).one()

    assert kept == shapely.MultiPolygon([square(71, 30)])


def test_a_shape_with_nothing_in_it_can_be_kept_and_is_found_nowhere(session):
    add_plots(session, nothing=shapely.MultiPolygon())

    found = names(session, geometry.intersects_box(Plot.boundary, -180, -90, 180, 90))

    assert found == []


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (shapely.Point(71, 30), "a MULTIPOLYGON column takes no POINT"),
        ("MULTIPOLYGON EMPTY", "a shape is a shapely geometry, not str"),
        (shapely.set_srid(square(71, 30), 32642), "a shape is in WGS 84, not EPSG:32642"),
        (shapely.force_3d(square(71, 30), 9), "the column keeps 2 coordinates, not 3"),
    ],
)
def test_what_does_not_fit_a_column_is_refused_before_it_is_sent(session, value, complaint):
    with pytest.raises(StatementError, match=complaint):
        add_plots(session, wrong=value)


def test_the_database_refuses_what_does_not_fit_by_itself(engine):
    with engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(
            "INSERT INTO plots VALUES (1, 'x', ST_GeomFromText('MULTIPOLYGON EMPTY', 3857))"
        )


def test_a_kind_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="circle is no kind of geometry"):
        Shape("circle")


def test_rows_in_a_box_are_found_exactly(session):
    corner = shapely.Polygon([(71, 30), (71.01, 30), (71, 30.01)])
    add_plots(session, near=square(71.02, 30), far=square(75, 30), corner=corner, unknown=None)

    found = names(session, geometry.intersects_box(Plot.boundary, 71.008, 30.008, 71.02, 30.02))

    # The box around the corner plot meets the box asked for; the plot itself does not.
    assert found == ["near"]


def test_rows_that_touch_a_shape_are_found(session):
    add_plots(session, one=square(71, 30), two=square(71.01, 30), three=square(71.05, 30))

    found = names(session, geometry.touches_shape(Plot.boundary, square(71, 30)))

    assert found == ["one", "two"]


def test_rows_within_metres_of_a_point_are_found(session):
    point = shapely.Point(71, 30.005)
    add_plots(session, at_964_m=square(71.01, 30), at_1928_m=square(71.02, 30), over=square(71, 30))

    found = [
        names(session, geometry.within_distance(Plot.boundary, point, metres))
        for metres in (0, 964, 966, 1929, 2000)
    ]

    assert found == [
        ["over"],
        ["over"],
        ["at_964_m", "over"],
        ["at_964_m", "over"],
        ["at_1928_m", "at_964_m", "over"],
    ]


@pytest.mark.parametrize("place", [(179.99, 10), (-179.99, -10), (12, 89.5), (12, -89.999)])
def test_the_search_reaches_over_the_date_line_and_the_poles(session, place):
    east, north = place
    other_side = shapely.Point(-east if abs(east) > 170 else east - 180, north)
    add_plots(session, there=other_side.buffer(0.001))

    found = names(session, geometry.within_distance(Plot.boundary, shapely.Point(place), 150_000))

    assert found == ["there"]


def test_nothing_is_near_or_touches_nothing(session):
    add_plots(session, one=square(71, 30))

    near = names(session, geometry.within_distance(Plot.boundary, shapely.Point(), 1e6))
    touching = names(session, geometry.touches_shape(Plot.boundary, shapely.Polygon()))

    assert (near, touching) == ([], [])


def test_the_question_can_be_asked_of_an_alias_in_a_join_and_when_deleting(session):
    neighbour = aliased(Plot)
    add_plots(session, one=square(71, 30), two=square(71.01, 30), far=square(75, 30))
    here = geometry.touches_shape(neighbour.boundary, square(71, 30))
    pairs = sa.select(Plot.id, neighbour.id).join(neighbour, here).where(Plot.id == "far")

    found = sorted(session.execute(pairs))
    session.execute(sa.delete(Plot).where(geometry.touches_shape(Plot.boundary, square(75, 30))))

    assert found == [("far", "one"), ("far", "two")]
    assert sorted(session.scalars(sa.select(Plot.id))) == ["one", "two"]


def test_a_box_is_looked_up_in_the_index_and_not_by_reading_every_row(engine):
    question = sa.select(Plot.id).where(geometry.intersects_box(Plot.boundary, 71, 30, 72, 31))

    plan = explained(engine, question)

    assert "idx_plots_boundary" in plan
    assert "SCAN plots" not in plan
    assert "Seq Scan" not in plan


def test_a_migration_leaves_no_difference_to_the_models(engine):
    with engine.connect() as connection:
        found = differences(connection, Base.metadata)

    assert found == []


def test_another_kind_of_shape_is_a_difference(engine):
    metadata = sa.MetaData()
    sa.Table(
        "plots",
        metadata,
        sa.Column("cooperative_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("boundary", Shape("POINT")),
    )
    Gauge.__table__.to_metadata(metadata)

    with engine.connect() as connection:
        found = differences(connection, metadata)

    assert [change[0][0] for change in found] == ["modify_type"]


def test_a_downgrade_leaves_nothing_of_ours(engine):
    with engine.connect() as connection:
        downgrade(connection)
        left = differences(connection, sa.MetaData())
        connection.rollback()

    assert left == []


def test_a_spatial_table_is_rebuilt_by_batch_mode_between_drop_and_add(engine):
    with engine.begin() as connection:
        connection.execute(
            sa.insert(Plot).values(cooperative_id=1, id="one", boundary=square(71, 30))
        )
        op = Operations(MigrationContext.configure(connection))
        geometry.drop_spatial(connection, "plots", "boundary")
        with op.batch_alter_table("plots", recreate="auto") as batch:
            batch.alter_column("id", type_=sa.Text())
        geometry.add_spatial(connection, "plots", "boundary", "MULTIPOLYGON")

    with Session(engine) as session:
        found = names(session, geometry.touches_shape(Plot.boundary, shapely.Point(71, 30)))
    with engine.begin() as connection:
        connection.execute(sa.delete(Plot))

    assert found == ["one"]


def test_a_column_that_holds_something_else_cannot_be_made_spatial_on_sqlite(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/village.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (words TEXT)")
        connection.exec_driver_sql("INSERT INTO notes VALUES ('north of the canal')")

        with pytest.raises(ValueError, match=r"notes.words holds something other than POINT"):
            geometry.add_spatial(connection, "notes", "words", "POINT")
    engine.dispose()


def test_a_column_prints_as_it_is_written_in_a_migration():
    written = [repr(Shape("multipolygon")), repr(Shape("POINT", 3)), repr(Shape())]

    assert written == ["Shape('MULTIPOLYGON')", "Shape('POINT', 3)", "Shape('GEOMETRY')"]


def test_areas_and_lengths_are_of_the_ellipsoid():
    field = square(71, 30)

    found = geometry.area_m2(field), geometry.length_m(field.exterior)

    assert found == (pytest.approx(1_069_550, rel=1e-3), pytest.approx(4_146.6, rel=1e-3))
