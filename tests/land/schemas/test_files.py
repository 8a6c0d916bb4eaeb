import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import translate

from coopfarm.land.rules import columns, coordinates, misdrawn
from coopfarm.land.rules.whereabouts import Whereabouts
from coopfarm.land.schemas import archives, files, reading, refusals
from coopfarm.land.schemas import geojson as geojson_file
from coopfarm.land.schemas.ask import Ask

FIELD = box(72, 30, 72.001, 30.001)
IN_METRES = box(640_000, 9_984_000, 640_100, 9_984_100)


def geojson(*shapes, **extra):
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"P{number}"},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for number, shape in enumerate(shapes, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **extra}).encode()


def by_gdal(path, driver, shapes, crs, **options):
    kind = shapes[0].geom_type
    fields = [np.array([f"P{n}" for n, _ in enumerate(shapes, start=1)], dtype=object)]
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb(shapes), dtype=object),
        fields,
        ["code"],
        geometry_type=kind,
        crs=crs,
        driver=driver,
        **options,
    )


def zipped_shapefile(tmp_path, shapes, crs, without=()):
    if crs is None:
        without, crs = (*without, ".prj"), "EPSG:4326"
    by_gdal(tmp_path / "plots.shp", "ESRI Shapefile", shapes, crs)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(tmp_path.glob("plots.*")):
            if part.suffix not in without:
                archive.write(part, part.name)
    return packed.getvalue()


def geopackage(tmp_path, shapes, crs, **options):
    by_gdal(tmp_path / "plots.gpkg", "GPKG", shapes, crs, **options)
    return (tmp_path / "plots.gpkg").read_bytes()


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_the_reader_answers_from_a_process_of_its_own():
    found = files.read(geojson(FIELD), Ask("plots"))

    assert found.crs == "EPSG:4326"
    assert found.records[0].values == {"code": "P1"}
    assert found.records[0].shape.equals(FIELD)
    assert round(found.records[0].area_m2) == 10_696


def test_what_is_wrong_with_one_feature_comes_back_with_its_words():
    bow = Polygon([(72, 30), (72.2, 30.2), (72.2, 30), (72, 30.2)])

    found = files.read(geojson(FIELD, bow), Ask("plots"))

    assert found.records[0].flaw is None
    assert isinstance(found.records[1].flaw, misdrawn.CrossesItself)
    assert "P2" in str(found.records[1].flaw)


def test_every_remark_of_the_reader_has_its_words_here():
    high = shapely.force_3d(box(72, 30, 72.001, 30.001), 90)

    found = files.read(geojson(FIELD, high), Ask("plots", crs="EPSG:4326"))

    assert [str(warning) for warning in found.warnings] == [
        "1 feature carries heights or measures. They are left out; the map is flat.",
        "Features 1 (P1) and 2 (P2) are drawn alike: the same land would be two plots. Leave one"
        " of them out.",
    ]


def test_overlapping_neighbours_are_named_with_their_numbers():
    beside = box(72.0005, 30, 72.0015, 30.001)

    found = files.read(geojson(FIELD, beside), Ask("plots"))

    assert [(str(f.said), f.features) for f in found.findings] == [
        ("Plots P1 and P2 overlap by 5,354 m². Both are taken as drawn.", (1, 2))
    ]


def test_a_file_without_a_coordinate_system_is_asked_about(tmp_path):
    content = zipped_shapefile(tmp_path, [IN_METRES], None)

    with pytest.raises(coordinates.CoordinateSystemMissing) as refused:
        files.read(content, Ask("plots"), near=Whereabouts(34.9, -0.13))

    first = refused.value.alternatives[0]
    assert (first["crs"], first["title"]) == ("EPSG:32736", "UTM 36S (EPSG:32736)")
    assert first["bounds"] == pytest.approx([34.2572, -0.1443, 34.2581, -0.1434], abs=1e-3)
    assert refused.value.field == "crs"


def test_the_answer_makes_the_same_file_readable(tmp_path):
    content = zipped_shapefile(tmp_path, [IN_METRES], None)

    found = files.read(content, Ask("plots", crs="٣٢٧٣٦"))

    lon, lat = found.records[0].shape.centroid.coords[0]
    assert (round(lon, 3), round(lat, 3)) == (34.258, -0.144)
    assert round(found.records[0].area_m2, -2) == 10_000


