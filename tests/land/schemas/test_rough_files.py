"""The torture set: every file ends in a report with its problems named and its plots right."""

import json

import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from coopfarm.land.rules import coordinates, importing
from coopfarm.land.rules.incoming import Known
from coopfarm.land.rules.whereabouts import StoredPlot, Whereabouts
from coopfarm.land.schemas import files, reading, refusals
from coopfarm.land.schemas.ask import Ask
from tests.land import rough_files as rough

LON, LAT = 31.1, 30.5
PLOTS = rough.grid(LON, LAT, 3)
HERE = Whereabouts(LON, LAT, land=(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1))


def tried(content, near=HERE, **ask):
    """The report of a dry run in an empty cooperative, with the reading behind it."""
    found = reading.read(content, Ask("plots", **ask), near)
    return importing.decide(found, Known()), found


def codes(report):
    return [finding.said.code for finding in report.findings]


def boundaries(report):
    return [change.after["boundary"] for change in report.changes]


def lie_as_drawn(report, shapes, within=2e-8):
    """Whether the plots are those shapes, to a centimetre or so."""
    return len(report.changes) == len(shapes) and all(
        found.hausdorff_distance(shape) < within
        for found, shape in zip(boundaries(report), shapes, strict=True)
    )


def test_letters_of_cp1256_that_nothing_names_are_remarked_on_and_can_be_chosen(tmp_path):
    content = rough.shapefile(tmp_path, PLOTS[:2], encoding="cp1256", without=[".cpg"])

    as_it_says, _ = tried(content)
    as_chosen, found = tried(content, encoding="cp1256")

    assert codes(as_it_says) == ["import-garbled"]
    assert as_it_says.findings[0].features == (1, 2)
    assert codes(as_chosen) == []
    assert [change.after["name"] for change in as_chosen.changes] == ["حقل النخيل", "قطعة 2"]
    assert found.columns == ["code", "الاسم"]


def test_a_cpg_is_heeded_and_can_be_overruled(tmp_path):
    content = rough.shapefile(tmp_path, PLOTS[:2], encoding="cp1256")

    assert tried(content)[0].changes[0].after["name"] == "حقل النخيل"
    assert codes(tried(content, encoding="cp1252")[0]) == ["import-garbled"]


def test_sound_utf_8_is_known_without_a_cpg(tmp_path):
    content = rough.shapefile(tmp_path, PLOTS, without=[".cpg"])

    report, _ = tried(content)

    assert [change.after["name"] for change in report.changes] == list(rough.NAMES)


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        ("EPSG:32636", 31.1, 30.5),  # UTM north
        ("EPSG:32736", 34.9, -0.15),  # UTM south of the equator
        ("EPSG:32642", 67.2, 36.7),
        ("EPSG:32601", -179.5, 52.0),  # the first zone, beside the date line
        ("EPSG:32760", 179.2, -17.8),
        ("EPSG:22992", 31.1, 30.5),  # Egypt 1907, Red Belt
        ("EPSG:26191", -6.2, 34.3),  # Lambert, Morocco
        ("EPSG:2154", 2.3, 46.8),  # Lambert 93, France
        ("EPSG:3857", 73.1, 31.4),  # Web Mercator
    ],
)
def test_without_a_prj_the_right_system_is_offered_with_where_it_would_land(
    tmp_path, crs, lon, lat
):
    shapes = rough.grid(lon, lat, 3)
    content = rough.shapefile(tmp_path, rough.projected(shapes, crs), crs, without=[".prj"])
    near = Whereabouts(lon + 0.2, lat + 0.2)

    with pytest.raises(coordinates.CoordinateSystemMissing) as asked:
        tried(content, near)
    report, _ = tried(content, near, crs=crs)

    offered = {way["crs"]: way["bounds"] for way in asked.value.alternatives}
    assert offered[crs] == pytest.approx([lon, lat, lon + 0.003, lat + 0.001], abs=1e-4)
    assert report.problems == []
    assert lie_as_drawn(report, shapes)


@pytest.mark.parametrize("crs", ["EPSG:32636", "EPSG:22992", "EPSG:3857", "EPSG:4326"])
def test_a_shapefile_and_a_geopackage_lie_where_they_say(tmp_path, crs):
    shapes = PLOTS if crs == "EPSG:4326" else rough.projected(PLOTS, crs)

    for content in (
        rough.shapefile(tmp_path, shapes, crs),
        rough.geopackage(tmp_path, shapes, crs),
    ):
        report, found = tried(content)
        assert found.crs == crs
        assert codes(report) == []
        assert lie_as_drawn(report, PLOTS)


@pytest.mark.parametrize("make", [rough.kml, rough.kmz])
def test_kml_brings_names_as_codes_and_its_data_without_how_it_is_shown(make):
    report, found = tried(make(PLOTS))

    assert found.columns == ["name", "crop", "soil", "folder"]
    assert [change.code for change in report.changes] == ["P1", "P2", "P3"]
    assert report.changes[0].after["soil"] == "clay"
    assert codes(report) == ["heights-dropped"]
    assert lie_as_drawn(report, PLOTS)


