import pytest
from sqlalchemy import select

from coopfarm.land.models import Canal, Drawing
from tests.land.making import METRE, line, make_canal, make_outlet, point

API = "/api/v1"


def at(east_m, north_m=0):
    return [72 + east_m * METRE, north_m * METRE]


def drawn(*points):
    return {"type": "LineString", "coordinates": list(points)}


@pytest.fixture
def manager(visitor):
    return visitor("manager")


@pytest.fixture
def land(session):
    canal = make_canal(session, "C1", line=line((0, 0), (1000, 0)), length_m=1000, name="main")
    outlet = make_outlet(session, "W1", place=point(408, 300))
    ids = {"C1": canal.id, "W1": outlet.id}
    session.commit()
    return ids


@pytest.fixture
def branch():
    return {"code": "C2", "line": drawn(at(400, 6), at(400, 700)), "loss_percent_km": 2.5}


def test_a_canal_is_drawn_by_a_program(manager, land, branch):
    answer = manager.send("POST", f"{API}/canals", branch)

    assert answer.status_code == 201
    assert answer.json["feeds_from_id"] == str(land["C1"])
    assert answer.json["line"]["coordinates"][0] == pytest.approx(at(400), abs=1e-7)
    assert answer.json["efficiency"] == pytest.approx(0.975**0.69, abs=0.001)
    there = manager.get(answer.headers["Location"])
    assert there.headers["ETag"] == answer.headers["ETag"]
    outlet = manager.get(f"{API}/outlets/{land['W1']}").json
    assert outlet["canal_id"] == answer.json["id"]
    assert outlet["metres_from_head"] == pytest.approx(300, abs=3)


def test_a_preview_keeps_nothing(manager, session, land, branch):
    answer = manager.send("POST", f"{API}/canals/preview", branch)

    assert answer.status_code == 200
    assert answer.json["upstream_id"] == str(land["C1"])
    assert answer.json["moves"][0]["metres"] == pytest.approx(6, abs=0.1)
    assert len(answer.json["says"]) == 2
    assert session.scalars(select(Canal.code)).all() == ["C1"]
    assert session.scalars(select(Drawing)).all() == []


def test_the_act_is_listed_and_taken_back(manager, land, branch):
    manager.send("POST", f"{API}/canals", branch)
    [act] = manager.get(f"{API}/drawings").json["drawings"]

    answer = manager.send("POST", f"{API}/drawings/{act['id']}/undo")

    assert (act["verb"], act["label"], act["undone_at"]) == ("canal.draw", "C2", None)
    assert answer.status_code == 200
    assert answer.json["undone_at"]
    assert [c["code"] for c in manager.get(f"{API}/canals").json["canals"]] == ["C1"]
    again = manager.send("POST", f"{API}/drawings/{act['id']}/undo")
    assert (again.status_code, again.json["code"]) == (409, "drawing-taken-back")


def test_whoever_was_late_is_shown_what_is_stored(manager, land):
    path = f"{API}/canals/{land['C1']}"
    manager.send("PATCH", path, {"name": "theirs"}, If_Match='"1"')

    answer = manager.send("PATCH", path, {"name": "mine"}, If_Match='"1"')

    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    [stored] = answer.json["alternatives"]
    assert (stored["name"], stored["edition"]) == ("theirs", 2)


def test_what_is_left_out_of_a_change_stays(manager, land):
    path = f"{API}/canals/{land['C1']}"

    answer = manager.send("PATCH", path, {"capacity_l_s": 55}, If_Match='"1"')

    assert (answer.json["capacity_l_s"], answer.json["name"]) == (55, "main")
    assert answer.json["length_m"] == 1000
    assert answer.json["line"]["coordinates"][-1] == pytest.approx(at(1000))


