from datetime import date
from uuid import UUID

import pytest
from shapely import LineString, MultiPolygon, Point, box

from coopfarm.land.rules import importing, misdrawn
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.incoming import Known
from coopfarm.land.rules.rows import Record

AMINA = UUID(int=1)
OMAR = UUID(int=2)
ANOTHER_OMAR = UUID(int=3)
FIELD = MultiPolygon([box(72, 30, 72.001, 30.001)])
HECTARE = 10_000.0


def reading(kind, *features, **how):
    """Features are cells, with `shape` and what was measured of it among them."""
    records = []
    for number, cells in enumerate(features, start=1):
        measured = {n: cells.pop(n) for n in ("shape", "area_m2", "length_m", "flaw") if n in cells}
        records.append(Record(number, cells, **measured))
    columns = list(dict.fromkeys(name for record in records for name in record.values))
    return Reading(kind, columns, records, **how)


def drawn(**cells):
    return {"shape": FIELD, "area_m2": HECTARE, **cells}


def codes(report):
    return [problem.code for problem in report.problems]


def test_a_plot_is_understood_column_by_column():
    known = Known(outlets={"W1"}, by_number={"12": AMINA})
    file = reading(
        "plots",
        drawn(
            code="P1",
            name="By the road",
            outlet="W1",
            turn_order="3",
            holder=12,
            crop="Winter wheat",
            sown_on="2025-11-20",
            soil="clay loam",
            area_ha="٠٫٩",
            shares=2,
            filling_minutes="10",
        ),
    )

    report = importing.decide(file, known)

    assert report.problems == []
    assert report.changes[0].after == {
        "name": "By the road",
        "outlet": "W1",
        "place_from_head": 3,
        "placed_by_hand": True,
        "holder_id": AMINA,
        "crop": "winter_wheat",
        "sown_on": date(2025, 11, 20),
        "soil": "clay loam",
        "shares": 2.0,
        "filling_minutes": 10.0,
        "boundary": FIELD,
        "gross_area_m2": HECTARE,
        "net_area_m2": 9_000.0,
    }
    assert [warning.code for warning in report.warnings] == ["declared-area-smaller"]


def test_every_problem_is_named_at_once():
    file = reading(
        "plots",
        drawn(code="P1", outlet="W9", holder="Nobody", area_ha="much", sown_on="04/07/2026"),
        drawn(code="P1", turn_order="2.5"),
        drawn(code="", area_ha="1"),
        {"code": "P4"},
        {"code": "P5", "area_ha": "0"},
        {"code": "P6", "flaw": misdrawn.EmptyShape(**Feature(6, "P6").facts)},
    )

    report = importing.decide(file, Known())

    assert codes(report) == [
        "import-no-such-outlet",
        "import-no-such-holder",
        "import-bad-day",
        "import-bad-number",
        "import-bad-whole-number",
        "import-same-code-twice",
        "import-feature-without-code",
        "import-neither-drawn-nor-declared",
        "import-no-area",
        "import-empty-shape",
    ]
    assert str(report.problems[5]) == "Features 1 and 2 both have the code P1. Rename one."
    assert report.problems[0].field == "features[1].outlet"


def test_a_file_with_problems_is_refused_as_a_whole():
    report = importing.decide(reading("plots", drawn(code="P1", outlet="W9")), Known())

    with pytest.raises(importing.FileHasProblems, match="1 things") as refused:
        report.check()

    assert refused.value.problems[0].code == "import-no-such-outlet"


def test_outlets_that_plots_name_are_made_when_asked_for():
    file = reading("plots", drawn(code="P1", block="B2"), drawn(code="P2", block="B1"))

    report = importing.decide(file, Known(), make_outlets=True)

    assert report.problems == []
    assert report.new_outlets == ("B1", "B2")
    assert str(report.warnings[-1]) == "2 new outlets are made for these plots: B1, B2."


def test_a_holder_is_found_by_number_then_by_exact_name():
    known = Known(
        by_number={"7": AMINA},
        by_name={"Amina": [AMINA], "Omar": [OMAR, ANOTHER_OMAR]},
    )
    file = reading(
        "plots",
        drawn(code="P1", holder="7"),
        drawn(code="P2", holder="Amina"),
        drawn(code="P3", holder="Omar"),
        drawn(code="P4", holder=""),
    )

    report = importing.decide(file, known)

    assert [change.after.get("holder_id") for change in report.changes] == [
        AMINA,
        AMINA,
        None,
        None,
    ]
    assert codes(report) == ["import-two-such-holders"]


def test_a_file_without_a_column_of_codes_is_told_so_once():
    report = importing.decide(reading("plots", drawn(FID=1), drawn(FID=2)), Known())

    assert [str(problem) for problem in report.problems] == [
        "No column of the file holds the codes that things are known by. It has: FID. Say which"
        " one does, add a column “code”, or let the import number the features."
    ]


