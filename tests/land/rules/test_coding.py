from uuid import UUID

from coopfarm.land.rules import importing
from coopfarm.land.rules.incoming import Known
from tests.land.making import reading, square

ONE, TWO = UUID(int=1), UUID(int=2)
KNOWN = Known(
    stored={
        "P1": {"boundary": square(0), "gross_area_m2": 1e4, "net_area_m2": 1e4},
        "P2": {"boundary": square(100), "gross_area_m2": 1e4, "net_area_m2": 1e4},
    },
    by_id={str(ONE): "P1", str(TWO): "P2"},
)


def drawn(east_m, **cells):
    return {"shape": square(east_m), "area_m2": 1e4, **cells}


def names(report):
    return [(change.code, change.renamed_from, change.is_new) for change in report.changes]


def codes(report):
    return [finding.said.code for finding in report.findings]


def test_a_row_is_known_by_its_id_and_a_new_code_renames_it():
    file = reading("plots", drawn(0, id=str(ONE).upper(), code="North"), drawn(100, code="P2"))

    report = importing.decide(file, KNOWN)

    assert names(report) == [("North", "P1", False)]
    assert report.changes[0].before == {"code": "P1"}
    assert report.unchanged == 1
    assert [(f.said.code, f.features) for f in report.findings] == [("import-renamed", (1,))]


def test_two_rows_may_change_their_codes_for_each_others():
    file = reading("plots", drawn(0, id=str(ONE), code="P2"), drawn(100, id=str(TWO), code="P1"))

    report = importing.decide(file, KNOWN)

    assert report.problems == []
    assert names(report) == [("P2", "P1", False), ("P1", "P2", False)]


def test_a_code_that_another_keeps_is_refused():
    report = importing.decide(reading("plots", drawn(0, id=str(ONE), code="P2")), KNOWN)

    assert [str(problem) for problem in report.problems] == [
        "Feature 1 is P1 by its id and is to be called P2, and another one has that code already."
        " Choose another code."
    ]


def test_one_id_is_one_row():
    file = reading("plots", drawn(0, id=str(ONE), code="A"), drawn(50, id=str(ONE), code="B"))

    report = importing.decide(file, KNOWN)

    assert [problem.code for problem in report.problems] == ["import-same-id-twice"]
    assert report.findings[0].features == (1, 2)


def test_a_file_of_ids_alone_changes_what_is_stored():
    report = importing.decide(reading("plots", drawn(5, id=str(ONE))), KNOWN)

    assert [(c.code, c.renamed_from) for c in report.changes] == [("P1", None)]
    assert report.problems == []


def test_numbers_of_another_program_are_no_ids_of_ours():
    report = importing.decide(reading("plots", drawn(0, id=7, code="P1")), KNOWN)

    assert report.unchanged == 1
    assert report.ignored == ("id",)


def test_codes_are_made_after_the_last_one_and_land_that_is_stored_keeps_its_own():
    file = reading("plots", drawn(300, crop="rice"), drawn(100), drawn(400), make_codes=True)

    report = importing.decide(file, KNOWN)

    assert names(report) == [("P003", None, True), ("P004", None, True)]
    assert report.unchanged == 1
    assert [str(f.said) for f in report.findings] == [
        "1 feature without a code is drawn like a stored one. It keeps that code.",
        "2 features have no code of their own. They are numbered from P003 to P004.",
    ]


def test_codes_that_stand_twice_are_told_apart_when_codes_are_made():
    file = reading(
        "plots", drawn(0, code="A"), drawn(100, code="A"), drawn(200, code="A-2"), make_codes=True
    )

    report = importing.decide(file, Known())

    assert [change.code for change in report.changes] == ["A", "A-3", "A-2"]
    assert codes(report) == ["import-codes-parted"]


def test_without_codes_and_without_leave_to_make_them_a_file_stays_out():
    report = importing.decide(reading("plots", drawn(0), drawn(100, crop="rice")), Known())

    assert [problem.code for problem in report.problems] == ["import-without-code-column"]
    assert report.findings[0].kind == "problem"
