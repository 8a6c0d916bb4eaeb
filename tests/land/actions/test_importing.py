from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select

from coopfarm.kernel.refusal import Missing
from coopfarm.land.actions import importing as actions
from coopfarm.land.actions import ordering, undoing
from coopfarm.land.models import Canal, Outlet, Plot, Upload
from coopfarm.land.queries import plots, stored, uploads
from coopfarm.land.rules import importing, kept
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from coopfarm.store.audit import AuditEvent
from tests.factories.members import make_member
from tests.land.making import line, make_canal, make_outlet, make_plot, point, reading, square

HECTARE = 10_000.0


@pytest.fixture
def bring_in(session, clock):
    """Import a file as it was read; gives the report and the upload."""

    def make(file, **options):
        upload = actions.keep_upload(
            session, file.kind, "f.geojson", b"{}", options={}, made_by=None, now=clock.now
        )
        report = actions.import_(session, upload, file, actor_id=None, now=clock.now, **options)
        session.flush()
        session.expire_all()
        return report, upload

    return make


def drawn(code, east_m, **cells):
    return {"code": code, "shape": square(east_m), "area_m2": HECTARE, **cells}


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def read(shared_data, name, kind, **ask):
    return files.read(Path(shared_data(name)).read_bytes(), Ask(kind, **ask))


def test_plots_are_stored_with_all_that_the_file_says(session, bring_in):
    amina = make_member(session, name="Amina", number="12")
    make_outlet(session, "W1", place=point(0), watercourse=line((0, 0), (900, 0)))

    report, _ = bring_in(
        reading(
            "plots",
            drawn("far", 500, outlet="W1", holder="12", crop="rice", sown_on="2026-06-01"),
            drawn("near", 100, outlet="W1", area_ha="0.9"),
        )
    )

    far, near = session.scalars(select(Plot).order_by(Plot.code))
    assert (report.new, report.changed, report.unchanged) == (2, 0, 0)
    assert (far.holder_id, far.crop, far.place_from_head) == (amina.id, "rice", 2)
    assert (near.gross_area_m2, near.net_area_m2, near.place_from_head) == (HECTARE, 9_000.0, 1)
    assert near.boundary.equals_exact(square(100), 0)
    assert near.edition == 1


def test_the_same_file_again_changes_nothing(session, bring_in):
    file = [drawn("P1", 0, outlet="W1", turn_order="1"), drawn("P2", 100, outlet="W1")]
    bring_in(reading("plots", *(dict(f) for f in file)), make_outlets=True)

    report, _ = bring_in(reading("plots", *(dict(f) for f in file)), make_outlets=True)

    assert (report.new, report.changed, report.unchanged) == (0, 0, 2)
    assert {plot.edition for plot in session.scalars(select(Plot))} == {1}


def test_a_dry_run_writes_nothing_and_says_the_same(session, bring_in):
    file = reading("plots", drawn("P1", 0, outlet="W1"))

    report = actions.dry_run(session, file, make_outlets=True)

    assert (report.new, report.new_outlets) == (1, ("W1",))
    assert not session.new
    assert not session.dirty
    assert count(session, Plot) == count(session, Outlet) == 0


def test_one_problem_keeps_everything_out(session, bring_in):
    file = reading("plots", drawn("P1", 0), drawn("P2", 100, outlet="nowhere"))

    with pytest.raises(importing.FileHasProblems):
        bring_in(file, make_outlets=False)

    assert count(session, Plot) == 0


def test_a_table_puts_plots_below_outlets_in_its_own_order(session, bring_in):
    for code in ("P1", "P2", "P3"):
        make_plot(session, code)
    rows = [
        {"plot_code": code, "watercourse": "W1", "turn_order": place}
        for place, code in ((1, "P3"), (2, "P1"), (3, "P2"))
    ]

    report, _ = bring_in(reading("plots", *rows), make_outlets=True)

    outlet = session.scalars(select(Outlet)).one()
    assert (report.changed, report.new_outlets) == (3, ("W1",))
    assert [p.code for p in plots.from_head(session, outlet.id)] == ["P3", "P1", "P2"]
    assert all(p.placed_by_hand for p in plots.from_head(session, outlet.id))


