import pytest

from coopfarm.land.schemas import files, previews
from coopfarm.land.schemas.ask import ENCODINGS, Ask
from tests.land import rough_files as rough

PLOTS = rough.grid(31.1, 30.5, 3)


def readable(found):
    return [shown.encoding for shown in found if not shown.garbled]


@pytest.mark.parametrize("cpg", [(), (".cpg",)])
def test_a_shapefile_in_cp1256_is_readable_in_that_alone(tmp_path, cpg):
    content = rough.shapefile(tmp_path, PLOTS[:2], encoding="cp1256", without=cpg)

    found = files.preview(content, Ask("plots"))

    assert [shown.encoding for shown in found] == list(ENCODINGS)
    assert readable(found) == ["cp1256"]
    assert found[1].rows[0] == {"code": "P1", "الاسم": "حقل النخيل"}
    assert found[2].rows[0]["ÇáÇÓã"] == "ÍÞá ÇáäÎíá"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_a_table_is_readable_in_the_encoding_it_was_written_in(encoding):
    rows = [f"P{n},حقل {n}" for n in range(9)]
    content = "\n".join(["code,الاسم", "P,plain", *rows]).encode(encoding)

    found = files.preview(content, Ask("plots"))

    assert readable(found) == [encoding]
    shown = next(shown for shown in found if shown.encoding == encoding)
    assert len(shown.rows) == 5
    assert "حقل 0" in [row["الاسم"] for row in shown.rows]


def test_french_letters_are_read_alike_in_several_and_not_in_utf_8():
    content = "code,nom\nP1,Été à Noël\n".encode("cp1252")

    assert readable(previews.make(content, Ask("plots"))) == ["cp1256", "cp1252", "iso-8859-1"]


def test_where_letters_are_plain_or_fixed_by_the_format_there_is_nothing_to_choose(tmp_path):
    contents = [
        b"code,name\nP1,plain\n",
        "code,name\nP1,حقل\n".encode("utf-16"),
        rough.geojson(PLOTS, name=rough.NAMES),
        rough.geopackage(tmp_path, PLOTS),
        rough.kml(PLOTS),
        rough.kmz(PLOTS),
    ]

    assert [list(files.preview(content, Ask("plots"))) for content in contents] == [[]] * 6
