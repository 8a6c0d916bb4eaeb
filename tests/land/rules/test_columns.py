import pytest

from coopfarm.land.rules import columns


def test_columns_are_found_however_they_are_spelt():
    found = columns.match(
        "plots", ["Plot Code", "Area (ha)", "MOGHA", "Sowing Date", "remarks"], {}
    )

    assert found.column_of == {
        "code": "Plot Code",
        "area_ha": "Area (ha)",
        "outlet": "MOGHA",
        "sown_on": "Sowing Date",
    }
    assert found.ignored == ("remarks",)


def test_names_cut_at_ten_letters_by_a_shapefile_are_found():
    found = columns.match("plots", ["code", "filling_mi", "watercours"], {})

    assert found.column_of["filling_minutes"] == "filling_mi"
    assert found.column_of["outlet"] == "watercours"


def test_a_name_is_the_code_only_where_there_is_no_other():
    assert columns.match("canals", ["name"], {}).column_of == {"code": "name"}
    assert columns.match("canals", ["name", "code"], {}).column_of == {
        "code": "code",
        "name": "name",
    }


def test_what_a_person_says_about_a_column_goes_first():
    found = columns.match("plots", ["code", "FID", "area"], {"code": "FID", "area_ha": ""})

    assert found.column_of == {"code": "FID"}
    assert found.ignored == ("code", "area")


def test_a_mapping_of_a_column_that_is_not_there_is_refused():
    with pytest.raises(columns.NoSuchColumn, match="It has: a, b"):
        columns.match("plots", ["a", "b"], {"code": "c"})


def test_a_mapping_to_a_field_that_is_not_there_is_refused():
    with pytest.raises(columns.NoSuchField, match="weight"):
        columns.match("plots", ["a"], {"weight": "a"})


def test_only_plots_outlets_and_canals_come_by_file():
    with pytest.raises(columns.NoSuchKind, match="tractors"):
        columns.check_kind("tractors")


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("plots", ["رقم القطعة", "المحصول", "المساحة"], {"code": 0, "crop": 1, "area_ha": 2}),
        (
            "plots",
            ["كود", "اسم", "المسقى", "المزارع"],
            {"code": 0, "name": 1, "outlet": 2, "holder": 3},
        ),
        (
            "plots",
            ["کد قطعه", "محصول", "مساحت", "کشاورز"],
            {"code": 0, "crop": 1, "area_ha": 2, "holder": 3},
        ),
        ("plots", ["پلاٹ نمبر", "فصل", "موگھا"], {"code": 0, "crop": 1, "outlet": 2}),
        (
            "plots",
            ["Parcelle", "Culture", "Propriétaire", "Superficie (ha)"],
            {"code": 0, "crop": 1, "holder": 2, "area_ha": 3},
        ),
        ("outlets", ["Prise", "خط الطول", "خط العرض"], {"code": 0, "lon": 1, "lat": 2}),
        (
            "canals",
            ["رمز الترعة", "اسم الترعة", "الكفاءة"],
            {"code": 0, "name": 1, "efficiency": 2},
        ),
        (
            "canals",
            ["Code_Canal", "Débit l/s", "Amont"],
            {"code": 0, "capacity_l_s": 1, "feeds_from": 2},
        ),
    ],
)
def test_columns_are_known_in_the_languages_of_their_files(kind, names, expected):
    found = columns.match(kind, names, {})

    assert {field: names.index(column) for field, column in found.column_of.items()} == expected
    assert found.ignored == ()


def test_letters_that_keyboards_take_for_each_other_are_one():
    spelt = ["القطعه", "مالك", "المحصُول"]

    found = columns.match("plots", spelt, {})

    assert found.column_of == {"code": "القطعه", "holder": "مالك", "crop": "المحصُول"}


def test_arabic_names_that_a_shapefile_cut_are_known():
    cut = [name.encode()[:10].decode("utf-8", "ignore") for name in ("كود", "المحصول", "اسم_الحقل")]

    found = columns.match("plots", cut, {})

    assert found.column_of == dict(zip(("code", "crop", "name"), cut, strict=True))


def test_an_id_of_ours_is_a_field_of_its_own_where_there_is_a_code():
    assert columns.match("plots", ["id", "code"], {}).column_of == {"code": "code", "id": "id"}
    assert columns.match("plots", ["id"], {}).column_of == {"code": "id"}
