"""What can be wrong with one feature of a file, said so that it can be put right."""

from dataclasses import dataclass

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Feature:
    """Which feature of a file is meant: its number from 1, and its code where it has one."""

    number: int
    name: str

    @property
    def facts(self) -> dict[str, str | int]:
        return {"feature": self.number, "name": self.name or "–"}


class NoCode(Invalid):
    """A feature without a name to know it by."""

    code = "import-feature-without-code"
    words = N_(
        "Feature %(feature)s has no code, and without one it cannot be told from the others. Fill"
        " it in."
    )


class CodeTaken(Invalid):
    """A row of ours was to have the code of another."""

    code = "import-code-taken"
    words = N_(
        "Feature %(feature)s is %(stored)s by its id and is to be called %(name)s, and another one"
        " has that code already. Choose another code."
    )


class SameIdTwice(Invalid):
    """Two features are one row of ours."""

    code = "import-same-id-twice"
    words = N_(
        "Features %(earlier)s and %(feature)s (%(name)s) have the same id, so both are the same"
        " %(stored)s. Empty the id of the one that is new."
    )


class NoCodeColumn(Invalid):
    """Nothing in a file that things could be known by."""

    code = "import-without-code-column"
    words = N_(
        "No column of the file holds the codes that things are known by. It has: %(columns)s. Say"
        " which one does, add a column “code”, or let the import number the features."
    )


class SameCodeTwice(Invalid):
    """Two features answer to one name."""

    code = "import-same-code-twice"
    words = N_("Features %(earlier)s and %(feature)s both have the code %(name)s. Rename one.")


class BadNumber(Invalid):
    """A cell that holds no number."""

    code = "import-bad-number"
    words = N_(
        "Feature %(feature)s (%(name)s): “%(value)s” in column %(column)s is not a number. Write"
        " it like 12.5, or leave it empty."
    )


class BadWholeNumber(Invalid):
    """A place or a count with a fraction."""

    code = "import-bad-whole-number"
    words = N_(
        "Feature %(feature)s (%(name)s): “%(value)s” in column %(column)s is not a whole number."
        " Write it like 7, or leave it empty."
    )


class BadDay(Invalid):
    """A cell that holds no day."""

    code = "import-bad-day"
    words = N_(
        "Feature %(feature)s (%(name)s): “%(value)s” in column %(column)s is not a day. Write"
        " year, month, day, like 2026-07-04, or leave it empty."
    )


class BadFlow(Invalid):
    """A direction that is none."""

    code = "import-bad-flow"
    words = N_(
        "Feature %(feature)s (%(name)s): “%(value)s” in column %(column)s says no direction."
        " Write “with” or “against” (the line as drawn), or leave it empty."
    )


class TooLong(Invalid):
    """More letters than fit."""

    code = "import-cell-too-long"
    words = N_(
        "Feature %(feature)s (%(name)s): column %(column)s holds %(letters)s letters; up to"
        " %(most)s fit."
    )


class NumberOutOfRange(Invalid):
    """A number that cannot be."""

    code = "import-number-out-of-range"
    words = N_(
        "Feature %(feature)s (%(name)s): %(value)s in column %(column)s cannot be; it is at least"
        " %(least)s and at most %(most)s."
    )


class NoSuchOutlet(Invalid):
    """The outlet of a plot is not known."""

    code = "import-no-such-outlet"
    words = N_(
        "Feature %(feature)s (%(name)s) takes water at outlet %(outlet)s, and there is none."
        " Import the outlets first, or let this import make the missing ones."
    )


class NoSuchHolder(Invalid):
    """The holder of a plot is no member."""

    code = "import-no-such-holder"
    words = N_(
        "Feature %(feature)s (%(name)s) is held by %(holder)s, and no member has that number or"
        " name. Add the member first, or leave the cell empty."
    )


class TwoSuchHolders(Invalid):
    """A name that several members have."""

    code = "import-two-such-holders"
    words = N_(
        "Feature %(feature)s (%(name)s) is held by %(holder)s, and %(members)s members have that"
        " name. Write the member's number instead."
    )


class NoSuchCanal(Invalid):
    """The canal of an outlet is not known."""

    code = "import-no-such-canal"
    words = N_(
        "Feature %(feature)s (%(name)s) is on canal %(canal)s, and there is none. Import the"
        " canals first."
    )


class NeitherDrawnNorDeclared(Invalid):
    """A new plot of unknown size."""

    code = "import-neither-drawn-nor-declared"
    words = N_(
        "Feature %(feature)s (%(name)s) is a new plot, and the file neither draws it nor says its"
        " area. Add a shape or a column area_ha, or correct the code."
    )