def test_canals_come_in_any_order_and_lie_as_a_tree(session, bring_in):
    bring_in(
        reading(
            "canals",
            {"canal_id": "field", "feeds_from": "minor"},
            {"canal_id": "minor", "feeds_from": "main", "efficiency": "0.9"},
            {"canal_id": "main", "shape": line((0, 0), (900, 0)), "length_m": 900.0},
        )
    )

    canals = {canal.code: canal for canal in session.scalars(select(Canal))}
    assert canals["field"].feeds_from_id == canals["minor"].id
    assert canals["minor"].feeds_from_id == canals["main"].id
    assert (canals["minor"].efficiency, canals["main"].efficiency) == (0.9, 1.0)
    assert canals["main"].length_m == 900.0


def test_canals_that_would_feed_each_other_stay_out(session, bring_in):
    bring_in(reading("canals", {"code": "A"}, {"code": "B", "feeds_from": "A"}))

    with pytest.raises(importing.FileHasProblems) as refused:
        bring_in(reading("canals", {"code": "A", "feeds_from": "B"}))

    assert [problem.code for problem in refused.value.problems] == ["land-canals-in-a-circle"]


def test_an_outlet_that_is_drawn_later_puts_its_plots_in_order(session, bring_in):
    outlet = make_outlet(session, "W1")
    for code, east in (("A", 0), ("B", 400), ("C", 800)):
        make_plot(session, code, outlet, boundary=square(east))
    ordering.compute_places(session, [outlet.id])

    bring_in(reading("outlets", {"code": "W1", "shape": point(1000)}))

    assert [p.code for p in plots.from_head(session, outlet.id)] == ["C", "B", "A"]


def test_an_import_is_written_down_once(session, bring_in):
    bring_in(reading("plots", drawn("P1", 0), drawn("P2", 100)))

    event = session.scalars(select(AuditEvent)).one()

    assert (event.verb, event.subject_kind) == ("plots.import", "Upload")
    assert event.after == {"new": 2, "changed": 0, "unchanged": 0}


def test_a_new_file_of_the_same_person_replaces_the_one_that_waits(session, clock):
    amina = make_member(session)
    for name in ("first.csv", "second.csv"):
        actions.keep_upload(
            session, "plots", name, b"x", options={}, made_by=amina.id, now=clock.now
        )

    assert [u.filename for u in session.scalars(select(Upload))] == ["second.csv"]


def test_a_file_of_another_cooperative_is_not_there(session, clock):
    upload = actions.keep_upload(
        session, "plots", "f.csv", b"x", options={}, made_by=None, now=clock.now
    )
    session.cooperative_id += 1
    session.expunge_all()

    with pytest.raises(Missing):
        uploads.upload(session, upload.id)


def test_undoing_an_import_removes_what_it_made(session, bring_in, clock):
    make_plot(session, "old")
    _, upload = bring_in(
        reading("plots", drawn("P1", 0, outlet="W1"), drawn("P2", 100)), make_outlets=True
    )

    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    assert [plot.code for plot in session.scalars(select(Plot))] == ["old"]
    assert count(session, Outlet) == 0


def test_undoing_an_import_puts_back_what_it_changed(session, bring_in, clock):
    outlet = make_outlet(session, "W1")
    for code, east in (("A", 0), ("B", 300)):
        make_plot(session, code, outlet, boundary=square(east), crop="rice")
    _, upload = bring_in(
        reading(
            "plots",
            drawn("A", 50, outlet="W2", crop="maize", turn_order=1, sown_on="2026-06-01"),
        ),
        make_outlets=True,
    )

    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    plot = session.scalars(select(Plot).where(Plot.code == "A")).one()
    assert (plot.outlet_id, plot.crop, plot.sown_on) == (outlet.id, "rice", None)
    assert not plot.placed_by_hand
    assert plot.boundary.equals_exact(square(0), 0)
    assert count(session, Outlet) == 1


