"""The common pests of the region, as they are chosen by their pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase, Sentence

UNKNOWN: Final = "unknown"


class NoSuchPest(Invalid):
    """A pest that is not in the catalogue."""

    code = "no-such-pest"
    words = N_("%(field)s: choose one of the pictures, or “not sure”.")


@dataclass(frozen=True, slots=True)
class Pest:
    """A pest by its name in the field; `what` says what is seen of it."""

    name: Phrase
    scientific: str
    what: Phrase


def _pest(code: str, name: str, scientific: str, what: str) -> tuple[str, Pest]:
    return code, Pest(Phrase(f"pest:{code}", name), scientific, Phrase(f"pest-seen:{code}", what))


PESTS: Final[Mapping[str, Pest]] = MappingProxyType(
    dict(
        (
            _pest(
                "fall-armyworm",
                N_("Fall armyworm"),
                "Spodoptera frugiperda",
                N_("holes and crumbs in the whorl of maize"),
            ),
            _pest(
                "cotton-leafworm",
                N_("Cotton leafworm"),
                "Spodoptera littoralis",
                N_("eggs in clusters, leaves eaten to the ribs"),
            ),
            _pest(
                "pink-bollworm",
                N_("Pink bollworm"),
                "Pectinophora gossypiella",
                N_("pink caterpillars in bolls, flowers like rosettes"),
            ),
            _pest(
                "tomato-leafminer",
                N_("Tomato leafminer"),
                "Tuta absoluta",
                N_("pale blotches in leaves, holes in tomatoes"),
            ),
            _pest(
                "whitefly",
                N_("Whitefly"),
                "Bemisia tabaci",
                N_("small white flies under leaves"),
            ),
            _pest("aphids", N_("Aphids"), "Aphididae", N_("curled, sticky young leaves")),
            _pest(
                "fruit-fly",
                N_("Fruit fly"),
                "Bactrocera zonata, Ceratitis capitata",
                N_("stings in fruit, maggots inside"),
            ),
            _pest(
                "locust",
                N_("Desert locust"),
                "Schistocerca gregaria",
                N_("hoppers in bands, swarms"),
            ),
            _pest(
                "red-palm-weevil",
                N_("Red palm weevil"),
                "Rhynchophorus ferrugineus",
                N_("brown sap and holes in palm stems"),
            ),
            _pest(
                "spider-mite",
                N_("Spider mite"),
                "Tetranychus urticae",
                N_("pale dots and fine webs on leaves"),
            ),
            _pest(
                "wheat-rust",
                N_("Wheat rust"),
                "Puccinia",
                N_("yellow, orange or brown dust on leaves"),
            ),
            _pest("field-rat", N_("Field rats"), "Arvicanthis, Rattus", N_("burrows, cut stems")),
        )
    )
)
_NOT_SURE: Final = Phrase(f"pest:{UNKNOWN}", N_("Not sure"))
CODES: Final = (*PESTS, UNKNOWN)


def named(code: str) -> Sentence:
    """What a pest is called; one that left the catalogue keeps its code."""
    known = PESTS.get(code)
    return known.name() if known else _NOT_SURE() if code == UNKNOWN else Sentence(code)


def check(code: str, *, also_unknown: bool = True) -> str:
    """The code, if it is one. Raises NoSuchPest."""
    if code in PESTS or (also_unknown and code == UNKNOWN):
        return code
    raise NoSuchPest(field="pest")
