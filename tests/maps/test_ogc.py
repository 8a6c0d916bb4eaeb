"""OGC API Features, by the classes of the OGC's own tests: by hand, by GDAL and by OWSLib."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV30SpecValidator
from owslib.ogcapi.features import Features
from sqlalchemy import insert, select
from werkzeug.serving import make_server

from coopfarm.land.models import Plot
from coopfarm.maps.rules import ogc as rules
from coopfarm.members.models import Member, MemberRole
from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.land.making import square
from tests.maps.conftest import HOLDERS

PAGE = "/map/key"
Get = Callable[..., Any]
# How many plots lie in each; the third reaches over the antimeridian, the last has heights.
BOXES = {"71,-1,73,1": 5, "72.1,0,73,1": 0, "170,-10,72.1,10": 5, "71,-1,0,73,1,9": 5}


def address(who: Visitor) -> str:
    assert who.post(PAGE, page=PAGE).status_code == 303
    found = re.search(r'value="http://localhost(/ogc/[^"]+)"', who.get(PAGE).text)
    assert found
    return found[1]


@pytest.fixture
def base(officer: Visitor) -> str:
    return address(officer)


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    """A map program: no cookies, no account."""
    return app.test_client()


@pytest.fixture
def get(program: FlaskClient, base: str) -> Get:
    """`get("/collections", limit=3)`: the answer's JSON, with its status where it is not 200."""

    def ask(path: str, **asked: Any) -> Any:
        answer = program.get(base + path, query_string=asked)
        said = json.loads(answer.data)
        return said if answer.status_code == 200 else (answer.status_code, said)

    return ask


def links(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {link["rel"]: link for link in document["links"]}


def test_the_landing_page_leads_to_everything_and_needs_no_slash(
    get: Get, program: FlaskClient, base: str
) -> None:
    landing = get("")

    assert {"self", "service-desc", "conformance", "data"} <= links(landing).keys()
    assert get("/") == landing
    for link in landing["links"]:
        answer = program.get(link["href"].removeprefix("http://localhost"))
        assert (answer.status_code, answer.content_type) == (200, link["type"])


def test_it_says_what_it_conforms_to(get: Get) -> None:
    classes = {name.rsplit("/", 1)[1] for name in get("/conformance")["conformsTo"]}

    assert classes == {"core", "oas30", "geojson"}


def test_its_api_is_told_in_sound_openapi_with_the_most_that_may_be_asked_for(get: Get) -> None:
    told = get("/api")

    OpenAPIV30SpecValidator(told).validate()
    assert told["components"]["parameters"]["limit"]["schema"]["maximum"] == rules.MOST_ITEMS
    assert "/collections/plots/items/{featureId}" in told["paths"]


def test_every_collection_is_told_alike_in_the_list_and_alone(village: None, get: Get) -> None:
    found = get("/collections")

    assert [one["id"] for one in found["collections"]][:3] == ["plots", "canals", "machines"]
    for one in found["collections"]:
        assert get(f"/collections/{one['id']}") == one
        assert links(one)["items"]["type"] == "application/geo+json"
        assert one["itemType"] == "feature"


def test_items_come_with_what_the_standard_asks_for(village: None, get: Get) -> None:
    found = get("/collections/plots/items")

    assert found["type"] == "FeatureCollection"
    assert found["timeStamp"] == "2026-07-01T08:00:00Z"
    assert found["numberReturned"] == len(found["features"]) == 5
    assert "next" not in links(found)
    one = found["features"][0]
    alone = get(f"/collections/plots/items/{one['id']}")
    assert {name: alone[name] for name in one} == one
    assert {"self", "collection"} <= links(alone).keys()


def test_the_officer_reads_no_names_of_people(
    village: None, program: FlaskClient, base: str
) -> None:
    told = program.get(f"{base}/collections/plots/items").text

    assert "holder" not in told
    assert not [name for name in HOLDERS if name in told]


def test_the_manager_reads_the_numbers_of_holders(
    village: None, visitor: Callable[..., Visitor], program: FlaskClient
) -> None:
    told = program.get(f"{address(visitor('manager'))}/collections/plots/items").json

    assert {one["properties"]["holder"][:2] for one in told["features"]} == {"M-"}


def test_pages_lead_to_each_other_and_show_each_thing_once(
    village: None, get: Get, program: FlaskClient
) -> None:
    whole = [one["id"] for one in get("/collections/plots/items")["features"]]

    page, found = get("/collections/plots/items", limit=2), []
    while True:
        found += [one["id"] for one in page["features"]]
        onward = links(page).get("next")
        if onward is None:
            break
        page = program.get(onward["href"].removeprefix("http://localhost")).json

    assert found == whole


def test_more_than_may_be_asked_for_is_cut_and_not_refused(village: None, get: Get) -> None:
    assert get("/collections/plots/items", limit=10**9)["numberReturned"] == 5


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": "٣"},
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,x"},
        {"bbox": "1,5,3,2"},
        {"bbox": "nan,0,1,1"},
        {"bbox": "0,-91,1,0"},
        {"datetime": "yesterday"},
        {"datetime": "../.."},
        {"datetime": "2026-07-02/2026-07-01"},
        {"datetime": "2026-07-01T00:00:00"},
        {"after": "1.x"},
        {"crop": "rice"},
    ],
    ids=lambda asked: " ".join(f"{k}={v}" for k, v in asked.items()),
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_asked_is_answered_with_400(get: Get, asked: dict[str, str]) -> None:
    status, said = get("/collections/plots/items", **asked)

    assert (status, said["code"]) == (400, "ogc-query-unusable")
    assert next(iter(asked)) in said["description"]


