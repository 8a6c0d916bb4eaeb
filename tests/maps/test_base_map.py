"""An operator's base map: one PMTiles file on the server's disk."""

import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from coopfarm.cli import main
from coopfarm.config import BadSettingError, Settings, read_settings
from tests.factories.members import Visitor

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CREDIT = '<a href="https://maps.example">© Somebody</a> & others'
VECTOR, PNG = 1, 2


def pmtiles(*, tiles: int = VECTOR, version: int = 3, said: object = CREDIT) -> bytes:
    """A file with one tile, which is empty."""
    meta, root, tile = gzip.compress(json.dumps({"attribution": said}).encode()), b"\x00", b"tile"
    places, at = [], 127
    for part in (root, meta, b"", tile):
        places += [at, len(part)]
        at += len(part)
    head = b"PMTiles" + bytes([version]) + struct.pack("<8Q", *places) + struct.pack("<3Q", 1, 1, 1)
    head += bytes([1, 2, 2, tiles, 0, 9]) + struct.pack("<4i", 0, 0, 1, 1) + bytes(9)
    return head + root + meta + tile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "land.pmtiles"
    file.write_bytes(pmtiles())
    return file


@pytest.fixture
def settings(settings: Settings, file: Path) -> Settings:
    return replace(settings, base_map=str(file))


@on_one_database
def test_the_map_is_drawn_over_it_and_names_its_source(visitor: Callable[..., Visitor]) -> None:
    page = visitor("manager").get("/map/").text

    assert 'content="/map/base.pmtiles" data-max-zoom="9"' in page
    assert "© Somebody &amp; others" in page
    assert "protomaps-leaflet.js" in page


@on_one_database
def test_parts_of_it_are_sent_and_the_whole(visitor: Callable[..., Visitor], file: Path) -> None:
    officer = visitor("officer")

    part = officer.get("/map/base.pmtiles", headers={"Range": "bytes=0-6"}, buffered=True)
    whole = officer.get("/map/base.pmtiles", buffered=True)

    assert (part.status_code, part.data) == (206, b"PMTiles")
    assert part.headers["ETag"] == whole.headers["ETag"]
    assert (whole.status_code, whole.data) == (200, file.read_bytes())


@on_one_database
def test_a_file_that_is_gone_is_no_longer_below(
    visitor: Callable[..., Visitor], file: Path
) -> None:
    manager = visitor("manager")
    file.unlink()

    assert manager.get("/map/base.pmtiles").status_code == 404
    assert "base-map" not in manager.get("/map/").text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no PMTiles file"),
        (pmtiles(version=2), "no PMTiles file"),
        (pmtiles(tiles=PNG), "only vector tiles"),
        (pmtiles()[:-1], "cut short"),
    ],
)
def test_the_program_does_not_start_on_a_file_that_cannot_be_drawn(
    file: Path, content: bytes, why: str
) -> None:
    file.write_bytes(content)

    with pytest.raises(BadSettingError, match=why):
        read_settings({"COOPFARM_BASE_MAP": str(file)})


def test_doctor_names_the_setting(tmp_path: Path) -> None:
    there = tmp_path / "nowhere.pmtiles"

    told = CliRunner(env={"COOPFARM_BASE_MAP": str(there)}).invoke(main, ["doctor"])

    assert told.exit_code == 1
    assert "COOPFARM_BASE_MAP" in told.output
    assert "cannot be read" in told.output


@on_one_database
@pytest.mark.parametrize("said", [None, 7, ["x"]])
def test_a_file_that_names_no_source_is_drawn_too(
    app: Flask, visitor: Callable[..., Visitor], file: Path, said: object
) -> None:
    file.write_bytes(pmtiles(said=said))

    assert visitor("manager").get("/map/").status_code == 200
