"""The small map of the import, drawn in the server from shapes nobody has looked at yet."""

import json
import random

import shapely
from shapely import Polygon

from coopfarm.land.schemas import import_map
from coopfarm.land.schemas.import_map import Drawn


def test_a_shape_that_crosses_itself_everywhere_is_drawn_all_the_same():
    chance = random.Random(17)  # noqa: S311 (a seeded drawing, no secret)
    spikes = Polygon([(chance.random(), chance.random()) for _ in range(1_999)])

    drawn = json.loads(
        import_map.as_json([Drawn(spikes, "problem"), Drawn(spikes.envelope, "new")])
    )

    assert [one["properties"]["state"] for one in drawn["features"]] == ["problem", "new"]
    assert shapely.from_geojson(json.dumps(drawn["features"][1]["geometry"])).area > 0.9
