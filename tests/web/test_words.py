"""Sentences that count say so in the form that goes with the number."""

import json
from datetime import UTC, datetime

import pytest
from flask import Flask

from coopfarm.kernel.words import NN_, Name, Phrase, Sentence
from coopfarm.land.rules import remarks
from coopfarm.web import words

# These words are counted on pages as well, so every language has its forms of them.
PLOTS = Phrase("test-plots", NN_("%(num)s plot", "%(num)s plots", "num"))
TAKEN = Phrase("test-taken", "It is taken from %(starts)s.")


def said(app: Flask, language: str, sentence: Sentence) -> str:
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        return words.say(sentence)


@pytest.mark.parametrize(("count", "told"), [(0, "0 plots"), (1, "1 plot"), (2_000, "2,000 plots")])
def test_english_counts_in_two_ways(app: Flask, count: int, told: str) -> None:
    assert said(app, "en", PLOTS(num=count)) == told
    assert str(PLOTS(num=count)) == told


def test_arabic_counts_in_six_ways(app: Flask) -> None:
    told = {said(app, "ar", PLOTS(num=count)).strip("٠١٢٣٤٥٦٧٨٩ ") for count in (0, 1, 2, 3, 11)}

    assert len(told) >= 4
    assert said(app, "ar", PLOTS(num=3)) == "٣ قطع"
    assert said(app, "ar", PLOTS(num=11)) == "١١ قطعة"
    assert "plot" not in "".join(told)


def test_a_stored_sentence_counts_as_it_did(app: Flask) -> None:
    stored = Sentence.from_json(PLOTS(num=1).as_json())

    assert said(app, "en", stored) == "1 plot"


def test_one_feature_of_a_file_is_told_as_one() -> None:
    said = {str(phrase(features=1)) for phrase in (remarks.HEIGHTS_DROPPED, remarks.LEFT_OUT)}

    assert all(one.startswith("1 feature ") for one in said)
    assert str(remarks.LEFT_OUT(features=2)) == "2 features are left out, as you chose."


def test_a_moment_that_was_stored_is_told_as_one_that_was_not(app: Flask) -> None:
    taken = TAKEN(starts=datetime(2026, 7, 2, 9, tzinfo=UTC))

    told, stored = (said(app, "en", one) for one in (taken, Sentence.from_json(taken.as_json())))

    assert told == stored
    assert "T09:00" not in stored


OUTER = Phrase("test-outer", "Not booked: %(why)s")
BUSY = Phrase("test-busy", "%(machine)s is taken from %(starts)s.")


def test_a_sentence_in_a_sentence_and_a_name_are_said_as_the_reader_reads(app: Flask) -> None:
    starts = datetime(2026, 7, 2, 9, tzinfo=UTC)
    why = BUSY(machine=Name("جرار", "Tractor"), starts=starts)

    stored = Sentence.from_json(json.loads(json.dumps(OUTER(why=why).as_json())))

    assert said(app, "en", stored).startswith("Not booked: Tractor is taken from Thursday")
    assert "جرار" in said(app, "ar", stored)
    assert stored.as_json() == OUTER(why=why).as_json()
    assert str(stored).startswith("Not booked: Tractor is taken")


def test_what_is_no_name_in_two_scripts_keeps_its_facts() -> None:
    facts = {"name": "P1", "of_latin": "x", "name_number": 3}

    stored = Sentence.from_json({"code": "test-taken", "facts": facts})

    assert stored.facts == facts
