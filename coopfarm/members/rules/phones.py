"""Phone numbers, as people write them."""

import re

import phonenumbers

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


class NotAPhone(Invalid):
    code = "not-a-phone"
    words = N_("%(field)s: this is no phone number. Write it as you would dial it, in any digits.")


def phone(text: str, region: str, *, field: str = "phone") -> str:
    """The number as E.164, from any script's digits. Raises NotAPhone."""
    try:
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", plain_digits(text)), region)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone(field=field) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone(field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def masked(number: str) -> str:
    """A phone number as those see it who need not call it."""
    return f"•••• {number[-3:]}"
