import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.land.rules.garbled import is_garbled

WORDS = ["حقل النخيل", "قطعة رقم", "زمین شمالی", "کھیت نمبر ایک", "Été à la ferme", "Noël créé"]
ARABIC = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=3, max_size=12)


@pytest.mark.parametrize("word", [*WORDS, "P-12", "", "Öztürk", "100 °C", "٤٥ فدان", "ق؟"])
def test_what_people_write_is_not_garbled(word):
    assert not is_garbled(word)


@pytest.mark.parametrize("other", ["cp1252", "iso-8859-1", "cp1256"])
@given(word=ARABIC)
def test_arabic_in_utf_8_that_is_read_as_something_else_is(other, word):
    assert is_garbled(word.encode().decode(other, "replace"))


@pytest.mark.parametrize("other", ["utf-8", "cp1252", "iso-8859-1"])
@given(word=ARABIC)
def test_arabic_in_cp1256_that_is_read_as_something_else_is(other, word):
    assert is_garbled(word.encode("cp1256").decode(other, "replace"))


def test_letters_lost_when_a_file_was_saved_are_seen():
    assert is_garbled("???? 12")
