"""Signing in and joining: what is decided over what was typed."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from coopfarm.kernel.numerals import plain_digits
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


def test_getting_in_gives_the_free_tries_back_and_not_the_short_lock() -> None:
    forgiven = rules.after_success(after_failures(7))

    for _ in range(4):
        forgiven = rules.after_failure(forgiven, NOW)
    assert not rules.is_locked(forgiven, NOW)
    assert rules.after_failure(forgiven, NOW).locked_until == NOW + timedelta(minutes=30)


def test_what_was_tried_is_forgotten_after_a_quiet_week() -> None:
    tries = after_failures(14)

    afresh = rules.after_failure(tries, NOW + timedelta(days=7))
    not_yet = rules.after_failure(tries, NOW + timedelta(days=7, seconds=-1))

    assert (afresh.failures, not_yet.failures) == (1, 15)


@pytest.mark.parametrize(("kind", "most"), [("name", 20), ("network", 100)])
def test_within_an_hour_so_many_are_taken_and_then_none_until_it_is_over(
    kind: str, most: int
) -> None:
    limit, tries = rules.LIMITS[kind], rules.Tries(0, None)
    for minute in range(most):
        tries = rules.after_failure(tries, NOW + timedelta(minutes=minute / 2), limit)

    hour = NOW + timedelta(hours=1)
    assert tries.locked_until == hour
    assert rules.after_failure(tries, hour, limit).failures == 1
    assert rules.after_success(tries, limit) == tries


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
        ("a socket", ""),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    assert rules.network_of(address) == network


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


@pytest.mark.parametrize("pin", ["407319", "112234", "120000", "121213", "193906", "203051"])
def test_a_pin_of_six_digits_is_taken(pin: str) -> None:
    assert rules.check_pin(pin) is None


@pytest.mark.parametrize(
    "pin",
    [
        *("", "12345", "1234567", "40731a", "٤٠٧٣١٩", "40 319"),
        *("111111", "123456", "987654", "121212", "123123", "123321", "112233", "778899"),
        *("147258", "159753", "198407", "071984", "202611", "112026"),
    ],
)
def test_a_pin_that_is_none_or_is_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(rules.PinUnusable):
        rules.check_pin(pin)


@pytest.mark.parametrize("digits", ["407319", "٤٠٧٣١٩", "۴۰۷۳۱۹", "४०७३१९", "４０７３１９"])
def test_a_pin_is_the_same_in_every_script(digits: str) -> None:
    assert plain_digits(digits) == "407319"


def test_few_pins_are_refused() -> None:
    refused = sum(is_refused(f"{number:06}") for number in range(0, 10**6, 97))

    assert refused / (10**6 / 97) < 0.03


def is_refused(pin: str) -> bool:
    try:
        rules.check_pin(pin)
    except rules.PinUnusable:
        return True
    return False


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("seven77", rules.PasswordTooShort),
        ("x" * 201, rules.PasswordTooLong),
        ("password", rules.PasswordCommon),
        ("IloveYou", rules.PasswordCommon),
        ("qwertyuiop", rules.PasswordCommon),
        ("al-nur2026!", rules.PasswordNamesUs),
        ("MARIAM_1984", rules.PasswordNamesUs),
    ],
)
def test_a_password_that_is_short_or_tried_first_is_refused(
    password: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        rules.check_password(password, names=["Al-Nur", "mariam", ""])


@pytest.mark.parametrize(
    "password",
    ["dam wall", "aaaaaaaa bbbb", "x" * 64, "12907741", "the Al-Nur mill at dawn", " ~!@#$%^&"],
)
def test_nothing_is_asked_of_a_passwords_letters(password: str) -> None:
    assert rules.check_password(password, names=["Al-Nur", "mariam"]) is None


def test_the_three_thousand_commonest_passwords_of_eight_letters_are_refused() -> None:
    words = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 8][:3000]

    taken = [word for word in words if not is_common(word)]

    assert (len(words), taken) == (3000, [])


def is_common(password: str) -> bool:
    try:
        rules.check_password(password)
    except rules.PasswordCommon:
        return True
    return False


def test_a_password_may_be_a_sentence_in_any_script() -> None:
    assert rules.check_password("ماء الساقية يصل قبل الفجر " * 4) is None


def test_a_masked_number_shows_its_end_alone() -> None:
    assert rules.masked("+201012345678") == "•••• 678"


@pytest.mark.parametrize(
    ("says", "is_known_as"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Mobile Safari/537.36",
            ("Chrome", "Android"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
            ("Safari", "iOS"),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            ("Firefox", "Linux"),
        ),
        ("curl/8.5", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_device_is_called_as_people_know_it(says: str, is_known_as: tuple[str, str]) -> None:
    assert rules.device_of(says) == is_known_as


KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_a_code_is_right_for_a_step_either_way(seconds: int, *, is_right: bool) -> None:
    shown = NOW + timedelta(seconds=seconds)
    code = pyotp.TOTP(KEY).at(shown)

    found = rules.matching_step(KEY, code, NOW, last_step=0)

    assert found == (step_at(shown) if is_right else None)


def test_a_code_may_be_typed_in_any_digits_and_with_a_space() -> None:
    code = pyotp.TOTP(KEY).at(NOW).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert rules.matching_step(KEY, f"{code[:3]} {code[3:]}", NOW, last_step=0) == step_at(NOW)


def test_a_code_is_taken_once() -> None:
    code = pyotp.TOTP(KEY).at(NOW)

    assert rules.matching_step(KEY, code, NOW, last_step=step_at(NOW)) is None


def test_recovery_codes_are_read_as_they_are_written() -> None:
    codes = [rules.recovery_code(bytes([place] * 32)) for place in range(1, 9)]

    assert len(set(codes)) == 8
    assert rules.recovery_place(codes, f" {codes[3].upper()} ") == 3
    assert rules.recovery_place(codes, codes[5].replace("-", "")) == 5
    assert rules.recovery_place(codes, "aaaaa-aaaaa") is None
    assert rules.recovery_place(codes, "") is None
