"""Zips with a Shapefile in them, opened as if somebody had packed them to do harm."""

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from coopfarm.land.schemas import refusals

MOST_BYTES = 50 * 1024 * 1024
MOST_MEMBERS = 60
# Shapes and tables pack to a tenth; a thousandth is a trap.
MOST_RATIO = 100
_LONGEST_NAME = 200
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_CHUNK = 1024 * 1024


def unpack(content: bytes, layer: str | None, into: Path) -> tuple[Path, str]:
    """Write the files of one Shapefile under names of ours; gives its .shp and its name.

    Raises UnsafeArchive, FileTooLarge, FileBroken, NoShapefile, SeveralLayers, NoSuchLayer.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _checked(archive)
            name = _chosen(members, layer)
            stem = PurePosixPath(name).with_suffix("")
            parts = [m for m in members if PurePosixPath(m.filename).with_suffix("") == stem]
            _write(archive, parts, into)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise refusals.FileBroken(reason=str(error)[:120]) from error
    return into / "layer.shp", PurePosixPath(name).stem


def _checked(archive: zipfile.ZipFile) -> Sequence[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise refusals.UnsafeArchive(what=f"{len(members)} files")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise refusals.FileTooLarge(most_mb=MOST_BYTES // 1024**2)
    for member in members:
        _check_member(member)
    return members


def _check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    is_outside = path.is_absolute() or ".." in path.parts or ":" in member.filename
    if is_outside or "\\" in member.filename or len(member.filename) > _LONGEST_NAME:
        raise refusals.UnsafeArchive(what="a file that would be put elsewhere")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise refusals.UnsafeArchive(what="a link to another file")
    if member.file_size > MOST_RATIO * max(member.compress_size, 1) + 4096:
        raise refusals.UnsafeArchive(what="a file packed over a hundredfold")
    if path.suffix.lower() == ".zip":
        raise refusals.UnsafeArchive(what="another zip")


def _chosen(members: Sequence[zipfile.ZipInfo], layer: str | None) -> str:
    layers = {
        PurePosixPath(member.filename).stem: member.filename
        for member in members
        if member.filename.lower().endswith(".shp") and "__MACOSX" not in member.filename
    }
    if not layers:
        raise refusals.NoShapefile(field="file")
    if layer is None and len(layers) > 1:
        raise refusals.SeveralLayers(sorted(layers))
    if layer is not None and layer not in layers:
        raise refusals.NoSuchLayer(field="layer", layer=layer, layers=", ".join(sorted(layers)))
    return layers[layer] if layer is not None else next(iter(layers.values()))


def _write(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], into: Path) -> None:
    """Unpack, counting the bytes that really come out: a header can lie."""
    left = MOST_BYTES
    for member in parts:
        suffix = PurePosixPath(member.filename).suffix.lower()
        if suffix not in _PARTS:
            continue
        with archive.open(member) as packed, (into / f"layer{suffix}").open("wb") as out:
            while chunk := packed.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise refusals.FileTooLarge(most_mb=MOST_BYTES // 1024**2)
                out.write(chunk)
