import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.refusal import Refusal
from coopfarm.planning import json_text
from coopfarm.planning.json_text import join, read_json
from coopfarm.planning.quantities import NotFinite


@pytest.mark.parametrize(
    ("text", "refusal", "field"),
    [
        ("", json_text.NotJson, "problem"),
        ("supply: 5", json_text.NotJson, "problem"),
        ('{"supply": 5', json_text.NotJson, "problem"),
        ("[" * 100_000, json_text.NestedTooDeep, "problem"),
        ('{"a":' * 100_000, json_text.NestedTooDeep, "problem"),
        ('{"a":' * 20 + "1" + "}" * 20, json_text.NestedTooDeep, "a.a.a.a.a.a.a.a"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', json_text.GivenTwice, "b.c"),
        ('{"claims": [{}, {"id": 1, "id": 1}]}', json_text.GivenTwice, "claims[1].id"),
        ('{"supply": ' + "9" * 5000 + "}", json_text.TooManyDigits, "supply"),
        ('{"a": [NaN]}', NotFinite, "a[0]"),
        ('{"a": -Infinity}', NotFinite, "a"),
        ('{"a": 1e999}', NotFinite, "a"),
        ("NaN", NotFinite, "problem"),
        ('{"a": "\\ud800"}', json_text.BrokenText, "a"),
        ('{"\\u0007": 1}', json_text.BrokenText, '["\\u0007"]'),
    ],
)
def test_json_that_could_surprise_is_refused_by_field(text, refusal, field):
    with pytest.raises(refusal) as refused:
        read_json(text, "problem")

    assert refused.value.field == field


def test_text_that_is_no_json_says_where_it_stops_being_it():
    with pytest.raises(json_text.NotJson, match="from line 2, character 12 on"):
        read_json('{\n "supply": five}', "problem")


def test_names_in_any_script_are_read():
    value = read_json('{"مزارع": ["عـ\u200cب", "a\\nb", 10, -2.5e3, true, null]}', "problem")

    assert value == {"مزارع": ["عـ\u200cب", "a\nb", 10, -2500.0, True, None]}


@pytest.mark.parametrize(
    ("path", "name", "joined"),
    [
        ("", "supply", "supply"),
        ("claims[3]", "amount", "claims[3].amount"),
        ("awards", "F 01", 'awards["F 01"]'),
        ("", "a\nb", '["a\\nb"]'),
    ],
)
def test_a_path_stays_readable_on_one_line(path, name, joined):
    assert join(path, name) == joined


def test_a_path_does_not_grow_with_a_name_that_never_ends():
    assert len(join("awards", "x " * 5000)) < 80


@given(st.text())
def test_any_text_is_read_or_refused(text):
    def field_in_the_way():
        try:
            read_json(text, "problem")
        except Refusal as refusal:
            return refusal.field
        return "none"

    assert field_in_the_way()