@pytest.mark.parametrize("crs", ["moon", "EPSG:1", "EPSG:999999", "EPSG:5773"])
def test_a_code_that_names_no_system_is_refused(crs):
    with pytest.raises(coordinates.NoSuchCoordinateSystem):
        files.read(geojson(FIELD), Ask("plots", crs=crs))


def test_no_file_and_too_large_a_file_are_refused():
    with pytest.raises(refusals.EmptyFile):
        files.read(b"", Ask("plots"))
    with pytest.raises(refusals.FileTooLarge, match="20 MB"):
        files.read(b" " * (files.MOST_BYTES + 1), Ask("plots"))


def test_a_kind_that_does_not_come_by_file_is_refused():
    with pytest.raises(columns.NoSuchKind):
        files.read(geojson(FIELD), Ask("tractors"))


def test_a_file_that_costs_too_much_is_stopped():
    many = geojson(*(box(72, 30, 72.05 + n * 1e-6, 30.05) for n in range(9_000)))

    with pytest.raises(refusals.TooHardToRead):
        files.read(many, Ask("plots"), cpu_seconds=0.2)


def test_a_thousand_parts_are_drawn_as_they_stand_with_their_holes():
    shell, hole = box(0, 0, 0.001, 0.001), box(0.0002, 0.0002, 0.0004, 0.0004)
    ring = Polygon(shell.exterior, [hole.exterior])
    parts = [translate(ring if n % 2 else shell, 72 + n * 0.002, 30) for n in range(1_001)]

    [feature] = geojson_file.read(geojson(MultiPolygon(parts))).features

    assert shapely.to_wkb(feature.shape) == shapely.to_wkb(MultiPolygon(parts))


def test_geojson_is_read_as_wgs84_unless_it_says_otherwise():
    legacy = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32736"}}}

    assert reading.read(geojson(FIELD), Ask("plots")).crs == "EPSG:4326"
    found = reading.read(geojson(IN_METRES, **legacy), Ask("plots"))
    assert found.crs == "EPSG:32736"
    assert found.records[0].flaw is None


def test_metres_that_say_they_are_degrees_are_asked_about():
    with pytest.raises(coordinates.CoordinateSystemWrong) as refused:
        files.read(geojson(IN_METRES), Ask("plots"), near=Whereabouts(34.9, -0.13))

    assert "says it is in EPSG:4326" in str(refused.value)
    assert refused.value.alternatives[0]["crs"] == "EPSG:32736"


def test_one_feature_that_lies_nowhere_is_named_with_its_coordinate():
    found = reading.read(geojson(FIELD, FIELD, IN_METRES), Ask("plots"))

    assert found.records[2].flaw.code == "import-not-on-earth"
    assert "640100, 9984000" in str(found.records[2].flaw)


def test_choosing_another_system_than_the_file_says_is_remarked_on():
    found = reading.read(geojson(IN_METRES), Ask("plots", crs="EPSG:32736"))

    assert [str(warning) for warning in found.warnings] == [
        "The file says it is in EPSG:4326; it is read as EPSG:32736, as you chose."
    ]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ('{"type": "Polygon", "coordinates": "here"}', "import-unreadable-shape"),
        ('{"type": "Polygon", "coordinates": [[["1", "2"]]]}', "import-unreadable-shape"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}', "import-unreadable-shape"),
        ('{"type": "Polygon"}', "import-unreadable-shape"),
        ('{"type": "Circle", "coordinates": [1, 2]}', "import-unreadable-shape"),
        ('{"type": "GeometryCollection", "geometries": []}', "import-empty-shape"),
        ('{"type": "Polygon", "coordinates": []}', "import-empty-shape"),
        (
            '{"type": "Polygon", "coordinates": [[[1, 2], [NaN, 4], [5, 6], [1, 2]]]}',
            "import-not-finite",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[1, 2], [1e999, 4], [5, 6], [1, 2]]]}',
            "import-not-finite",
        ),
    ],
)
def test_a_geometry_that_is_none_is_named_and_the_rest_is_read(geometry, code):
    drawn = f'{{"type": "Feature", "properties": {{}}, "geometry": {geometry}}}'
    blank = '{"type": "Feature", "properties": null, "geometry": null}'
    content = f'{{"type": "FeatureCollection", "features": [{drawn}, {blank}]}}'

    found = reading.read(content.encode(), Ask("plots"))

    assert found.records[0].flaw.code == code
    assert found.records[1].flaw is None


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"{", refusals.FileBroken),
        (b'{"type": "Topology"}', refusals.FileBroken),
        (b'{"type": "FeatureCollection"}', refusals.FileBroken),
        (b'{"type": "FeatureCollection", "features": [1]}', refusals.FileBroken),
        (b'{"a": ' + b"[" * 100_000, refusals.FileBroken),
        (b'{"a": ' + b"1" * 5_000 + b"}", refusals.FileBroken),
        (b'{"type": "Feature", "properties": {"n": "\xff"}}', refusals.TextUnreadable),
        (b"  \n", refusals.EmptyFile),
        (b"<gpx></gpx>", refusals.NoSuchFormat),
        (b"<kml><Document></kml>", refusals.FileBroken),
        (b"%PDF-1.7", refusals.NoSuchFormat),
        (b"\x00\x01\x02", refusals.NoSuchFormat),
        (b"PK\x03\x04 and nothing more", refusals.FileBroken),
        (b"SQLite format 3\0 and nothing more", refusals.FileBroken),
        (b"code,code\n1,2\n", refusals.FileBroken),
        (b'code,name\n1,"open', refusals.FileBroken),
        (b"code,name\n1,\xe1\xe2\n", refusals.TextUnreadable),
    ],
)
def test_a_file_that_is_no_map_is_refused_by_name(content, refusal):
    with pytest.raises(refusal):
        reading.read(content, Ask("plots"))


