"""Which encoding the letters of a Shapefile are in: its .cpg says so, or its table, or nothing."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from coopfarm.land.rules.cells import Cell
from coopfarm.land.schemas.tables import WHOLE

# Byte 29 of a dBASE table names the code page it was written in.
_LANGUAGE_AT = 29
_LANGUAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x7E: "cp1256", 0xC9: "cp1251"}


def free(dbf: Path, cpg: Path) -> str:
    """Make the table one that is read byte by byte; the encoding it was said to be in.

    Where nothing says so, texts that are sound UTF-8 are read as that, others as ISO-8859-1.
    """
    said = _said(cpg.read_bytes()[:40].decode("ascii", "ignore")) if cpg.exists() else None
    cpg.unlink(missing_ok=True)
    if not dbf.exists():
        return said or WHOLE
    table = bytearray(dbf.read_bytes())
    if len(table) <= _LANGUAGE_AT:
        return said or WHOLE
    said = said or _LANGUAGES.get(table[_LANGUAGE_AT])
    table[_LANGUAGE_AT] = 0
    dbf.write_bytes(table)
    return said or ("utf-8" if _is_utf_8(bytes(table[32:])) else WHOLE)


def read(values: Mapping[str, Cell], encoding: str) -> dict[str, Cell]:
    """The cells of a row and their names, from one letter a byte to letters of `encoding`."""
    if encoding == WHOLE:
        return dict(values)
    return {
        _text(name, encoding): _text(cell, encoding) if isinstance(cell, str) else cell
        for name, cell in values.items()
    }


def _text(text: str, encoding: str) -> str:
    if text.isascii():
        return text
    # A table cuts its texts after so many bytes, and may cut through a letter.
    found = text.encode(WHOLE, "replace").decode(encoding, "replace")
    whole = found.removesuffix("\ufffd")
    return found if "\ufffd" in whole else whole


def _said(cpg: str) -> str | None:
    """What Python calls the encoding that a .cpg names, such as 1256 or ANSI 1256."""
    digits = re.search(r"\d{3,5}", cpg)
    names = [cpg.strip(), *([f"cp{digits[0]}", f"iso-{digits[0]}-1"] if digits else [])]
    for name in names:
        try:
            return codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
    return None


def _is_utf_8(table: bytes) -> bool:
    try:
        return not table.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False
