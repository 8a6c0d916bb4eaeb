"""Signing in and joining: what is decided over what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.members import rules

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


def after_failures(count: int) -> rules.Tries:
    tries = rules.Tries(0, None)
    for _ in range(count):
        tries = rules.after_failure(tries, NOW)
    return tries


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(5, 15), (10, 30), (15, 60), (20, 120), (25, 240), (40, 1440), (500, 1440)],
)
def test_every_fifth_failure_locks_for_twice_as_long_up_to_a_day(
    failures: int, minutes: int
) -> None:
    tries = after_failures(failures)

    assert tries.locked_until == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("failures", [0, 1, 4])
def test_the_first_tries_are_free(failures: int) -> None:
    assert not rules.is_locked(after_failures(failures), NOW)


def test_a_lock_ends_at_its_moment() -> None:
    tries = after_failures(5)

    assert rules.is_locked(tries, NOW + timedelta(minutes=15) - timedelta(seconds=1))
    assert not rules.is_locked(tries, NOW + timedelta(minutes=15))


def test_a_pin_is_not_guessed_in_thirty_days_of_trying() -> None:
    tries, now, tried = rules.Tries(0, None), NOW, 0
    while now < NOW + timedelta(days=30):
        if rules.is_locked(tries, now):
            now = tries.locked_until or now
            continue
        tries, tried = rules.after_failure(tries, now), tried + 1

    assert tried / 10**rules.PIN_DIGITS < 1e-3


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("01012345678", "EG", "+201012345678"),
        ("٠١٠١٢٣٤٥٦٧٨", "EG", "+201012345678"),
        ("۰۱۰ ۱۲۳۴ ۵۶۷۸", "EG", "+201012345678"),
        ("+20 101 234 5678", "MA", "+201012345678"),
        ("0020-101-234-5678", "MA", "+201012345678"),
        ("0612-345678", "MA", "+212612345678"),
        ("(0300) 1234567", "PK", "+923001234567"),
    ],
)
def test_a_phone_number_is_read_as_it_is_dialled(typed: str, region: str, number: str) -> None:
    assert rules.phone(typed, region) == number


@pytest.mark.parametrize(
    "typed", ["", "Amina", "12", "+", "0" * 40, "+999 123 456", "٠", "1" * 400]
)
def test_what_is_no_phone_number_is_refused_by_name(typed: str) -> None:
    with pytest.raises(rules.NotAPhone) as refused:
        rules.phone(typed, "EG")

    assert refused.value.field == "phone"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_phone_number_or_refused(typed: str) -> None:
    try:
        number = rules.phone(typed, "EG")
    except rules.NotAPhone:
        return

    assert number.startswith("+")
    assert rules.phone(number, "EG") == number


@pytest.mark.parametrize("pin", ["407319", "112233", "120000"])
def test_a_pin_of_six_digits_is_taken(pin: str) -> None:
    assert rules.check_pin(pin) is None


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "111111", "123456", "987654", "40731a", "٤٠٧٣١٩", "40 319"]
)
def test_a_pin_that_is_none_or_is_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(rules.PinUnusable):
        rules.check_pin(pin)


@pytest.mark.parametrize("digits", ["407319", "٤٠٧٣١٩", "۴۰۷۳۱۹", "४०७३१९", "４０７３１９"])
def test_a_pin_is_the_same_in_every_script(digits: str) -> None:
    assert rules.plain_digits(digits) == "407319"


@pytest.mark.parametrize(("password", "is_taken"), [("seven77", False), ("eight888", True)])
def test_a_password_has_eight_characters(password: str, is_taken: bool) -> None:
    if is_taken:
        rules.check_password(password)
        return

    with pytest.raises(rules.PasswordTooShort):
        rules.check_password(password)


def test_a_password_may_be_a_sentence_in_any_script() -> None:
    assert rules.check_password("ماء الساقية يصل قبل الفجر " * 4) is None


def test_a_masked_number_shows_its_end_alone() -> None:
    assert rules.masked("+201012345678") == "•••• 678"