def test_a_shapefile_is_read_with_its_coordinate_system(tmp_path):
    content = zipped_shapefile(tmp_path, [IN_METRES], "EPSG:32736")

    found = reading.read(content, Ask("plots"))

    assert (found.crs, found.layer) == ("EPSG:32736", "plots")
    assert found.records[0].values == {"code": "P1"}
    assert found.records[0].shape.geom_type == "MultiPolygon"


def test_a_shapefile_is_read_without_its_index(tmp_path):
    content = zipped_shapefile(tmp_path, [FIELD], "EPSG:4326", without=(".shx",))

    assert reading.read(content, Ask("plots")).records[0].shape.equals(FIELD)


def test_a_damaged_shapefile_is_refused(tmp_path):
    with pytest.raises(refusals.FileBroken):
        reading.read(zipped(**{"a.shp": b"<OGRVRTDataSource/>"}), Ask("plots"))


def test_arabic_letters_are_read_in_the_encoding_that_was_chosen(tmp_path):
    by_gdal(tmp_path / "plots.shp", "ESRI Shapefile", [FIELD], "EPSG:4326")
    dbf = tmp_path / "plots.dbf"
    dbf.write_bytes(dbf.read_bytes().replace(b"P1        ", "قطعة".encode("cp1256").ljust(10)))
    members = {p.name: p.read_bytes() for p in tmp_path.glob("plots.*") if p.suffix != ".cpg"}

    found = reading.read(zipped(**members), Ask("plots", encoding="cp1256"))

    assert found.records[0].values["code"] == "قطعة"


def test_of_several_shapefiles_one_must_be_chosen(tmp_path):
    by_gdal(tmp_path / "plots.shp", "ESRI Shapefile", [FIELD], "EPSG:4326")
    members = {p.name: p.read_bytes() for p in tmp_path.glob("plots.*")}
    others = {name.replace("plots", "roads"): content for name, content in members.items()}
    content = zipped(**members, **others)

    with pytest.raises(refusals.SeveralLayers, match="plots, roads") as refused:
        reading.read(content, Ask("plots"))

    assert refused.value.alternatives == [
        {"layer": "plots", "title": "plots", "features": 1},
        {"layer": "roads", "title": "roads", "features": 1},
    ]
    assert reading.read(content, Ask("plots", layer="roads")).layer == "roads"
    with pytest.raises(refusals.NoSuchLayer):
        reading.read(content, Ask("plots", layer="rivers"))


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"readme.txt": b"hello"}, refusals.NoShapefile),
        ({"../a.shp": b"x"}, refusals.UnsafeArchive),
        ({"/etc/a.shp": b"x"}, refusals.UnsafeArchive),
        ({"C:\\a.shp": b"x"}, refusals.UnsafeArchive),
        ({"a.shp": b"\0" * 10_000_000}, refusals.UnsafeArchive),
        ({"a.shp": b"x", "b.zip": b"x"}, refusals.UnsafeArchive),
        ({f"{n}.txt": b"x" for n in range(archives.MOST_MEMBERS + 1)}, refusals.UnsafeArchive),
    ],
)
def test_a_zip_that_is_not_just_a_shapefile_is_not_opened(members, refusal):
    with pytest.raises(refusal):
        reading.read(zipped(**members), Ask("plots"))


