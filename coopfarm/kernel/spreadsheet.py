"""What a spreadsheet makes of a text."""

from typing import Any

# Where a cell begins so, it is taken for something to be worked out.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; what is no text, as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
