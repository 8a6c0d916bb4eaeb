"""Crop coefficients by stage, and the table they come from."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.need import crops
from coopfarm.planning.need.crops import CROPS, Crop, Kc, NoSowingDate, Stages, kc_on

SOWN = date(2016, 4, 10)
BEANS = Crop("beans", "Beans", Kc(0.15, 1.19, 0.35), Stages(25, 25, 30, 20))
STONE_FRUIT = "apricots peaches stone fruit no ground cover no frosts"
APPLES = "apples cherries pears no ground cover no frosts"
TABLE_12 = {
    "wheat": "spring wheat",
    "spring_wheat": "spring wheat",
    "winter_wheat": "winter wheat non-frozen soils",
    "barley": "barley",
    "maize": "maize field grain corn 18% moisture",
    "sweet_maize": "maize sweet corn fresh",
    "rice": "rice",
    "sorghum": "sorghum grain",
    "millet": "millet",
    "cotton": "cotton",
    "sunflower": "sunflower",
    "sesame": "sesame",
    "safflower": "safflower",
    "groundnut": "groundnut peanut",
    "soybean": "soybeans",
    "sugarcane": "sugarcane",
    "sugar_beet": "sugar beet",
    "chickpea": "chickpea",
    "lentil": "lentil",
    "faba_bean": "faba bean broad dry seed",
    "green_bean": "beans green",
    "cowpea": "green gram cowpeas harvested fresh",
    "vegetables": "small vegetables",
    "tomato": "tomato",
    "pepper": "sweet peppers bell",
    "eggplant": "eggplant",
    "cucumber": "cucumber fresh market",
    "squash": "squash zucchini",
    "melon": "sweet melons",
    "watermelon": "watermelon",
    "onion": "onions dry",
    "potato": "potato",
    "carrot": "carrots",
    "cabbage": "cabbage",
    "lettuce": "lettuce",
    "alfalfa": "alfalfa hay averaged cutting effects",
    "berseem": "clover hay berseem averaged cutting effects",
    "pasture": "grazing pasture rotated",
    "orchard": "walnut orchard",
    "apricot": STONE_FRUIT,
    "apple": APPLES,
    "almond": "almonds no ground cover",
    "pistachio": "pistachios no ground cover",
    "walnut": "walnut orchard",
    "olive": "olives 40% to 60% ground coverage by canopy",
    "citrus": "citrus no ground cover 70% canopy",
    "dates": "date palms",
    "banana": "banana second year",
    "vineyard": "grapes wine",
    "table_grapes": "grapes table raisin",
}
TABLE_11 = {
    "wheat": ("barley oats wheat", "california desert usa"),
    "spring_wheat": ("barley oats wheat", "35-45 degrees latitude"),
    "winter_wheat": ("winter wheat", "mediterranean"),
    "barley": ("barley oats wheat", "california desert usa"),
    "maize": ("maize grain", "spain spring summer california"),
    "sweet_maize": ("maize sweet", "mediterranean"),
    "rice": ("rice", "tropics mediterranean"),
    "sorghum": ("sorghum", "usa pakistan mediterranean"),
    "millet": ("millet", "pakistan"),
    "cotton": ("cotton", "egypt pakistan california"),
    "sunflower": ("sunflower", "mediterranean california"),
    "sesame": ("sesame", "china"),
    "safflower": ("safflower", "california usa"),
    "groundnut": ("groundnut", "mediterranean"),
    "soybean": ("soybeans", "central usa"),
    "sugarcane": ("sugarcane virgin", "low latitudes"),
    "sugar_beet": ("sugarbeet", "mediterranean"),
    "chickpea": ("lentil", "arid region"),
    "lentil": ("lentil", "arid region"),
    "faba_bean": ("faba bean broad dry", "europe"),
    "green_bean": ("beans green", "california egypt lebanon"),
    "cowpea": ("green gram cowpeas", "mediterranean"),
    "vegetables": ("crucifers", "mediterranean"),
    "tomato": ("tomato", "mediterranean"),
    "pepper": ("sweet peppers bell", "europe mediterranean"),
    "eggplant": ("eggplant", "mediterranean"),
    "cucumber": ("cucumber", "arid region"),
    "squash": ("squash zucchini", "mediterranean arid region"),
    "melon": ("sweet melons", "mediterranean"),
    "watermelon": ("water melons", "italy"),
    "onion": ("onion dry", "mediterranean"),
    "potato": ("potato", "continental climate"),
    "carrot": ("carrots", "mediterranean"),
    "cabbage": ("cabbage", "california desert usa"),
    "lettuce": ("lettuce", "arid region"),
}
# Winter-sown beside spring-sown in one region: the month tells them apart.
SOWN_IN = {"sugar_beet": "may", "vegetables": "feb", "carrot": "feb mar", "cabbage": "sep"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("day", "kc"),
    [(1, 0.15), (20, 0.15), (25, 0.15), (40, 0.77), (70, 1.19), (95, 0.56), (100, 0.35)],
)
def test_beans_follow_the_curve_of_fao_56_example_28(day, kc):
    on = SOWN + timedelta(days=day - 1)

    assert kc_on(BEANS, SOWN, on) == pytest.approx(kc, abs=0.005)


@pytest.mark.parametrize("day", [0, -30, 101, 400])
def test_a_crop_takes_nothing_before_sowing_and_after_the_harvest(day):
    on = SOWN + timedelta(days=day - 1)

    assert kc_on(BEANS, SOWN, on) == 0.0


@given(st.sampled_from([crop for crop in CROPS.values() if crop.stages]), st.integers(0, 500))
def test_the_coefficient_never_leaves_what_its_stages_give(crop, day):
    kc = kc_on(crop, SOWN, SOWN + timedelta(days=day))

    assert kc == 0.0 or min(crop.kc) <= kc <= max(crop.kc)


@given(st.sampled_from([crop for crop in CROPS.values() if crop.stages]), st.integers(1, 500))
def test_the_coefficient_has_no_jump_within_the_season(crop, day):
    before, after = (kc_on(crop, SOWN, SOWN + timedelta(days=n)) for n in (day - 1, day))

    assert before == 0.0 or after == 0.0 or abs(after - before) < 0.12


def test_a_seasonal_crop_without_its_sowing_date_is_refused():
    with pytest.raises(NoSowingDate) as caught:
        kc_on(CROPS["cotton"], None, SOWN)

    assert "Cotton" in str(caught.value)


@pytest.mark.parametrize("sown_on", [None, date(1998, 11, 1)])
def test_an_orchard_is_taken_in_leaf_whenever_it_was_planted(sown_on):
    assert kc_on(CROPS["orchard"], sown_on, SOWN) == 1.10


def test_the_mid_season_coefficients_of_the_real_check_are_those_of_the_table():
    found = {code: CROPS[code].kc.mid for code in ("cotton", "alfalfa", "vineyard", "maize")}

    assert found == {"cotton": 1.17, "alfalfa": 0.95, "vineyard": 0.70, "maize": 1.20}


@pytest.mark.parametrize("code", ["winter_wheat", "Winter Wheat", " winter-wheat"])
def test_a_crop_is_found_however_its_words_are_joined(code):
    assert crops.find(code) is CROPS["winter_wheat"]


def test_the_closest_crops_are_offered_and_all_of_them_where_none_is_close():
    assert "cotton" in crops.closest("coton")
    assert set(crops.closest("نخيل")) == set(CROPS)


def test_every_coefficient_is_that_of_table_12(shared_data):
    table = {row["Crop"]: row for row in rows(shared_data("crops/fao56_table12_kc_height.csv"))}

    assert TABLE_12.keys() == CROPS.keys() - {"fallow"}
    for code, name in TABLE_12.items():
        row = table[name]
        expected = tuple(float(row[key]) for key in ("Kcmini", "Kcmmid", "Kcmend"))
        assert (code, *CROPS[code].kc) == (code, *expected)


def test_every_length_of_stage_is_that_of_table_11(shared_data):
    table = rows(shared_data("crops/fao56_table11_stage_lengths.csv"))

    assert TABLE_11.keys() == {crop.code for crop in CROPS.values() if crop.stages}
    for code, (name, region) in TABLE_11.items():
        lengths = [
            tuple(int(row[key]) for key in ("Lini", "Ldev", "Lmid", "Llate"))
            for row in table
            if (row["Crop"], row["Region"]) == (name, region)
            and SOWN_IN.get(code, row["Plant Date"]) == row["Plant Date"]
        ]
        assert CROPS[code].stages in lengths, code