def test_a_zip_that_lies_about_its_size_is_stopped_while_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    content = zipped(**{"a.shp": bytes(range(256)) * 3, "a.dbf": bytes(range(256)) * 2})

    with pytest.raises(refusals.FileTooLarge):
        archives.unpack(content, None, tmp_path)


def test_a_geopackage_is_read(tmp_path):
    content = geopackage(tmp_path, [FIELD], "EPSG:4326")

    found = reading.read(content, Ask("plots"))

    assert (found.crs, found.layer) == ("EPSG:4326", "plots")
    assert found.records[0].shape.equals(FIELD)


def test_of_several_layers_of_a_geopackage_one_must_be_chosen(tmp_path):
    geopackage(tmp_path, [FIELD], "EPSG:4326", layer="plots")
    content = geopackage(tmp_path, [Point(72, 30)], "EPSG:4326", layer="wells", append=True)

    with pytest.raises(refusals.SeveralLayers, match="plots, wells"):
        reading.read(content, Ask("plots"))
    assert len(reading.read(content, Ask("plots", layer="plots")).records) == 1


def test_a_geopackage_of_an_unknown_place_is_asked_about(tmp_path):
    with pytest.warns(UserWarning, match="crs"):
        content = geopackage(tmp_path, [FIELD], None)

    with pytest.raises(coordinates.CoordinateSystemMissing):
        reading.read(content, Ask("plots"))


def test_a_table_draws_by_well_known_text():
    content = table(["code", "wkt"], ["P1", FIELD.wkt], ["P2", ""], ["P3", "POLYGON((1 2))"])

    found = reading.read(content, Ask("plots", crs="EPSG:4326"))

    assert found.records[0].shape.equals(FIELD)
    assert found.records[1].shape is None
    assert found.records[2].flaw.code == "import-unreadable-shape"


def test_a_table_draws_outlets_by_longitude_and_latitude():
    content = "outlet;lon;lat\nW1;٧٢,5;30\nW2;72;\n".encode()

    found = reading.read(content, Ask("outlets", crs="4326"))

    assert found.records[0].shape == Point(72.5, 30)
    assert found.records[1].flaw.code == "import-unreadable-shape"


def test_a_table_that_draws_without_a_system_is_asked_about():
    with pytest.raises(coordinates.CoordinateSystemMissing):
        reading.read(table(["code", "wkt"], ["P1", FIELD.wkt]), Ask("plots"))


def test_a_table_without_shapes_needs_no_coordinate_system():
    found = reading.read(table(["plot_code", "crop"], ["P1", "rice"]), Ask("plots"))

    assert found.crs is None
    assert found.records[0].values == {"plot_code": "P1", "crop": "rice"}


def test_too_many_features_are_refused(monkeypatch):
    rows = [["code"]] + [[str(n)] for n in range(20_001)]

    with pytest.raises(refusals.TooManyFeatures, match="20,000"):
        reading.read(table(*rows), Ask("plots"))


def test_canals_are_measured_on_the_ellipsoid():
    found = reading.read(geojson(LineString([(72, 0), (73, 0)])), Ask("canals"))

    assert round(found.records[0].length_m) == 111_319


def test_the_scheme_of_ahero_is_read_whole(shared_data):
    content = Path(shared_data("ahero_ke/plots.geojson")).read_bytes()

    found = files.read(content, Ask("plots"))

    assert len(found.records) == 2_320
    assert all(record.flaw is None for record in found.records)
    assert {warning.code for warning in found.warnings} == {"plots-overlap"}


def test_plots_delivered_as_lines_are_read_as_plots(shared_data):
    content = Path(shared_data("ahero_ke/as_delivered_shapefiles.zip")).read_bytes()

    found = files.read(content, Ask("plots", layer="parcels", chosen={"code": "FID"}))

    assert found.crs == "EPSG:32736"
    assert len(found.records) == 2_320
    assert sum(record.area_m2 for record in found.records) == pytest.approx(9_626_000, rel=1e-3)
    assert [str(f.said) for f in found.findings if f.kind == "repair"] == [
        "2,314 features are drawn as closed lines. Each is read as the plot inside it.",
        "6 features are several closed lines. Each line is a plot of its own, and the further ones"
        " are numbered after the last feature of the file.",
    ]
    twelfth = [r.values["FID"] for r in found.records if str(r.values["FID"]).startswith("291-")]
    assert twelfth == ["291-1", "291-2"]
