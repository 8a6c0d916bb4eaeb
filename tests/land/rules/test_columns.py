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