@pytest.mark.parametrize("separated", [True, False])
def test_a_feature_a_line_is_geojson_too(separated):
    report, _ = tried(rough.geojson_sequence(PLOTS, separated=separated))

    assert codes(report) == []
    assert lie_as_drawn(report, PLOTS)


def test_a_bare_geometry_is_a_plot_that_the_import_can_number():
    content = shapely.to_geojson(PLOTS[0]).encode()

    without, _ = tried(content)
    numbered, _ = tried(content, make_codes=True)

    assert codes(without) == ["import-without-code-column"]
    assert [change.code for change in numbered.changes] == ["P001"]


def test_swapped_axes_are_known_by_where_the_land_is_and_read_right_when_asked():
    content = rough.geojson(rough.turned_round(PLOTS))

    asked, _ = tried(content)
    answered, _ = tried(content, swap_axes=True)

    assert codes(asked) == ["import-axes-swapped"] * 3
    assert codes(answered) == ["axes-swapped"]
    assert lie_as_drawn(answered, PLOTS)


def test_swapped_axes_are_known_without_land_where_no_latitude_is():
    luzon = rough.grid(120.6, 15.4, 2)

    report, _ = tried(rough.geojson(rough.turned_round(luzon)), near=None)

    assert codes(report) == ["import-axes-swapped"] * 2


def test_swapped_axes_of_a_projected_file_are_known_too(tmp_path):
    shapes = rough.turned_round(rough.projected(PLOTS, "EPSG:32636"))

    report, _ = tried(rough.shapefile(tmp_path, shapes, "EPSG:32636"))

    assert codes(report) == ["import-axes-swapped"] * 3


def test_holes_stay_holes_and_a_stray_one_is_dropped():
    holed = Polygon(PLOTS[0].exterior, [PLOTS[0].buffer(-0.0004).exterior])
    stray = Polygon(PLOTS[1].exterior, [box(LON + 0.5, LAT, LON + 0.5001, LAT + 0.0001).exterior])

    report, _ = tried(rough.geojson([holed, stray]))

    assert codes(report) == ["import-shape-repaired"]
    assert report.findings[0].features == (2,)
    assert lie_as_drawn(report, [holed, PLOTS[1]])


def test_overlaps_are_named_in_the_file_and_with_what_is_stored():
    half_over = shapely.transform(PLOTS[0], lambda places: np.add(places, (rough.STEP / 2, 0)))
    stored = StoredPlot("id", "OLD", MultiPolygon([PLOTS[2]]))
    near = Whereabouts(LON, LAT, HERE.land, [stored])

    report, _ = tried(rough.geojson([PLOTS[0], half_over, PLOTS[2]]), near)

    told = [(f.kind, f.said.code, f.features) for f in report.findings]
    assert sorted(told) == [
        ("note", "plot-same-land-stored", (3,)),
        ("note", "plots-overlap", (1, 2)),
    ]
    assert len(report.changes) == 3


def test_a_stored_plot_that_the_file_redraws_is_not_said_to_overlap():
    stored = StoredPlot("id", "P1", MultiPolygon([PLOTS[0].buffer(0.0001)]))

    report, _ = tried(rough.geojson(PLOTS[:1]), Whereabouts(LON, LAT, HERE.land, [stored]))

    assert codes(report) == []


def test_the_same_land_under_two_codes_and_the_same_feature_twice_are_told_apart():
    once = rough.features([PLOTS[0], PLOTS[0]])
    content = "\n".join(json.dumps(feature) for feature in [*once, once[0]]).encode()

    report, _ = tried(content)

    assert [(f.kind, f.said.code, f.features) for f in report.findings] == [
        ("repair", "import-said-twice", (3,)),
        ("note", "plots-same-land", (1, 2)),
    ]


def test_empty_open_and_pointless_shapes_are_named_one_by_one():
    flat = Polygon([(LON, LAT), (LON + 0.001, LAT), (LON + 0.002, LAT)])
    bow = Polygon([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001)])
    line = LineString([(LON, LAT), (LON + 0.001, LAT)])

    report, found = tried(rough.geojson([Polygon(), flat, bow, line, Point(LON, LAT), PLOTS[0]]))

    assert codes(report) == [
        "import-empty-shape",
        "import-no-area",
        "import-crosses-itself",
        "import-open-line",
        "import-plot-not-an-area",
    ]
    assert [f.features for f in report.findings] == [(1,), (2,), (3,), (4,), (5,)]
    outlined = [record.outline is not None for record in found.records]
    assert outlined == [False, True, True, True, True, True]


