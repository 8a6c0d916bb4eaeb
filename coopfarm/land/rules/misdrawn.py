"""What can be wrong with the shape of one feature, said so that it can be drawn right."""

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase

# Kinds of shapes, and what GEOS finds wrong with a polygon, in words for those who draw.
for _kind, _words in {
    "Point": N_("a point"),
    "MultiPoint": N_("several points"),
    "LineString": N_("a line"),
    "LinearRing": N_("a closed line"),
    "MultiLineString": N_("several lines"),
    "Polygon": N_("a polygon"),
    "MultiPolygon": N_("several polygons"),
    "GeometryCollection": N_("shapes of several kinds"),
}.items():
    Phrase(f"drawn:{_kind}", _words)
for _fault, _words in {
    "Disconnected Interior": N_("holes cut the plot in two"),
    "Duplicate Rings": N_("two rings are the same"),
    "Hole lies outside shell": N_("a hole lies outside the plot"),
    "Holes are nested": N_("a hole lies within a hole"),
    "Interior is disconnected": N_("holes cut the plot in two"),
    "Invalid Coordinate": N_("a corner has no place"),
    "Nested holes": N_("a hole lies within a hole"),
    "Nested shells": N_("one part lies within another"),
    "Ring is not closed": N_("the line does not end where it begins"),
    "Too few points in geometry component": N_("there are too few corners"),
}.items():
    Phrase(f"reason:{_fault}", _words)


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


class Tangled(Invalid):
    """A boundary like a ball of wool."""

    code = "import-tangled"
    words = N_(
        "Feature %(feature)s (%(name)s): its boundary crosses itself too often to be put right,"
        " first near longitude %(lon)s, latitude %(lat)s. Draw it again."
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
