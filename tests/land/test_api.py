import pytest

from coopfarm.land.models import Canal, Plot
from tests.land.making import line, make_canal, make_outlet, make_plot, point, square


@pytest.fixture
def manager(visitor):
    return visitor("manager")


@pytest.fixture
def land(session):
    canal = make_canal(session, "C1", line=line((0, 0), (900, 0)))
    outlet = make_outlet(session, "W1", canal_id=canal.id, place=point(10))
    plot = make_plot(session, "P1", outlet, boundary=square(0), crop="rice")
    ids = {"C1": canal.id, "W1": outlet.id, "P1": plot.id}
    session.commit()
    return ids


def test_plots_are_listed_with_their_shapes(manager, land):
    answer = manager.get("/api/v1/plots?words=p1")

    assert (answer.json["total"], answer.json["pages"]) == (1, 1)
    [plot] = answer.json["plots"]
    assert (plot["code"], plot["crop"], plot["outlet_id"]) == ("P1", "rice", str(land["W1"]))
    assert plot["boundary"]["type"] == "MultiPolygon"
    assert plot["boundary"]["coordinates"][0][0][0][0] == pytest.approx(72, abs=0.01)


def test_a_plot_is_changed_as_of_the_edition_that_was_read(manager, session, land):
    path = f"/api/v1/plots/{land['P1']}"
    tag = manager.get(path).headers["ETag"]

    answer = manager.send("PATCH", path, {"crop": "maize", "net_area_m2": 9000}, If_Match=tag)

    assert answer.status_code == 200
    assert (answer.json["crop"], answer.json["edition"]) == ("maize", 2)
    assert answer.headers["ETag"] != tag
    assert session.get_one(Plot, (session.cooperative_id, land["P1"])).net_area_m2 == 9_000.0


def test_a_change_must_say_of_which_edition_it_is(manager, land):
    path = f"/api/v1/plots/{land['P1']}"

    missing = manager.send("PATCH", path, {"crop": "maize"})
    stale = manager.send("PATCH", path, {"crop": "maize"}, If_Match='"7"')

    assert (missing.status_code, missing.json["code"]) == (428, "edition-missing")
    assert (stale.status_code, stale.json["code"]) == (412, "stale")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"crop": "teff"}, "crop"),
        ({"net_area_m2": 1e9}, "net_area_m2"),
        ({"net_area_m2": "NaN"}, "net_area_m2"),
        ({"sown_on": "soon"}, "sown_on"),
        ({"weight": 3}, "weight"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(manager, land, sent, field):
    answer = manager.send("PATCH", f"/api/v1/plots/{land['P1']}", sent, If_Match='"1"')

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["field"]


def test_canals_are_a_tree_and_stay_one(manager, session, land):
    path = f"/api/v1/canals/{land['C1']}"

    answer = manager.send("PATCH", path, {"feeds_from_id": str(land["C1"])}, If_Match='"1"')

    assert answer.json["code"] == "land-canal-feeds-itself"
    assert answer.status_code == 422
    assert session.get_one(Canal, (session.cooperative_id, land["C1"])).feeds_from_id is None


def test_a_canal_is_read_and_changed(manager, land):
    path = f"/api/v1/canals/{land['C1']}"

    answer = manager.send("PATCH", path, {"efficiency": 0.8}, If_Match='"1"')

    assert manager.get("/api/v1/canals").json["canals"][0]["efficiency"] == 0.8
    assert answer.json["line"]["type"] == "LineString"


def test_outlets_are_listed_and_read(manager, land):
    [outlet] = manager.get("/api/v1/outlets").json["outlets"]

    assert outlet["code"] == "W1"
    assert manager.get(f"/api/v1/outlets/{land['W1']}").json["place"]["type"] == "Point"


def test_what_is_not_there_is_a_problem_in_json(manager):
    nowhere = "/api/v1/plots/00000000-0000-0000-0000-000000000000"

    answer = manager.get(nowhere)

    assert (answer.status_code, answer.json["code"]) == (404, "missing")


def test_an_officer_reads_and_a_member_does_not(visitor, land):
    path = f"/api/v1/plots/{land['P1']}"
    officer = visitor("officer")

    assert officer.get(path).status_code == 200
    assert officer.send("PATCH", path, {"crop": "maize"}, If_Match='"1"').status_code == 403
    assert visitor("member").get(path).status_code == 403
