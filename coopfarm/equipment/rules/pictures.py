"""Photos made small, and rid of everything that phones write into them."""

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

LONGEST_PX: Final = 1280
MOST_BYTES: Final = 120_000
MOST_SENT_BYTES: Final = 12_000_000
MEDIA_TYPE: Final = "image/jpeg"
# A JPEG is read at a fraction of its size, the others whole: 4 bytes a pixel of memory.
_MOST_PIXELS: Final[Mapping[str, int]] = {
    "JPEG": 50_000_000,
    "PNG": 24_000_000,
    "WEBP": 24_000_000,
}
_QUALITIES: Final = (80, 70, 60, 45, 30)
_SHRINK: Final = 0.7
_SMALLEST_PX: Final = 80
_WHITE: Final = (255, 255, 255)
# What Pillow raises for files that are broken, or broken on purpose.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)


class PictureUnusable(Invalid):
    """No JPEG, PNG or WebP, or a broken one."""

    code = "picture-unusable"
    words = N_("%(field)s: this is no picture that can be read. Send a JPEG, PNG or WebP.")


class PictureTooLarge(Invalid):
    """More bytes or more pixels than any phone makes."""

    code = "picture-too-large"
    words = N_("%(field)s: this picture is too large. Send one of at most %(limit)s megapixels.")


def shrunk(content: bytes, *, field: str = "picture") -> bytes:
    """A JPEG of at most `LONGEST_PX` a side and `MOST_BYTES`, upright, without EXIF or places.

    Raises PictureUnusable and PictureTooLarge.
    """
    too_large = PictureTooLarge(field=field, limit=_MOST_PIXELS["JPEG"] // 10**6)
    if len(content) > MOST_SENT_BYTES:
        raise too_large
    try:
        with warnings.catch_warnings():
            # Half-read metadata makes Pillow warn, and none of it is kept.
            warnings.simplefilter("ignore")
            return _small_enough(_read(content, field))
    except Image.DecompressionBombError as error:
        raise too_large from error
    except _BROKEN as error:
        raise PictureUnusable(field=field) from error


def _read(content: bytes, field: str) -> Image.Image:
    with Image.open(BytesIO(content), formats=tuple(_MOST_PIXELS)) as image:
        most = _MOST_PIXELS[str(image.format)]
        # The size stands in the header: nothing is unpacked before it is looked at.
        if image.width * image.height > most:
            raise PictureTooLarge(field=field, limit=most // 10**6)
        image.thumbnail((LONGEST_PX, LONGEST_PX))
        return _on_white(ImageOps.exif_transpose(image))


def _on_white(image: Image.Image) -> Image.Image:
    """Only the colours: a new picture has none of the other's notes."""
    plain = Image.new("RGB", image.size, _WHITE)
    seen = image.convert("RGBA")
    plain.paste(seen, mask=seen.getchannel("A"))
    return plain


def _small_enough(image: Image.Image) -> bytes:
    return next(made for made in _tries(image) if len(made) <= MOST_BYTES)


def _tries(image: Image.Image) -> Iterator[bytes]:
    """Coarser and coarser, then smaller and smaller: 80 × 80 pixels always fit."""
    while True:
        for quality in _QUALITIES:
            made = BytesIO()
            image.save(made, "JPEG", quality=quality, optimize=True)
            yield made.getvalue()
        side = max(_SMALLEST_PX, round(max(image.size) * _SHRINK))
        image = ImageOps.contain(image, (side, side))
