"""The code of the hour beside the password: who needs one, and which code is right."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pyotp

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Conflict, NotAllowed
from coopfarm.kernel.words import N_

# Those who could change what others own, pay or see.
DUTY: Final = frozenset({"manager", "treasurer", "officer"})
STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 8
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none is easily taken for another
_SIGNS_A_CODE: Final = 10


class SecondFactorNeeded(NotAllowed):
    """The secret was right; whoever looks after others also shows what they have."""

    code = "second-factor-needed"
    words = N_(
        "Your role needs a second factor: send the six digits of your authenticator as “code”. "
        "If none is set up yet, sign in once in a browser."
    )


class SecondFactorWrong(NotAllowed):
    code = "second-factor-wrong"
    words = N_(
        "That code is not right, or was used already. Wait for the next one, and look whether the "
        "clock of your phone is right. A recovery code works once."
    )


class OwnSecondFactor(Conflict):
    """It takes two: whoever could reset their own would not need it."""

    code = "own-second-factor"
    words = N_(
        "Nobody resets their own second factor. Use a recovery code, or ask another manager."
    )


class MemberElsewhere(Conflict):
    """A cooperative cannot take down what keeps another one safe."""

    code = "member-elsewhere"
    words = N_(
        "This person is a member of other cooperatives too, and signs in to all of them with one "
        "second factor. Whoever keeps the server resets it: coopfarm reset-second-factor."
    )


class StandingIn(NotAllowed):
    """What somebody signs in with is nobody else's business."""

    code = "standing-in"
    words = N_(
        "You are acting for somebody else. Go back to your own name first: a PIN, a password and "
        "the list of sessions are each person's own."
    )


def matching_step(key: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The step of 30 s whose code was typed, one either way; None for a wrong or used code.

    `key` is base32; steps up to `last_step` are used.
    """
    # RFC 6238, 5.2: one step of delay either way, and no code is taken twice.
    step = int(now.timestamp()) // STEP_SECONDS
    digits = "".join(plain_digits(typed).split())
    totp = pyotp.TOTP(key, interval=STEP_SECONDS)
    for candidate in (step - 1, step, step + 1):
        right = totp.generate_otp(candidate)
        if hmac.compare_digest(right.encode(), digits.encode()) and candidate > last_step:
            return candidate
    return None


def recovery_code(random: bytes) -> str:
    """A code to be kept on paper, of 49 bits: `abcde-fgh23`."""
    number, code = int.from_bytes(random, "big"), ""
    for _ in range(_SIGNS_A_CODE):
        number, sign = divmod(number, len(_SIGNS))
        code += _SIGNS[sign]
    return f"{code[:5]}-{code[5:]}"


def recovery_place(codes: Sequence[str], typed: str) -> int | None:
    """Which of the codes was typed, with or without its dash."""
    plain = "".join(c for c in plain_digits(typed).lower() if c.isalnum())
    places = [
        place
        for place, code in enumerate(codes)
        if hmac.compare_digest(code.replace("-", "").encode(), plain.encode())
    ]
    return places[0] if places else None
