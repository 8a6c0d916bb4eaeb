import math
import struct

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.store.spatialite import blob

# Written out by hand from https://www.gaia-gis.it/gaia-sins/BLOB-Geometry.html
TWO_TRIANGLES = (
    "00 01 E6100000"  # start, little-endian, SRID 4326
    " 0000000000000000 0000000000000000 0000000000001040 0000000000000840 7C"  # 0 0 4 3
    " 06000000 02000000"  # MULTIPOLYGON of 2
    " 69 03000000 01000000 04000000"  # a polygon of 1 ring of 4
    " 0000000000000000 0000000000000000 0000000000000040 0000000000000000"  # 0 0, 2 0
    " 0000000000000000 000000000000F03F 0000000000000000 0000000000000000"  # 0 1, 0 0
    " 69 03000000 01000000 04000000"
    " 0000000000000840 0000000000000040 0000000000001040 0000000000000040"  # 3 2, 4 2
    " 0000000000000840 0000000000000840 0000000000000840 0000000000000040"  # 3 3, 3 2
    " FE"
)

SHAPES = [
    "POINT (71.5 30.25)",
    "POINT Z (71.5 30.25 120)",
    "POINT M (71.5 30.25 7)",
    "POINT ZM (71.5 30.25 120 7)",
    "LINESTRING (0 0, 1 1, 2 0)",
    "LINESTRING Z (0 0 1, 1 1 2)",
    "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 1 1))",
    "MULTIPOINT ((1 2), (3 4))",
    "MULTIPOINT M ((1 2 3), (3 4 5))",
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
    "MULTIPOLYGON (((0 0, 2 0, 0 1, 0 0)), ((3 2, 4 2, 3 3, 3 2)))",
    "MULTIPOLYGON Z (((0 0 5, 2 0 5, 0 1 5, 0 0 5)), ((3 2 5, 4 2 5, 3 3 5, 3 2 5)))",
    "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1), POLYGON ((0 0, 1 0, 1 1, 0 0)))",
    "POINT EMPTY",
    "LINESTRING EMPTY",
    "POLYGON EMPTY",
    "MULTIPOLYGON EMPTY",
    "GEOMETRYCOLLECTION EMPTY",
]


def test_a_multipolygon_is_written_as_the_layout_is_documented():
    shape = shapely.from_wkt("MULTIPOLYGON (((0 0, 2 0, 0 1, 0 0)), ((3 2, 4 2, 3 3, 3 2)))")

    written = blob.encode(shape, 4326)

    assert written == bytes.fromhex(TWO_TRIANGLES)


@pytest.mark.parametrize("wkt", SHAPES)
def test_every_kind_of_shape_comes_back_as_it_was_written(wkt):
    shape = shapely.from_wkt(wkt)

    back = blob.decode(blob.encode(shape, 4326))

    assert shapely.to_wkt(back) == shapely.to_wkt(shape)
    assert shapely.get_srid(back) == 4326


@pytest.mark.parametrize("wkt", SHAPES)
def test_big_endian_blobs_of_other_programs_are_read_too(wkt):
    shape = shapely.from_wkt(wkt)
    header = struct.pack(">BBi4dB", 0, 0, 4326, *shape.bounds, 0x7C)
    body = bytearray(shapely.to_wkb(shape, byte_order=0, flavor="iso")[1:])
    for mark in blob._entity_marks(body, ">"):
        body[mark] = 0x69

    back = blob.decode(header + body + b"\xfe")

    assert shapely.to_wkt(back) == shapely.to_wkt(shape)


def test_the_class_tells_kind_and_dimensions():
    shapes = ("POINT (1 2)", "POINT Z (1 2 3)", "POINT M (1 2 3)", "MULTIPOINT ZM (1 2 3 4)")

    classes = [blob.class_of(blob.encode(shapely.from_wkt(wkt), 4326)) for wkt in shapes]

    assert classes == [1, 1001, 2001, 3004]


def test_a_collection_within_a_collection_is_taken_apart():
    nested = shapely.from_wkt("GEOMETRYCOLLECTION (MULTIPOINT ((1 2), (3 4)), POINT (5 6))")

    back = blob.decode(blob.encode(nested, 4326))

    assert back.wkt == "GEOMETRYCOLLECTION (POINT (1 2), POINT (3 4), POINT (5 6))"


def test_the_box_is_read_from_the_header_and_is_not_a_number_for_nothing():
    line = blob.encode(shapely.LineString([(1, 5), (3, 2)]), 4326)
    nothing = blob.encode(shapely.Polygon(), 4326)

    boxes = blob.box_of(line), blob.box_of(nothing)

    assert boxes[0] == (1, 2, 3, 5)
    assert all(map(math.isnan, boxes[1]))


@pytest.mark.parametrize(
    "value", [None, 7, "POINT (1 2)", b"", b"\x00" * 60, b"GP\x00\x01" + b"\x00" * 60]
)
def test_what_is_no_geometry_is_nothing(value):
    read = blob.decode(value), blob.box_of(value), blob.class_of(value), blob.srid_of(value)

    assert read == (None, None, None, None)


@given(
    st.sampled_from(SHAPES),
    st.integers(0, 200),
    st.integers(0, 255),
)
def test_a_damaged_blob_is_read_as_something_or_nothing_and_never_raises(wkt, place, byte):
    damaged = bytearray(blob.encode(shapely.from_wkt(wkt), 4326))
    damaged[place % len(damaged)] = byte

    read = blob.decode(bytes(damaged))

    assert read is None or shapely.is_geometry(read)


@given(st.sampled_from(SHAPES), st.integers(0, 200))
def test_a_blob_that_was_cut_off_is_nothing(wkt, length):
    whole = blob.encode(shapely.from_wkt(wkt), 4326)

    read = blob.decode(whole[: length % len(whole)])

    assert read is None