def test_canals_that_feed_each_other_are_undone_together(session, bring_in, clock):
    _, upload = bring_in(reading("canals", {"code": "A"}, {"code": "B", "feeds_from": "A"}))

    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    assert count(session, Canal) == 0


def test_an_import_is_undone_only_once(session, bring_in, clock):
    _, upload = bring_in(reading("canals", {"code": "A"}))
    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    with pytest.raises(kept.NothingToUndo):
        undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)


def test_an_import_that_was_built_upon_is_not_undone(session, bring_in, clock):
    _, upload = bring_in(reading("plots", drawn("P1", 0), drawn("P2", 100)))
    bring_in(reading("plots", {"code": "P2", "crop": "rice"}))

    with pytest.raises(kept.BuiltUpon, match="1 rows of this import were changed since, P2"):
        undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)


def test_an_import_that_other_land_refers_to_is_not_undone(session, bring_in, clock):
    _, upload = bring_in(reading("outlets", {"code": "W1"}))
    make_plot(session, "P1", session.scalars(select(Outlet)).one())

    with pytest.raises(kept.InUse):
        undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)


def test_the_scheme_of_ahero_comes_in_whole(session, bring_in, shared_data):
    file = read(shared_data, "ahero_ke/plots.geojson", "plots")

    report, _ = bring_in(file, make_outlets=True)

    b03 = session.scalars(select(Outlet).where(Outlet.code == "B03")).one()
    block = plots.from_head(session, b03.id)
    assert (report.new, len(report.new_outlets)) == (2_320, 13)
    assert len(block) == 344
    assert sum(plot.net_area_m2 for plot in block) == pytest.approx(1_560_010, abs=0.01)
    again = actions.dry_run(session, file, make_outlets=True)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2_320)


def test_the_canals_of_ahero_come_in_whole(session, bring_in, shared_data):
    report, _ = bring_in(read(shared_data, "ahero_ke/canals.geojson", "canals"))

    metres = session.scalar(select(func.sum(Canal.length_m)))
    assert report.new == 462
    assert metres == pytest.approx(214_200, rel=0.001)


def test_kashkadarya_comes_in_as_plots_then_as_watercourses(session, bring_in, shared_data):
    bring_in(read(shared_data, "kashkadarya_uz/plots.geojson", "plots"))

    report, _ = bring_in(
        read(shared_data, "kashkadarya_uz/watercourses_SYNTHETIC.csv", "plots"), make_outlets=True
    )

    first = session.scalars(select(Outlet).where(Outlet.code == "W1")).one()
    head = [plot.code for plot in plots.from_head(session, first.id)][:4]
    assert (report.changed, len(report.new_outlets)) == (426, 9)
    assert head == ["KD-0008", "KD-0001", "KD-0016", "KD-0010"]
    assert session.scalar(select(func.sum(Plot.net_area_m2))) == pytest.approx(29_371_790)


def test_plots_delivered_as_lines_are_imported_as_the_plots_inside(session, bring_in, shared_data):
    name = "ahero_ke/as_delivered_shapefiles.zip"
    file = read(shared_data, name, "plots", layer="parcels", make_codes=True)

    report, _ = bring_in(file)

    areas_m2 = session.scalars(select(Plot.gross_area_m2)).all()
    assert (report.new, len(areas_m2)) == (2_320, 2_320)
    assert sum(areas_m2) == pytest.approx(9_626_000, rel=1e-3)
    assert session.scalar(select(func.min(Plot.code))) == "P0001"
    assert [str(f.said) for f in report.findings if f.kind == "repair"] == [
        "2,314 features are drawn as closed lines. Each is read as the plot inside it.",
        "6 features are several closed lines. Each line is a plot of its own, and the further ones"
        " are numbered after the last feature of the file.",
        "2,320 features have no code of their own. They are numbered from P0001 to P2320.",
    ]

    again = actions.dry_run(session, file)

    assert (again.new, again.changed, again.unchanged) == (0, 0, 2_320)
    assert "plot-same-land-stored" not in {f.said.code for f in again.findings}


