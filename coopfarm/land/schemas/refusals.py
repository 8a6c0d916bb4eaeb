"""What can be wrong with a file as a whole."""

from collections.abc import Sequence
from itertools import zip_longest

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase

# What a damaged file turned out to be, as `FileBroken` is told it.
_DAMAGE = (
    N_("a document type or entities, which no map has"),
    N_("a feature that is none"),
    N_("a first line of over 100 kB"),
    N_("a heading is missing or stands twice"),
    N_("a heading of over 200 letters"),
    N_("elements within elements, too deep"),
    N_("neither a FeatureCollection nor a Feature nor a geometry"),
    N_("no list of features"),
    N_("nothing between the separators"),
    N_("properties that are no object"),
    N_("the .shp is no Shapefile"),
    N_("the end of the zip is missing"),
)
# What a library said instead, in words for programmers.
_OTHER_DAMAGE = N_("its own format does not allow what is in it")
# What a zip holds that no map needs, as `UnsafeArchive` is told it.
_UNSAFE = (
    N_("a file locked with a password"),
    N_("a file packed in an unusual way"),
    N_("a file packed over a hundredfold"),
    N_("a file that would be put elsewhere"),
    N_("a link to another file"),
    N_("another zip"),
    N_("files that share their bytes"),
    N_("over 60 files"),
    N_("two files of one name"),
)
for _words in (*_DAMAGE, _OTHER_DAMAGE):
    Phrase(f"reason:{_words}", _words)
for _words in _UNSAFE:
    Phrase(f"what:{_words}", _words)


class EmptyFile(Invalid):
    """Nothing arrived."""

    code = "file-empty"
    words = N_("The file is empty. Send the file itself, not a link to it.")


class FileTooLarge(Invalid):
    """More bytes than are taken."""

    code = "file-too-large"
    words = N_("The file unpacks to over %(most_mb)s MB, the most that is taken. Split it.")


class NoSuchFormat(Invalid):
    """A file of a kind that is not read."""

    code = "file-format-unknown"
    words = N_(
        "This is no GeoJSON, no zip with a Shapefile, no GeoPackage, no KML and no CSV. Save it as"
        " one of these."
    )


class FileBroken(Invalid):
    """A file that its own format cannot make sense of."""

    code = "file-broken"
    words = N_("The file is damaged or not what it seems to be (%(reason)s). Save it anew.")

    def __init__(self, *, reason: str, field: str | None = None) -> None:
        is_ours = reason in _DAMAGE
        detail = {} if is_ours else {"detail": reason}
        super().__init__(field=field, reason=reason if is_ours else _OTHER_DAMAGE, **detail)


class UnsafeArchive(Invalid):
    """A zip that is not just a few files of a map."""

    code = "archive-unsafe"
    words = N_(
        "The zip holds %(what)s, and was not opened. Zip only the files of one Shapefile:"
        " .shp, .shx, .dbf, .prj, .cpg."
    )


class NoShapefile(Invalid):
    """A zip without a Shapefile in it."""

    code = "archive-without-shapefile"
    words = N_("The zip holds no .shp file. Zip all the files of the Shapefile together.")


class SeveralLayers(Invalid):
    """More than one layer, and nobody said which; `features` is how many each of them holds."""

    code = "several-layers"
    words = N_("The file holds several layers: %(layers)s. Choose one of them.")

    def __init__(self, layers: Sequence[str], features: Sequence[int | None] = ()) -> None:
        super().__init__(field="layer", layers=", ".join(layers))
        self.alternatives = [
            {"layer": layer, "title": layer, "features": count}
            for layer, count in zip_longest(layers, features)
        ]


class NoSuchLayer(Invalid):
    """A layer was named that is not there."""

    code = "no-such-layer"
    words = N_("The file has no layer %(layer)s. It has: %(layers)s.")


class TooManyFeatures(Invalid):
    """More features than a cooperative has."""

    code = "too-many-features"
    words = N_("The file holds over %(most)s features, the most that is taken. Split it.")


class TextUnreadable(Invalid):
    """Letters in an encoding that was not said."""

    code = "text-unreadable"
    words = N_(
        "The letters of the file are not in %(encoding)s. Save it as UTF-8, or choose another"
        " encoding."
    )


class TooManyColumns(Invalid):
    """A table wider than any."""

    code = "too-many-columns"
    words = N_("The file has %(columns)s columns; up to %(most)s are taken. Leave some out.")


class TooFull(Invalid):
    """Too many points or too many words in one file."""

    code = "file-too-full"
    words = N_(
        "The file holds more points or more words than are taken at once. Split it, or simplify"
        " its shapes in your map program."
    )


class TooHardToRead(Invalid):
    """A file that would keep the server busy for too long."""

    code = "file-too-hard"
    words = N_(
        "Reading the file took more time or memory than a file of its size is given, and was"
        " stopped. Split it, or simplify its shapes in your map program."
    )


class ReaderFailed(Invalid):
    """A file that our reader was not made for."""

    code = "file-reader-failed"
    words = N_(
        "The file could not be read, and why was written down for repair. Save it in another"
        " format, such as GeoJSON, and send that."
    )
