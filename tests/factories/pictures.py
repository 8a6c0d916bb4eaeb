"""Pictures for tests."""

import random
from io import BytesIO
from typing import Any

from PIL import Image


def photo(width: int, height: int, *, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture of two colours running into each other."""
    made = BytesIO()
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.save(made, kind, **more)
    return made.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture in which no two pixels agree: the hardest to make small."""
    made = BytesIO()
    rough = random.Random(7).randbytes(width * height * 3)  # noqa: S311 (a picture)
    Image.frombytes("RGB", (width, height), rough).save(made, "JPEG", quality=95)
    return made.getvalue()
