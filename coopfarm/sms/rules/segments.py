"""How many short messages a text takes, and what still fits into one."""

from collections.abc import Callable, Sequence
from typing import Final

# 3GPP TS 23.038, 6.2.1: the default alphabet, and what is written with an escape before it.
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED: Final = frozenset("\f^{}\\[~]|€")
# 140 octets; a part of a longer text gives 6 of them to the header that joins the parts.
_GSM, _GSM_PART = 160, 153
_UCS2, _UCS2_PART = 70, 67


def is_gsm(text: str) -> bool:
    """Whether the text needs no other letters than the default alphabet has."""
    return _BASIC.issuperset(set(text) - _ESCAPED)


def parts(text: str) -> Sequence[str]:
    """The texts of the messages that carry `text`; no letter is cut in two."""
    one, each, size = (_GSM, _GSM_PART, _septets) if is_gsm(text) else (_UCS2, _UCS2_PART, _units)
    if sum(map(size, text)) <= one:
        return (text,)
    return _cut(text, each, size)


def segments(text: str) -> int:
    return len(parts(text))


def bound(text: str, host: str, code: str) -> str:
    """The text with the last line by which a phone offers the code to the pages of `host` alone.

    Without that line where it would take a second message.
    """
    # https://github.com/WICG/sms-one-time-codes: "@host #code" is the last line.
    longer = f"{text}\n@{host} #{code}"
    return longer if host and segments(longer) == 1 else text


def _septets(letter: str) -> int:
    return 2 if letter in _ESCAPED else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1


def _cut(text: str, each: int, size: Callable[[str], int]) -> Sequence[str]:
    found, begun, used = [], 0, 0
    for place, letter in enumerate(text):
        if used + size(letter) > each:
            found.append(text[begun:place])
            begun, used = place, 0
        used += size(letter)
    return (*found, text[begun:])
