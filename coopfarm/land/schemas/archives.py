"""Zips with a Shapefile in them, opened as if somebody had packed them to do harm."""

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from coopfarm.land.schemas import refusals

MOST_BYTES = 50 * 1024 * 1024
MOST_MEMBERS = 60
# Shapes and tables pack to a tenth; a thousandth is a trap.
MOST_RATIO = 100
MAGIC = b"PK\x03\x04"
_LONGEST_NAME = 200
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_PACKED = (".zip", ".kmz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".shz")
_CHUNK = 1024 * 1024

# The record at the end of a zip, of 22 bytes and a comment: APPNOTE.TXT 4.3.16.
_END = b"PK\x05\x06"
_END_BYTES, _COMMENT_BYTES = 22, 65_535
# What a member of ours takes up at most in the directory, and the mark of a zip over 4 GB.
_ENTRY_BYTES, _HUGE = 46 + _LONGEST_NAME * 4 + 400, b"PK\x06\x07"
_LOCAL_BYTES = 30
_LOCKED = 0x1


def unpack(content: bytes, layer: str | None, into: Path) -> tuple[Path, str]:
    """Write the files of one Shapefile under names of ours; gives its .shp and its name.

    Raises UnsafeArchive, FileTooLarge, FileBroken, NoShapefile, SeveralLayers, NoSuchLayer.
    """
    with _opened(content) as (archive, members):
        name = _chosen(members, layer)
        stem = PurePosixPath(name).with_suffix("")
        parts = [m for m in members if PurePosixPath(m.filename).with_suffix("") == stem]
        _write(archive, parts, into)
    return into / "layer.shp", PurePosixPath(name).stem


def only_member(content: bytes, suffix: str) -> bytes | None:
    """What the first member with that ending holds, such as the .kml of a KMZ; None without one.

    Raises UnsafeArchive, FileTooLarge and FileBroken.
    """
    with _opened(content) as (archive, members):
        found = next((m for m in members if m.filename.lower().endswith(suffix)), None)
        return None if found is None else b"".join(_chunks(archive, [found]))


def unpacked_bytes(content: bytes) -> int:
    """How many bytes the members say they hold. Raises UnsafeArchive, FileTooLarge, FileBroken."""
    with _opened(content) as (_, members):
        return sum(member.file_size for member in members)


@contextmanager
def _opened(content: bytes) -> Iterator[tuple[zipfile.ZipFile, Sequence[zipfile.ZipInfo]]]:
    """The archive and its members, all of them looked at; what a zip can raise becomes ours."""
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive, _checked(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise refusals.FileBroken(reason=str(error)[:120]) from error


def _check_directory(content: bytes) -> None:
    """Look at the size of the directory before anything is made of it."""
    tail = content[-(_END_BYTES + _COMMENT_BYTES) :]
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_BYTES:
        raise refusals.FileBroken(reason="the end of the zip is missing")
    members, directory_bytes = struct.unpack_from("<HL", tail, place + 10)
    if _HUGE in tail or members > MOST_MEMBERS or directory_bytes > MOST_MEMBERS * _ENTRY_BYTES:
        raise refusals.UnsafeArchive(what=f"over {MOST_MEMBERS} files")


def _checked(archive: zipfile.ZipFile) -> Sequence[zipfile.ZipInfo]:
    every = archive.infolist()
    if len(every) > MOST_MEMBERS:
        raise refusals.UnsafeArchive(what=f"over {MOST_MEMBERS} files")
    _check_places(every)
    for member in every:
        _check_member(member)
    members = [member for member in every if not member.is_dir()]
    names = Counter(member.filename.lower() for member in members)
    if names and max(names.values()) > 1:
        raise refusals.UnsafeArchive(what="two files of one name")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise refusals.FileTooLarge(most_mb=MOST_BYTES // 1024**2)
    return members


def _check_places(members: Sequence[zipfile.ZipInfo]) -> None:
    """One member's bytes must not be another's as well: that is how small zips hold much."""
    free_from = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < free_from:
            raise refusals.UnsafeArchive(what="files that share their bytes")
        free_from = member.header_offset + _LOCAL_BYTES + member.compress_size


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    path = PurePosixPath(name)
    is_outside = path.is_absolute() or ".." in path.parts or ":" in name
    if is_outside or "\\" in name or "\0" in name or len(name) > _LONGEST_NAME:
        raise refusals.UnsafeArchive(what="a file that would be put elsewhere")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refusals.UnsafeArchive(what="a link to another file")
    if member.flag_bits & _LOCKED:
        raise refusals.UnsafeArchive(what="a file locked with a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refusals.UnsafeArchive(what="a file packed in an unusual way")
    if member.file_size > MOST_RATIO * max(member.compress_size, 1) + 4096:
        raise refusals.UnsafeArchive(what="a file packed over a hundredfold")
    if path.suffix.lower() in _PACKED:
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
        names = sorted(layers)
        raise refusals.SeveralLayers(names, [_counted(members, layers[name]) for name in names])
    if layer is not None and layer not in layers:
        raise refusals.NoSuchLayer(field="layer", layer=layer, layers=", ".join(sorted(layers)))
    return layers[layer] if layer is not None else next(iter(layers.values()))


def _counted(members: Sequence[zipfile.ZipInfo], shp: str) -> int | None:
    """How many shapes a Shapefile holds: its index has a head of 100 bytes and 8 for each."""
    index = PurePosixPath(shp).with_suffix("")
    for member in members:
        path = PurePosixPath(member.filename)
        if path.suffix.lower() == ".shx" and path.with_suffix("") == index:
            return max(0, (member.file_size - 100) // 8)
    return None


def _write(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], into: Path) -> None:
    for part in parts:
        suffix = PurePosixPath(part.filename).suffix.lower()
        if suffix in _PARTS:
            with (into / f"layer{suffix}").open("wb") as out:
                out.writelines(_chunks(archive, [part]))


def _chunks(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> Iterator[bytes]:
    """Unpack, counting the bytes that really come out: a header can lie."""
    for member in members:
        left = min(MOST_BYTES, MOST_RATIO * max(member.compress_size, 1) + 4096)
        with archive.open(member) as packed:
            while chunk := packed.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise refusals.UnsafeArchive(what="a file packed over a hundredfold")
                yield chunk