def test_a_new_line_has_a_new_length_and_its_losses_count_over_it(manager, land):
    path = f"{API}/canals/{land['C1']}"
    manager.send("PATCH", path, {"loss_percent_km": 10}, If_Match='"1"')

    longer = {"line": drawn(at(0), at(2000))}
    answer = manager.send("PATCH", path, longer, If_Match='"2"')

    assert answer.json["length_m"] == pytest.approx(2002, abs=5)
    assert answer.json["efficiency"] == pytest.approx(0.81, abs=0.002)


def test_an_efficiency_that_is_written_takes_the_place_of_the_losses(manager, land):
    path = f"{API}/canals/{land['C1']}"
    manager.send("PATCH", path, {"loss_percent_km": 10}, If_Match='"1"')

    answer = manager.send("PATCH", path, {"efficiency": 0.5}, If_Match='"2"')

    assert (answer.json["efficiency"], answer.json["loss_percent_km"]) == (0.5, None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line": drawn(at(0))}, "drawn-too-few-points"),
        ({"line": drawn(at(0), [72, 95])}, "drawn-off-the-earth"),
        ({"line": {"type": "Point", "coordinates": at(0)}}, "field-unusable"),
        ({"line": drawn([72, 0, 5], [73, 0, 5])}, "field-unusable"),
        ({"line": drawn(["72", 0], [73, 0])}, "field-unusable"),
        ({"code": "C1"}, "land-code-taken"),
        ({"capacity_l_s": 0}, "capacity-not-positive"),
        ({"loss_percent_km": 100}, "loss-out-of-range"),
        ({"efficiency": 0.2}, "losses-disagree"),
        ({"tolerance_m": 1e9}, "land-number-out-of-range"),
        ({"capacity_l_s": 1e12}, "land-number-out-of-range"),
    ],
)
@pytest.mark.usefixtures("land")
def test_what_cannot_be_drawn_is_refused_by_its_code(manager, branch, change, code):
    answer = manager.send("POST", f"{API}/canals", branch | change)

    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_outlets_and_nakkas_are_drawn_changed_and_deleted(manager, land):
    made = manager.send(
        "POST", f"{API}/outlets", {"code": "W2", "drawn": drawn(at(300, 4), at(300, 400))}
    )
    outlet = made.json
    assert (made.status_code, outlet["canal_id"]) == (201, str(land["C1"]))
    nakkas = f"{API}/outlets/{outlet['id']}/nakkas"
    cut = {"type": "Point", "coordinates": at(305, 200)}
    nakka = manager.send("POST", nakkas, {"label": "7", "place": cut}).json
    assert nakka["metres_from_outlet"] == pytest.approx(200, abs=2)

    kept = manager.send(
        "POST", f"{API}/outlets/{outlet['id']}/removal", If_Match=f'"{outlet["edition"]}"'
    )
    moved = manager.send(
        "PATCH",
        f"{API}/nakkas/{nakka['id']}",
        {"label": "8", "place": {"type": "Point", "coordinates": at(300, 50)}},
        If_Match='"1"',
    )
    gone = manager.send("POST", f"{API}/nakkas/{nakka['id']}/removal", If_Match='"2"')

    assert (kept.status_code, kept.json["code"]) == (409, "land-hangs-on-it")
    assert moved.json["metres_from_outlet"] == pytest.approx(50, abs=1)
    assert (gone.status_code, gone.json["verb"]) == (200, "nakka.remove")
    assert manager.get(nakkas).json["nakkas"] == []


def test_an_outlet_is_moved_along_its_canal(manager, session, land):
    path = f"{API}/outlets/{land['W1']}"
    there = {"type": "Point", "coordinates": at(700, 5)}

    answer = manager.send("PATCH", path, {"drawn": there}, If_Match='"1"')

    assert answer.json["canal_id"] == str(land["C1"])
    assert answer.json["metres_from_head"] == pytest.approx(700, abs=6)


def test_an_officer_may_not_draw(visitor, land, branch):
    officer = visitor("officer")

    assert officer.send("POST", f"{API}/canals", branch).status_code == 403
    assert officer.send("POST", f"{API}/canals/preview", branch).status_code == 403
    assert officer.get(f"{API}/outlets/{land['W1']}/nakkas").status_code == 200