def test_canals_delivered_as_dashes_are_imported_as_lines(session, bring_in, shared_data):
    name = "ahero_ke/as_delivered_shapefiles.zip"
    file = read(shared_data, name, "canals", layer="canals", make_codes=True)

    report, _ = bring_in(file)

    lengths_m = session.scalars(select(Canal.length_m).order_by(Canal.code)).all()
    assert 350 <= report.new == len(lengths_m) <= 470
    assert 205_000 <= sum(lengths_m) <= 240_000
    assert lengths_m[0] == max(lengths_m) > 6_000
    assert min(lengths_m) >= 60 * 0.99
    assert str(report.findings[0].said).startswith("11,439 short lines are dashes of a drawing.")


def test_gezira_comes_in_with_its_five_unsound_areas_put_right(session, bring_in, shared_data):
    name = "gezira_sd/east_as_delivered.geojson"
    file = read(shared_data, name, "plots", chosen={"code": "OBJECTID_1", "name": "Name_AR"})

    report, _ = bring_in(file)

    repairs = [f for f in report.findings if f.said.code == "import-shape-repaired"]
    assert report.new == session.scalar(select(func.count()).select_from(Plot)) == 304
    assert [f.features for f in repairs] == [(66,), (109,), (259,), (260,), (262,)]
    assert str(repairs[0].said) == (
        "Feature 66 (66) is not drawn soundly near longitude 32.825377, latitude 14.651890. It is"
        " put right: 495.7623 ha before, 495.7624 ha after."
    )
    assert all(shapely.is_valid(list(session.scalars(select(Plot.boundary)))))
    assert session.scalar(select(Plot.name).where(Plot.code == "1")) == "مراد"


def test_rows_known_by_their_ids_are_renamed_and_an_undo_gives_the_codes_back(
    session, bring_in, clock
):
    one, two = make_plot(session, "P1"), make_plot(session, "P2")
    ids = {"P2": str(one.id), "P1": str(two.id)}

    report, upload = bring_in(
        reading("plots", *({"id": row_id, "code": code} for code, row_id in ids.items()))
    )

    codes = dict(session.execute(select(Plot.code, Plot.id)).all())
    assert (report.new, report.changed) == (0, 2)
    assert [(c.renamed_from, c.code) for c in report.changes] == [("P1", "P2"), ("P2", "P1")]
    assert {code: str(row_id) for code, row_id in codes.items()} == ids

    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    assert (one.code, two.code) == ("P1", "P2")


def test_a_canal_that_is_renamed_still_feeds_the_others(session, bring_in):
    main = make_canal(session, "main")
    make_canal(session, "minor", feeds_from_id=main.id)

    report, _ = bring_in(
        reading(
            "canals",
            {"id": str(main.id), "code": "MAIN"},
            {"id": "", "code": "minor", "feeds_from": "MAIN"},
            {"id": "", "code": "third", "feeds_from": "MAIN"},
        )
    )

    fed = dict(session.execute(select(Canal.code, Canal.feeds_from_id)).all())
    assert report.problems == []
    assert fed == {"MAIN": None, "minor": main.id, "third": main.id}


def test_the_cooperative_is_where_its_land_is(session):
    city = stored.whereabouts(session, "Asia/Karachi")
    assert (city.lon, city.lat) == pytest.approx((67.05, 24.87), abs=0.1)
    assert (city.land, city.plots) == (None, ())

    make_plot(session, "P1", boundary=square(0))

    home = stored.whereabouts(session, "Asia/Karachi")
    assert (home.lon, home.lat) == pytest.approx((72, 0), abs=0.01)
    assert home.land == pytest.approx(square(0).bounds)
    assert [plot.code for plot in home.plots] == ["P1"]
