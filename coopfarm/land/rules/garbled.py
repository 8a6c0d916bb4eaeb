"""Text that was read in another encoding than it was written in."""

import re

# Continuation bytes 80 to BF as CP1252 and as CP1256 show them, without what is a letter there.
_AFTER_1252 = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AFTER_1256 = "€‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—™›œ\u00a1-\u00bf\u060c\u061b\u061f"

_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        "\ufffd",
        "[\u0080-\u009f]",
        "[\u00c0-\u00ff]{3}",  # Arabic of CP1256 read as a western alphabet
        f"[ÂÃØÙÚÛ][{_AFTER_1252}]",  # UTF-8 read as a western alphabet
        f"[طظ][{_AFTER_1256}].*[طظ][{_AFTER_1256}]",  # Arabic UTF-8 read as CP1256
        r"(?:[طظ]\S){3}",
        "أ[\u00a1-\u00bf]",  # French UTF-8 read as CP1256
    )
)


def is_garbled(text: str) -> bool:
    """Whether the letters can hardly be what somebody wrote."""
    return "???" in text or (not text.isascii() and any(sign.search(text) for sign in _SIGNS))
