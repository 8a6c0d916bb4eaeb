"""Words as people write them, so that the same word is found again."""

import re
import unicodedata

from coopfarm.kernel.numerals import plain_digits

# Letters of Arabic, Persian and Urdu that people and keyboards take for each other.
_ALIKE = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ـ": ""}
)


def plain(text: str) -> str:
    """The text without case, accents, vowel signs and marks; digits 0–9, one blank between words.

    Idempotent.
    """
    loose = unicodedata.normalize("NFKD", text).casefold()
    loose = unicodedata.normalize("NFKD", plain_digits(loose))
    bare = "".join(c for c in loose if not unicodedata.combining(c)).translate(_ALIKE)
    return re.sub(r"[\W_]+", " ", bare).strip()
