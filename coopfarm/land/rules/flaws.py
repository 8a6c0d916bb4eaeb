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


class EmptyShape(Invalid):
    """A feature has a geometry with nothing in it."""

    code = "import-empty-shape"
    words = N_("Feature %(feature)s (%(name)s) is drawn with no points at all. Draw it or drop it.")


class UnreadableShape(Invalid):
    """A geometry that no program can draw."""

    code = "import-unreadable-shape"
    words = N_(
        "Feature %(feature)s (%(name)s): its shape cannot be read. Draw it again, or save the"
        " file anew in your map program."
    )


class PlotNotAnArea(Invalid):
    """A line or a point where a field is meant."""

    code = "import-plot-not-an-area"
    words = N_("Feature %(feature)s (%(name)s) is drawn as %(drawn)s; draw a plot as a polygon.")


class CanalNotALine(Invalid):
    """An area or a point where a canal is meant."""

    code = "import-canal-not-a-line"
    words = N_("Feature %(feature)s (%(name)s) is drawn as %(drawn)s; draw a canal as a line.")


class OutletNotAPoint(Invalid):
    """An area where an outlet is meant."""

    code = "import-outlet-not-a-point"
    words = N_(
        "Feature %(feature)s (%(name)s) is drawn as %(drawn)s; draw an outlet as one point, or"
        " its watercourse as a line."
    )


class OpenLine(Invalid):
    """A line that goes round no plot."""

    code = "import-open-line"
    words = N_(
        "Feature %(feature)s (%(name)s) is a line whose ends lie %(gap_m)s m apart, so it goes"
        " round no plot. Close it, or draw the plot as a polygon."
    )


class NotALoop(Invalid):
    """A closed line with nothing inside."""

    code = "import-not-a-loop"
    words = N_(
        "Feature %(feature)s (%(name)s) is a closed line of fewer than three corners, and there"
        " is no land inside it. Draw it again or drop it."
    )


class TooManyRings(Invalid):
    """More lines in one feature than a plot has boundaries."""

    code = "import-too-many-rings"
    words = N_(
        "Feature %(feature)s (%(name)s) has over %(most)s closed lines in it. Save the lines as"
        " features of their own."
    )


class CrossesItself(Invalid):
    """A boundary drawn like an 8."""

    code = "import-crosses-itself"
    words = N_(
        "Feature %(feature)s (%(name)s): its boundary crosses itself near longitude %(lon)s,"
        " latitude %(lat)s. Correct the drawing there."
    )


class InvalidShape(Invalid):
    """A boundary that encloses no clear area, for another reason."""

    code = "import-invalid-shape"
    words = N_(
        "Feature %(feature)s (%(name)s) is not a valid polygon near longitude %(lon)s, latitude"
        " %(lat)s: %(reason)s. Correct the drawing there."
    )


class NotOnEarth(Invalid):
    """Coordinates that are no longitude and latitude."""

    code = "import-not-on-earth"
    words = N_(
        "Feature %(feature)s (%(name)s) lies at %(x)s, %(y)s, and that is no longitude and"
        " latitude. The file is in another coordinate system than it says; choose it by hand."
    )


class AxesSwapped(Invalid):
    """Latitude where longitude is meant."""

    code = "import-axes-swapped"
    words = N_(
        "Feature %(feature)s (%(name)s) lies where this cooperative is not, or nowhere; read with"
        " x and y the other way round it lies right. Choose to swap them."
    )


class AtThePole(Invalid):
    """So near to a pole that nobody farms there."""

    code = "import-at-the-pole"
    words = N_(
        "Feature %(feature)s (%(name)s) lies at a pole, where nobody farms. The file is in another"
        " coordinate system than it says; choose it by hand."
    )


class CrossesDateLine(Invalid):
    """On both sides of 180 degrees."""

    code = "import-crosses-date-line"
    words = N_(
        "Feature %(feature)s (%(name)s) lies on both sides of longitude 180, and a map would draw"
        " it round the whole Earth. Cut it there and import the two as plots of their own."
    )


class TooLarge(Invalid):
    """More land than a plot is."""

    code = "import-too-large"
    words = N_(
        "Feature %(feature)s (%(name)s) covers %(area_ha)s ha; a plot has at most %(most_ha)s."
        " Look whether the coordinate system is right."
    )


class NotFinite(Invalid):
    """A coordinate is not a number, or infinite."""

    code = "import-not-finite"
    words = N_("Feature %(feature)s (%(name)s) has a coordinate that is no finite number.")


class TooManyVertices(Invalid):
    """A shape with more corners than a field has."""

    code = "import-too-many-vertices"
    words = N_(
        "Feature %(feature)s (%(name)s) has %(vertices)s corners; up to %(most)s are taken."
        " Simplify it in your map program."
    )


class NoArea(Invalid):
    """A plot of area 0."""

    code = "import-no-area"
    words = N_("Feature %(feature)s (%(name)s) has an area of 0. A plot has an area.")


class LineInPieces(Invalid):
    """A canal in parts that do not meet."""

    code = "import-line-in-pieces"
    words = N_(
        "Feature %(feature)s (%(name)s) is %(pieces)s lines that do not join into one. Join them,"
        " or import them as canals of their own."
    )


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
