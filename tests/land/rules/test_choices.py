import json

import pytest

from coopfarm.land.rules import choices
from coopfarm.land.rules.choices import Choices, next_step, steps

SAID = Choices(
    layer="east",
    encoding="cp1256",
    crs="EPSG:32636",
    columns={"code": "no", "wkt": ""},
    make_outlets=True,
    leave_out=(2, 5),
)


def test_choices_are_the_same_after_they_were_kept():
    assert Choices.from_json(json.loads(json.dumps(SAID.as_json()))) == SAID
    assert Choices.from_json({}) == Choices()


@pytest.mark.parametrize(
    ("case", "step"),
    [
        ((Choices(), "several-layers", True), "layer"),
        ((Choices(), None, True), "letters"),
        ((Choices(), "coordinate-system-missing", True), "letters"),
        ((Choices(encoding="cp1256"), "coordinate-system-missing", True), "system"),
        ((Choices(encoding="cp1252"), "text-unreadable", False), "letters"),
        ((Choices(crs="EPSG:1"), "no-such-coordinate-system", False), "system"),
        ((Choices(columns={"code": "gone"}), "import-no-such-column", False), "columns"),
        ((Choices(), None, False), "columns"),
        ((Choices(columns={}), None, False), "report"),
        ((Choices(), "file-broken", False), "report"),
    ],
)
def test_one_thing_is_asked_at_a_time(case, step):
    said, refusal, unclear = case

    assert next_step(said, refusal, letters_unclear=unclear) == step


def test_only_the_steps_of_the_file_are_shown():
    plain = steps(layers=0, letters_unclear=False, system_missing=False)
    messy = steps(layers=2, letters_unclear=True, system_missing=True)

    assert list(plain) == ["columns", "report"]
    assert list(messy) == list(choices.STEPS)


def test_another_layer_begins_anew_and_other_letters_forget_the_columns():
    assert SAID.with_layer("west") == Choices(layer="west")
    assert SAID.with_layer("east") == SAID
    assert SAID.with_encoding("utf-8").columns is None
    assert SAID.with_encoding("utf-8").crs == "EPSG:32636"


def test_what_is_made_besides_does_not_change_what_the_file_holds():
    assert Choices(columns={}, make_outlets=True).reads_like(Choices())
    assert not Choices(make_codes=True).reads_like(Choices())
    assert Choices(make_outlets=True).digest != Choices().digest
