"""What an entry was for, and how it is told to who gave and to who received."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from coopfarm.kernel.words import N_, Name, Phrase, Sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """How an entry is called and told. `%(much)s` says how much of what; facts are `needs`.

    What `is_free` of limits nobody may be kept from; a sanction stops at the floor.
    """

    name: Phrase
    gave: Phrase
    received: Phrase
    needs: tuple[str, ...] = ()
    is_free: bool = False
    is_sanction: bool = False
    by_members: bool = False


def _kind(code: str, name: str, gave: str, received: str, *needs: str, **more: bool) -> Kind:
    return Kind(
        Phrase(f"ledger-kind:{code}", name),
        Phrase(f"ledger-gave:{code}", gave),
        Phrase(f"ledger-received:{code}", received),
        needs,
        **more,
    )


KINDS: Final[Mapping[str, Kind]] = {
    "favour": _kind(
        "favour",
        N_("A favour"),
        N_("You gave %(much)s: %(words)s."),
        N_("You received %(much)s: %(words)s."),
        "words",
        by_members=True,
    ),
    "work-party": _kind(
        "work-party",
        N_("A work party"),
        N_("You gave %(much)s at the work party “%(party)s”."),
        N_("You received %(much)s from the work party “%(party)s”."),
        "party",
    ),
    "substitute": _kind(
        "substitute",
        N_("A substitute"),
        N_("You gave %(much)s in somebody's place at “%(party)s”."),
        N_("Somebody gave %(much)s in your place at “%(party)s”."),
        "party",
    ),
    "cash-in-lieu": _kind(
        "cash-in-lieu",
        N_("Money in place of work"),
        N_("You gave %(much)s in place of the work at “%(party)s”."),
        N_("You received %(much)s in place of the work at “%(party)s”."),
        "party",
    ),
    "rota": _kind(
        "rota",
        N_("A turn of duty"),
        N_("You gave %(much)s in the rota “%(party)s”."),
        N_("You received %(much)s from the rota “%(party)s”."),
        "party",
    ),
    "machine": _kind(
        "machine",
        N_("A machine of the cooperative"),
        N_("You were given back %(much)s for %(machine)s."),
        N_("You received %(much)s: what %(machine)s did for you."),
        "machine",
    ),
    "machine-work": _kind(
        "machine-work",
        N_("Work for a machine of the cooperative"),
        N_("You were given back %(much)s for %(machine)s."),
        N_("You received %(much)s ahead: %(machine)s worked for you."),
        "machine",
    ),
    "payment": _kind(
        "payment",
        N_("A payment"),
        N_("You gave %(much)s to the cooperative: %(words)s."),
        N_("You received %(much)s from the cooperative: %(words)s."),
        "words",
    ),
    "water": _kind(
        "water",
        N_("A turn of water"),
        N_("You gave %(much)s: %(words)s."),
        N_("You received %(much)s: %(words)s."),
        "words",
        by_members=True,
    ),
    "notebook": _kind(
        "notebook",
        N_("From the paper notebook"),
        N_("You gave %(much)s: %(words)s (from the notebook)."),
        N_("You received %(much)s: %(words)s (from the notebook)."),
        "words",
    ),
    "sanction": _kind(
        "sanction",
        N_("By a rule of the members"),
        N_("%(much)s were counted for you: %(words)s."),
        N_("%(much)s are still yours to give: %(words)s."),
        "words",
        is_sanction=True,
    ),
    "relief": _kind(
        "relief",
        N_("Help in hardship"),
        N_("You gave %(much)s to help in hardship."),
        N_("You received %(much)s to help you through."),
        is_free=True,
    ),
    "start": _kind(
        "start",
        N_("The start"),
        N_("You began with %(much)s, as members have on average."),
        N_("You began with %(much)s to give, as members have on average."),
        is_free=True,
    ),
    "idle-gift": _kind(
        "idle-gift",
        N_("Idle credit, given on"),
        N_("You gave on %(much)s."),
        N_("%(much)s that you had not used were given on to everybody."),
        is_free=True,
    ),
    "idle-share": _kind(
        "idle-share",
        N_("Idle credit, shared out"),
        N_("%(much)s are your part of what others had not used."),
        N_("%(much)s that you had not used were shared out among everybody."),
        is_free=True,
    ),
    "exit": _kind(
        "exit",
        N_("Settled on leaving"),
        N_("%(much)s were settled when the membership ended."),
        N_("%(much)s were settled when the membership ended."),
        is_free=True,
    ),
    "reversal": _kind(
        "reversal",
        N_("Taken back"),
        N_("%(much)s were given back to you: an entry was taken back, %(words)s."),
        N_("%(much)s were taken back from you: an entry was a mistake, %(words)s."),
        "words",
        is_free=True,
    ),
}


def sentence(kind: str, facts: Mapping[str, Any], much: Sentence, *, gave: bool) -> Sentence:
    """One entry as it is told to one side; a fact that was not kept is left empty."""
    known = KINDS[kind]
    phrase = known.gave if gave else known.received
    return phrase(much=much, **{name: _fact(facts, name) for name in known.needs})


def _fact(facts: Mapping[str, Any], name: str) -> str:
    """Names are kept in both scripts where they have both."""
    return Name(str(facts.get(name) or "–"), str(facts.get(f"{name}_latin") or ""))
