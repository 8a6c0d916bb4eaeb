"""Every hostile file, by its name."""

from tests.land.hostile import jsons, others, zips
from tests.land.hostile.case import Hostile

CORPUS: dict[str, Hostile] = {
    case.name: case for part in (zips, jsons, others) for case in part.cases()
}
