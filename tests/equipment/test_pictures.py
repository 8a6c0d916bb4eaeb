"""Photos: small, without the place they were taken at, and only for members."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from coopfarm.equipment.actions import pictures
from coopfarm.equipment.rules.pictures import (
    LONGEST_PX,
    MOST_BYTES,
    MOST_SENT_BYTES,
    PictureTooLarge,
    PictureUnusable,
    shrunk,
)
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor
from tests.factories.pictures import noise, photo

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
SMALL = photo(32, 24)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_small_and_as_jpeg(kind: str) -> None:
    image = opened(shrunk(photo(2000, 1500, kind=kind)))

    assert image.format == "JPEG"
    assert max(image.size) == LONGEST_PX
    assert image.size == (1280, 960)


def test_the_place_it_was_taken_at_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Somebody's phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 20.0, 0.0), 3: "E", 4: (29.0, 36.0, 0.0)})
    sent = photo(200, 100, exif=exif)
    assert opened(sent).getexif().get_ifd(0x8825)

    made = shrunk(sent)

    assert dict(opened(made).getexif()) == {}
    assert set(opened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"phone" not in made


def test_a_photo_that_was_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    made = shrunk(photo(200, 100, exif=exif))

    assert opened(made).size == (100, 200)


def test_however_rough_a_picture_is_it_weighs_little() -> None:
    made = shrunk(noise(1600, 1600))

    assert len(made) <= MOST_BYTES


def test_what_can_be_seen_through_is_shown_on_white() -> None:
    clear = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(clear, "PNG")

    made = opened(shrunk(clear.getvalue()))

    assert made.getpixel((5, 5)) == (255, 255, 255)


def test_a_bomb_of_pixels_is_refused_by_its_header() -> None:
    bomb = BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 200_000

    with pytest.raises(PictureTooLarge):
        shrunk(bomb.getvalue())


def test_a_file_of_too_many_bytes_is_refused_unread() -> None:
    with pytest.raises(PictureTooLarge):
        shrunk(b"\xff" * (MOST_SENT_BYTES + 1))


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", SMALL[:200], b"%PDF-1.7"],
    ids=["nothing", "gif", "svg", "half a photo", "pdf"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureUnusable):
        shrunk(content)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(SMALL) - 1), byte=st.integers(0, 255), cut=st.integers(0, 60))
def test_a_broken_picture_is_read_or_refused_and_nothing_else(at: int, byte: int, cut: int) -> None:
    broken = SMALL[:at] + bytes([byte]) + SMALL[at + 1 : len(SMALL) - cut]

    try:
        made = shrunk(broken)
    except (PictureUnusable, PictureTooLarge):
        return

    assert len(made) <= MOST_BYTES


def test_a_kept_picture_is_shown_to_members_and_stays_with_them(
    settle: Callable[[Callable[[TenantSession], Any]], Any], amina: Visitor
) -> None:
    picture_id = settle(lambda session: pictures.keep(session, photo(300, 200), NOW).id)

    first = amina.get(f"/pictures/{picture_id}")
    again = amina.get(f"/pictures/{picture_id}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert first.mimetype == "image/jpeg"
    assert "immutable" in first.headers["Cache-Control"]
    assert again.status_code == 304
    assert amina.client.application.test_client().get(f"/pictures/{picture_id}").status_code == 303
    assert amina.get(f"/pictures/{uuid4()}").status_code == 404
