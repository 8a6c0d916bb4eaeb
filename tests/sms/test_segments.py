"""How many messages a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.sms import rules

GSM = "abcXYZ0189 @£$¥\n?!€[]{}~^\\|ÄñüàΔΩ"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" * 10, 2),
        ("ماء" * 23 + "ا", 1),
        ("ا" * 71, 2),
        ("ا" * 134, 2),
        ("ا" * 135, 3),
        ("💧" * 35, 1),
        ("💧" * 36, 2),
    ],
)
def test_a_text_takes_as_many_messages_as_its_letters_need(text: str, count: int) -> None:
    assert rules.segments(text) == count


@given(st.one_of(st.text(GSM, max_size=500), st.text(max_size=300)))
def test_the_parts_are_the_text_and_each_fits_into_one_message(text: str) -> None:
    found = rules.parts(text)

    assert "".join(found) == text
    assert rules.segments(text) == len(found)
    for part in found:
        if rules.is_gsm(text):
            octets = sum(2 if letter in "\f^{}\\[~]|€" else 1 for letter in part) * 7 / 8
        else:
            octets = len(part.encode("utf-16-be"))
        assert octets <= (140 if len(found) == 1 else 134)


@given(st.text(GSM, min_size=161, max_size=500))
def test_no_message_could_have_been_spared_by_more_than_a_cut_letter(text: str) -> None:
    septets = sum(2 if letter in "\f^{}\\[~]|€" else 1 for letter in text)
    parts = rules.parts(text)

    assert len(parts) == 1 or len(parts) <= -(-septets // 152)


def test_a_code_is_bound_to_our_pages_where_it_still_fits() -> None:
    short = rules.bound("Code: 123456.", "water.example.org", "123456")
    long = rules.bound("ا" * 60, "water.example.org", "123456")

    assert short.splitlines()[-1] == "@water.example.org #123456"
    assert long == "ا" * 60