@pytest.mark.parametrize(
    "path",
    [
        "/collections/debts",
        "/collections/plots/items/nobody",
        "/collections/plots/items/00000000-0000-4000-8000-000000000000",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_there_is_answered_with_404(get: Get, path: str) -> None:
    assert get(path)[0] == 404


def test_a_box_selects_by_what_lies_in_it_also_over_the_antimeridian(
    village: None, get: Get
) -> None:
    def count(bbox: str) -> int:
        return int(get("/collections/plots/items", bbox=bbox)["numberReturned"])

    counts = [
        count(bbox) for bbox in ("71,-1,73,1", "72.1,0,73,1", "170,-10,72.1,10", "71,-1,0,73,1,9")
    ]

    assert counts == [5, 0, 5, 5]


def test_a_time_selects_what_was_then_and_what_has_no_time(
    village: None, get: Get, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        for plot, sown in zip(
            session.scalars(select(Plot).order_by(Plot.code)), (5, 6), strict=False
        ):
            plot.sown_on = date(2026, sown, 15)

    found = get("/collections/plots/items", datetime="2026-06-01/..")

    codes = sorted(one["properties"]["code"] for one in found["features"])
    assert codes == ["W1-02", "W1-03", "W1-04", "W1-05"]


def test_a_revoked_address_answers_no_longer(
    officer: Visitor, program: FlaskClient, base: str
) -> None:
    officer.post("/map/key/revoke", page=PAGE)

    assert program.get(base).status_code == 404


def test_a_new_address_makes_the_old_one_worthless(
    officer: Visitor, program: FlaskClient, base: str
) -> None:
    newer = address(officer)

    assert [program.get(path).status_code for path in (base, newer)] == [404, 200]


def test_the_address_ends_with_the_role(
    officer: Visitor, base: str, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        held = select(MemberRole).where(MemberRole.member_id == officer.member_id)
        session.delete(session.scalars(held).one())

    assert officer.client.application.test_client().get(base).status_code == 404


def test_the_address_ends_with_the_membership(
    officer: Visitor, base: str, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        member = session.get_one(Member, (cooperative_id, officer.member_id))
        member.state, member.left_on = "left", date(2026, 7, 1)

    assert officer.client.application.test_client().get(base).status_code == 404


@pytest.mark.parametrize("role", ["member", "water_master", "auditor"])
def test_only_the_manager_and_the_officer_have_an_address(
    visitor: Callable[..., Visitor], role: str
) -> None:
    assert visitor(role).get(PAGE).status_code == 403


# A process of its own, as a map program is one: GDAL lets no thread of Python answer while it
# waits for the answer.
READER = """
import json, sys
import pyogrio, shapely
from pyogrio import raw

source = sys.argv[1]
meta, _, shapes, columns = raw.read(source, layer="plots")
found = dict(zip(meta["fields"], columns, strict=True))
told = {
    "names": [str(name) for name, _ in pyogrio.list_layers(source)],
    "codes": list(found["code"]),
    "ids": list(found["id"]),
    "area_type": str(found["net_area_m2"].dtype),
    "in_box": len(raw.read(source, layer="plots", bbox=(72, 0, 72.01, 0.01))[2]),
    "shape": shapely.from_wkb(shapes[0]).geom_type,
}
print(json.dumps(told))
"""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_gdal_reads_every_page_in_the_same_order_and_what_lies_in_a_box(
    village: None, app: Flask, base: str, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        common = {"cooperative_id": cooperative_id, "gross_area_m2": 1.0, "net_area_m2": 1.0}
        made = [
            {"id": uuid4(), "code": f"Q{n}", "boundary": square(5_000 + n, 900, 1), **common}
            for n in range(2 * rules.MOST_ITEMS)
        ]
        session.execute(insert(Plot), made)
    with served(app) as host:
        read = subprocess.run(
            [sys.executable, "-c", READER, f"OAPIF:{host}{base}"],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )

    found = json.loads(read.stdout)
    assert found["names"][:3] == ["plots", "canals", "machines"]
    assert len(found["codes"]) == len(set(found["codes"])) == 5 + 2 * rules.MOST_ITEMS
    assert found["ids"] == sorted(found["ids"])
    assert found["area_type"] == "float64"
    assert found["in_box"] == 5
    assert found["shape"] == "MultiPolygon"


def _pages(land: Features) -> Iterator[dict[str, Any]]:
    """The plots two by two, as each page leads to the next."""
    asked: dict[str, str] | None = {}
    while asked is not None:
        page = land.collection_items("plots", limit=2, **asked)
        yield page
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        query = {} if not onward else parse_qs(urlsplit(onward[0]).query)
        asked = {"after": query["after"][0]} if query else None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_owslib_pages_through_the_plots_and_asks_for_a_box(
    village: None, app: Flask, base: str
) -> None:
    with served(app) as host:
        land = Features(f"{host}{base}")
        names = land.feature_collections()
        pages = [*_pages(land)]
        in_box = land.collection_items("plots", bbox=[72, 0, 72.01, 0.01])
        one = land.collection_item("plots", pages[0]["features"][0]["id"])

    ids = [feature["id"] for page in pages for feature in page["features"]]
    assert names[:3] == ["plots", "canals", "machines"]
    assert len(ids) == len(set(ids)) == 5
    assert ids == sorted(ids)
    assert len(in_box["features"]) == 5
    assert one["geometry"]["type"] == "MultiPolygon"
