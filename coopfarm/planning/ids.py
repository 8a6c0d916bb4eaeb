"""The names by which a problem and a plan speak of the same thing."""

from collections.abc import Iterable

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


class EmptyId(Invalid):
    """A thing without a name cannot be told what it gets."""

    code = "empty-id"
    words = N_("%(field)s is empty. Give every one a name of its own.")


class SameIdTwice(Invalid):
    """Two things under one name."""

    code = "same-id-twice"
    words = N_("%(field)s is %(id)s, which stands further up already. Give every one its own.")


def check_ids(ids: Iterable[str], where: str) -> None:
    """Refuse the first empty or repeated id of the list called `where`."""
    seen: set[str] = set()
    for place, name in enumerate(ids):
        field = f"{where}[{place}].id"
        if not name.strip():
            raise EmptyId(field=field)
        if name in seen:
            raise SameIdTwice(field=field, id=name)
        seen.add(name)