def test_an_unknown_crop_is_a_warning_and_is_kept_as_said():
    report = importing.decide(
        reading("plots", drawn(code="P1", crop="teff"), drawn(code="P2", crop="teff")), Known()
    )

    assert report.problems == []
    assert report.changes[0].after["crop"] == "teff"
    assert str(report.warnings[0]).startswith("2 plots grow “teff”")


def test_what_is_stored_already_is_unchanged():
    stored = {"boundary": FIELD, "gross_area_m2": HECTARE, "net_area_m2": HECTARE, "crop": "rice"}

    report = importing.decide(
        reading("plots", drawn(code="P1", crop="Rice")), Known(stored={"P1": stored})
    )

    assert (report.new, report.changed, report.unchanged) == (0, 0, 1)


def test_a_change_keeps_what_was_before():
    stored = {"boundary": FIELD, "gross_area_m2": HECTARE, "net_area_m2": HECTARE, "crop": "rice"}

    report = importing.decide(
        reading("plots", {"code": "P1", "crop": "maize", "soil": ""}), Known(stored={"P1": stored})
    )

    assert (report.new, report.changed) == (0, 1)
    assert report.changes[0].before == {"crop": "rice"}
    assert report.changes[0].after == {"crop": "maize"}


def test_a_plot_drawn_anew_keeps_its_net_part():
    part = {"boundary": None, "gross_area_m2": HECTARE, "net_area_m2": 6_000.0}
    whole = {"boundary": None, "gross_area_m2": 9_000.0, "net_area_m2": 9_000.0}

    report = importing.decide(
        reading("plots", drawn(code="part"), drawn(code="whole")),
        Known(stored={"part": part, "whole": whole}),
    )

    assert "net_area_m2" not in report.changes[0].after
    assert report.changes[1].after["net_area_m2"] == HECTARE


def test_a_plot_may_come_with_an_area_and_no_drawing():
    report = importing.decide(reading("plots", {"code": "P1", "area_ha": "1.5"}), Known())

    assert report.problems == []
    assert report.changes[0].after["gross_area_m2"] == 15_000.0


def test_an_outlet_is_a_point_or_the_line_of_its_watercourse():
    known = Known(feeds_from={"C1": None})
    line = LineString([(72, 30), (72.01, 30)])
    file = reading(
        "outlets",
        {"outlet": "W1", "canal": "C1", "capacity": "28", "shape": Point(72, 30)},
        {"outlet": "W2", "canal": "C9", "capacity": "0", "shape": line},
    )

    report = importing.decide(file, known)

    assert report.changes[0].after == {"canal": "C1", "capacity_l_s": 28.0, "place": Point(72, 30)}
    assert report.changes[1].after == {"watercourse": line}
    assert codes(report) == ["import-no-such-canal", "import-number-out-of-range"]


def test_canals_may_name_a_feeder_further_down_in_the_file():
    line = LineString([(72, 30), (72.01, 30)])
    file = reading(
        "canals",
        {"canal_id": "minor", "feeds_from": "main", "efficiency": "90", "flow": "against"},
        {"canal_id": "main", "shape": line, "length_m": 963.0},
    )

    report = importing.decide(file, Known())

    assert report.problems == []
    assert report.changes[0].after == {
        "feeds_from": "main",
        "efficiency": 0.9,
        "flows_against_line": True,
    }
    assert report.changes[1].after == {"length_m": 963.0, "line": line}
    assert str(report.warnings[0]) == "Canal minor: an efficiency of 90 is read as 90 %."


@pytest.mark.parametrize(
    ("features", "known", "code"),
    [
        ([("A", "A")], {}, "land-canal-feeds-itself"),
        ([("A", "B"), ("B", "A")], {}, "land-canals-in-a-circle"),
        ([("A", "B")], {"A": None, "B": "A"}, "land-canals-in-a-circle"),
        ([("A", "ghost")], {}, "land-no-such-feeder"),
    ],
)
def test_a_file_cannot_bend_the_canals_into_a_circle(features, known, code):
    cells = [{"code": canal, "feeds_from": feeder} for canal, feeder in features]
    stored = {canal: {"feeds_from": feeder} for canal, feeder in known.items()}

    report = importing.decide(reading("canals", *cells), Known(stored=stored, feeds_from=known))

    assert codes(report) == [code]


def test_an_empty_file_is_refused():
    with pytest.raises(importing.NothingToImport):
        importing.decide(Reading("plots", [], []), Known())


def test_what_nothing_was_made_of_is_listed():
    report = importing.decide(reading("plots", drawn(code="P1", remarks="wet")), Known())

    assert list(report.ignored) == ["remarks"]


def test_a_chosen_column_goes_before_the_one_found():
    file = reading("plots", drawn(FID=7, code="old"), chosen={"code": "FID"})

    report = importing.decide(file, Known())

    assert report.changes[0].code == "7"