def test_features_with_problems_can_be_left_out():
    report, _ = tried(rough.geojson([PLOTS[0], Polygon(), PLOTS[2]]), leave_out=[2])

    assert codes(report) == ["import-left-out"]
    assert [change.code for change in report.changes] == ["P1", "P3"]


def test_many_parts_mixed_collections_and_heights_are_read_and_told():
    two = MultiPolygon([PLOTS[0], box(LON, LAT + 0.01, LON + 0.001, LAT + 0.011)])
    mixed = GeometryCollection([Point(LON, LAT), PLOTS[1]])
    high = shapely.force_3d(PLOTS[2], 12)

    report, _ = tried(rough.geojson([two, mixed, high]))

    assert {(f.kind, f.said.code, f.features) for f in report.findings} == {
        ("note", "import-in-parts", (1,)),
        ("repair", "import-part-of-collection", (2,)),
        ("repair", "heights-dropped", (3,)),
    }
    assert lie_as_drawn(report, [two, PLOTS[1], PLOTS[2]])


def test_measures_are_dropped_like_heights():
    content = b'code,wkt\nP1,"POLYGON M ((31 30 1,31.001 30 2,31.001 30.001 3,31 30 1))"\n'

    report, _ = tried(content, near=None, crs="EPSG:4326")

    assert codes(report) == ["heights-dropped"]
    assert not shapely.has_m(boundaries(report)[0])


def test_closed_lines_are_the_plots_inside_them_with_holes_and_neighbours_apart():
    ring = LineString(PLOTS[0].exterior.coords)
    nearly = LineString([*PLOTS[1].exterior.coords[:-1], (LON + 0.002, LAT + 5e-6)])
    pond = LineString(PLOTS[2].buffer(-0.0003).exterior.coords)
    around = shapely.multilinestrings([LineString(PLOTS[2].exterior.coords), pond])

    report, _ = tried(rough.geojson([ring, nearly, around]))

    assert [(f.said.code, f.features) for f in report.findings] == [
        ("import-lines-closed", (1, 2, 3)),
        ("import-ends-joined", (2,)),
        ("import-holes-from-lines", (3,)),
    ]
    assert report.problems == []
    holed = Polygon(PLOTS[2].exterior, [pond])
    assert lie_as_drawn(report, [PLOTS[0], PLOTS[1], holed], within=1e-5)


def test_what_lies_far_away_is_remarked_on_with_the_distance():
    elsewhere = rough.grid(LON + 2, LAT, 1)

    report, _ = tried(rough.geojson([*PLOTS[:1], *elsewhere]))

    assert [str(f.said) for f in report.findings] == [
        "1 features lie 182 km or more from the land of the cooperative. Look whether the"
        " coordinate system is right."
    ]
    assert report.findings[0].features == (2,)


def test_plots_across_the_date_line_and_at_the_poles_are_refused_in_words():
    across = Polygon([(179.9, 0), (-179.9, 0), (-179.9, 0.1), (179.9, 0.1)])

    report, _ = tried(rough.geojson([across, box(10, 89, 11, 90)]), near=None)

    assert codes(report) == ["import-crosses-date-line", "import-at-the-pole"]


def test_ten_thousand_plots_are_read_in_the_time_given():
    plots = rough.grid(LON, LAT, 10_000)

    found = files.read(rough.geojson(plots), Ask("plots"), near=HERE)

    assert len(found.records) == 10_000
    assert not found.findings
    areas_m2 = [record.area_m2 for record in found.records]
    assert 10_500 < min(areas_m2) < max(areas_m2) < 10_700


def test_declared_areas_and_repeated_codes_end_in_the_same_report():
    content = rough.geojson(PLOTS, area_ha=[1.06, 2.5, 0.5]).replace(b'"P3"', b'"P2"')

    as_it_is, _ = tried(content)
    parted, _ = tried(content, make_codes=True)

    assert codes(as_it_is) == [
        "import-same-code-twice",
        "declared-area-larger",
        "declared-area-smaller",
    ]
    assert as_it_is.findings[0].features == (2, 3)
    assert [change.code for change in parted.changes] == ["P1", "P2", "P2-2"]


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE kml [<!ENTITY a "b">]><kml/>',
        b'<?xml version="1.0"?><!DOCTYPE kml SYSTEM "http://localhost/x"><kml/>',
        b"<kml>" + b"<Folder>" * 101 + b"</Folder>" * 101 + b"</kml>",
        b"<kml><Document></kml>",
    ],
)
def test_kml_that_is_made_to_do_harm_is_refused(start):
    with pytest.raises(refusals.FileBroken):
        tried(start)


def test_files_are_known_by_what_is_in_them_and_not_by_their_names(tmp_path):
    contents = [rough.kml(PLOTS), rough.geopackage(tmp_path, PLOTS), rough.geojson(PLOTS)]

    assert [tried(content)[0].total for content in contents] == [3, 3, 3]
