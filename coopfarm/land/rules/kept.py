"""Values of a row as JSON, and back: what an undo puts in again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_

Plain = str | int | float | bool | None | dict[str, str]


class AlreadyImported(Conflict):
    """A file that was imported is not imported again by the same page."""

    code = "already-imported"
    words = N_("%(file)s was imported already. Send it again to see what it would change now.")


class NothingToUndo(Conflict):
    """An import that was not made, or was undone before."""

    code = "no-import-to-undo"
    words = N_("This file was not imported, or its import was undone already.")


class BuiltUpon(Conflict):
    """What an import brought in has been changed since."""

    code = "import-built-upon"
    words = N_(
        "%(count)s rows of this import were changed since, %(first)s among them, and undoing it"
        " would lose that. Import a corrected file instead."
    )


class InUse(Conflict):
    """What an import brought in is part of a plan."""

    code = "import-in-use"
    words = N_(
        "What this import brought in is part of a plan or of other land already, and stays."
        " Import a corrected file instead."
    )


def check_waiting(filename: str, imported_at: datetime | None) -> None:
    """Raise AlreadyImported unless the file still waits."""
    if imported_at is not None:
        raise AlreadyImported(file=filename)


def dump(values: Mapping[str, Any]) -> dict[str, Plain]:
    return {name: _plain(value) for name, value in values.items()}


def load(kept: Mapping[str, Plain]) -> dict[str, Any]:
    return {name: _value(plain) for name, plain in kept.items()}


def shown(values: Mapping[str, Any]) -> dict[str, str | int | float | bool | None]:
    """For the audit: the same with shapes as WKT, and ids and days as text."""
    return {
        name: value.wkt
        if isinstance(value, BaseGeometry)
        else str(value)
        if isinstance(value, UUID | date)
        else value
        for name, value in values.items()
    }


def _plain(value: Any) -> Plain:
    if isinstance(value, BaseGeometry):
        return {"shape": shapely.to_wkb(value, hex=True)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, UUID):
        return {"id": str(value)}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"nothing kept is a {type(value).__name__}")


def _value(plain: Plain) -> Any:
    if not isinstance(plain, dict):
        return plain
    [(kind, text)] = plain.items()
    if kind == "shape":
        return shapely.from_wkb(text)
    return date.fromisoformat(text) if kind == "day" else UUID(text)
