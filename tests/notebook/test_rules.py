"""How the lines of a page are understood, and what is said of those that are not."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.notebook.rules.lines import CELLS, MOST_LINES, Frame, Row, Typed, read_row, understand
from coopfarm.notebook.rules.pasting import TooManyLines, read_pasted
from coopfarm.notebook.rules.roll import Ground, Person, Roll
from coopfarm.notebook.rules.spelling import plain

NOW = datetime(2026, 7, 6, 9, tzinfo=UTC)
FRAME = Frame(NOW, ZoneInfo("Africa/Cairo"), date(2020, 1, 1))
HUSSEIN = Person(uuid4(), "M-0001", ("حسين علي", "Hussein Ali"))
SALMA = Person(uuid4(), "M-0002", ("Salma",))
AMIN, AMIN_TOO = (Person(uuid4(), f"M-000{n}", ("Amin",)) for n in (3, 4))


def plot(code: str, *farmers: UUID) -> Ground:
    return Ground(uuid4(), code, frozenset(farmers))


ROLL = Roll(
    (HUSSEIN, SALMA, AMIN, AMIN_TOO),
    (
        plot("W1-01", HUSSEIN.id),
        plot("W1-02", SALMA.id),
        plot("W1-03", SALMA.id, HUSSEIN.id),
        plot("W1-04"),
    ),
)
TAKEN = {
    "kind": "water_taken",
    "member": "M-0001",
    "plot": "W1-01",
    "day": "3/7",
    "starts": "1:50",
    "ends": "2:55",
}


def read(**cells: str) -> Row:
    return read_row(1, Typed(**{**TAKEN, **cells}), ROLL, FRAME)


def codes(row: Row) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in row.problems]


@pytest.mark.parametrize("member", ["m-0001", "M‑٠٠٠١", "حسين علي", "حُسَين", "hussein ali", "Ali"])
def test_a_member_is_found_by_number_or_name_in_either_script(member: str) -> None:
    line = read(member=member).line

    assert line is not None
    assert line.member == HUSSEIN


def test_a_name_of_several_is_refused_with_their_numbers() -> None:
    row = read(member="Amin")

    assert codes(row) == [("notebook-several-called", "member")]
    assert "M-0003, M-0004" in str(row.problems[0])


def test_a_night_turn_ends_on_the_next_day() -> None:
    line = read(starts="٢٣:٤٠", ends="٠١:١٠").line

    assert line is not None
    assert line.during.start == datetime(2026, 7, 3, 20, 40, tzinfo=UTC)
    assert line.during.length == timedelta(minutes=90)


def test_the_only_plot_of_a_member_need_not_be_written() -> None:
    roll = Roll(ROLL.people, ROLL.plots[:1])

    line = read_row(1, Typed(**{**TAKEN, "plot": ""}), roll, FRAME).line

    assert line is not None
    assert line.plot == ROLL.plots[0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"plot": "W1-02"}, "farmed by Salma (M-0002)"),
        ({"plot": "W1-04"}, "Nobody holds plot W1-04"),
        ({"plot": "W9"}, "no plot “W9”"),
        ({"plot": ""}, "farms W1-01, W1-03"),
        ({"member": "M-0003", "plot": ""}, "holds no plot"),
        ({"member": "Nobody"}, "“Nobody”"),
        ({"member": ""}, "whom"),
        ({"kind": "party"}, "what happened"),
        ({"day": "31/6"}, "“31/6”"),
        ({"day": "1/7/2024"}, "before 2024-07-06"),
        ({"day": "1/7/2019"}, "first day of the cooperative"),
        ({"day": "6/7", "starts": "11:00", "ends": "12:30"}, "not happened yet"),
        ({"starts": "", "ends": ""}, "from when"),
        ({"ends": ""}, "from when"),
        ({"day": "24/4", "starts": "0:30", "ends": "2:00"}, "no 00:30"),
        ({"kind": "water_missed", "starts": "", "ends": ""}, "few words"),
        ({"words": "x" * 301}, "longer than 300"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_beside_it(cells: dict[str, str], said: str) -> None:
    row = read(**cells)

    assert row.line is None
    assert said in " ".join(map(str, row.problems))


def test_everything_wrong_with_a_line_is_said_at_once() -> None:
    row = read(member="Nobody", plot="W9", day="?")

    assert [field for _, field in codes(row)] == ["member", "plot", "day"]


def test_water_that_did_not_come_holds_of_the_whole_day() -> None:
    line = read(kind="late", starts="", ends="", words="The canal was dry").line

    assert line is not None
    assert line.is_whole_day
    assert line.during.length == timedelta(days=1)


def test_the_same_line_twice_on_a_page_is_noticed_whatever_its_words() -> None:
    rows = understand([Typed(**TAKEN), Typed(), Typed(**TAKEN, words="again")], ROLL, FRAME)

    assert [codes(row) for row in rows] == [[], [("notebook-line-twice", "member")]]
    assert "Line 1" in str(rows[1].problems[0])


@given(st.text(), st.sampled_from(CELLS))
def test_whatever_is_typed_is_understood_or_refused_with_a_reason(text: str, cell: str) -> None:
    row = read(**{cell: text})

    assert (row.line is None) == bool(row.problems)
    assert all(problem.field in CELLS for problem in row.problems)


@given(st.text())
def test_the_plain_form_of_a_plain_form_is_itself(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("sign", ["\t", ",", ";", "،"])
def test_pasted_columns_are_known_by_their_headings(sign: str) -> None:
    text = "\n".join(
        sign.join(row)
        for row in (
            ("الاسم", "Date", "From", "to", "Colour", "field", "What"),
            ("حسين", "3/7", "1:50", "2:55", "red", "W1-01", "ماء"),
        )
    )

    pasted = read_pasted(text)

    assert pasted.ignored == ("Colour",)
    assert pasted.lines == (Typed("ماء", "حسين", "W1-01", "3/7", "1:50", "2:55"),)


def test_without_headings_the_columns_are_those_of_the_form() -> None:
    pasted = read_pasted('\r\nwater\tM-0001\tW1-01\t3/7\t1:50\t2:55\t"two\nlines"\r\n')

    assert pasted.lines == (Typed("water", "M-0001", "W1-01", "3/7", "1:50", "2:55", "two\nlines"),)


def test_more_lines_than_a_page_has_are_refused_with_their_number() -> None:
    with pytest.raises(TooManyLines) as refused:
        read_pasted("water,M-0001\n" * (MOST_LINES + 1))

    assert "101" in str(refused.value)
