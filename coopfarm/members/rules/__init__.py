"""Joining and signing in: decisions over what was typed and what is known."""

from coopfarm.members.rules.phones import NotAPhone, masked, phone, plain_digits
from coopfarm.members.rules.roles import MAY_SIGN_IN, ROLES, STATES
from coopfarm.members.rules.secrets import (
    CONSOLE_STAYS,
    LONGEST_SECRET,
    MEMBER_STAYS,
    PIN_DIGITS,
    NotRecognised,
    PasswordTooShort,
    PinUnusable,
    Tries,
    after_failure,
    check_password,
    check_pin,
    is_locked,
)

__all__ = [
    "CONSOLE_STAYS",
    "LONGEST_SECRET",
    "MAY_SIGN_IN",
    "MEMBER_STAYS",
    "PIN_DIGITS",
    "ROLES",
    "STATES",
    "NotAPhone",
    "NotRecognised",
    "PasswordTooShort",
    "PinUnusable",
    "Tries",
    "after_failure",
    "check_password",
    "check_pin",
    "is_locked",
    "masked",
    "phone",
    "plain_digits",
]
