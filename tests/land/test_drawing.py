"""Drawing by plain forms: nothing here needs a script."""

import re
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.store.audit import AuditEvent
from tests.land.making import METRE, line, make_canal, make_outlet, make_plot, point


def at(east_m, north_m=0):
    return (f"{72 + east_m * METRE:.7f}", f"{north_m * METRE:.7f}")


def form(*points, **fields):
    pairs = list(fields.items())
    for lon, lat in points:
        pairs += [("lon", lon), ("lat", lat)]
    return pairs


def send(who, path, pairs, **headers):
    known = {"csrf_token": who.token("/"), "idempotency_key": f"key-{len(str(pairs))}-{id(pairs)}"}
    data = MultiDict([*known.items(), *pairs])
    return who.client.post(path, data=data, headers=headers)


def rows_of(page):
    lons = re.findall(r'name="lon" value="([^"]*)"', page)
    lats = re.findall(r'name="lat" value="([^"]*)"', page)
    return list(zip(lons, lats, strict=True))[:-1]  # the last is the template's


def words(answer):
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def manager(visitor):
    return in_english(visitor("manager"))


def in_english(who):
    who.client.set_cookie("language", "en")
    return who


@pytest.fixture
def land(session):
    canal = make_canal(session, "C1", line=line((0, 0), (1000, 0)), length_m=1000)
    outlet = make_outlet(session, "W1", place=point(408, 300))
    ids = {"C1": canal.id, "W1": outlet.id}
    session.commit()
    return ids


def all_of(session, table):
    session.expire_all()
    found = session.scalars(select(table)).all()
    session.expunge_all()
    session.rollback()
    return found


def test_a_canal_is_drawn_by_its_points_and_taken_back(manager, session, land):
    drawn = form(
        at(400, 6), at(400, 700), code="C2", capacity_l_s="٦٠", loss_percent_km="2.5", flows="with"
    )

    sent = send(manager, "/land/draw/canal", drawn)

    page = manager.get(sent.headers["Location"])
    assert "C2 is kept as you drew it" in words(page)
    assert "The head goes onto canal C1: it moves by 6 m" in words(page)
    assert "Outlet W1 goes onto this canal" in words(page)
    canal = next(c for c in all_of(session, Canal) if c.code == "C2")
    assert (canal.feeds_from_id, canal.capacity_l_s) == (land["C1"], 60)

    undone = send(manager, f"{sent.headers['Location']}/undo", [])

    assert "taken back" in words(manager.get(undone.headers["Location"]))
    assert [c.code for c in all_of(session, Canal)] == ["C1"]
    assert all_of(session, Outlet)[0].canal_id is None


@pytest.mark.parametrize("path", ["/land/canals/{C2}/draw", "/land/outlets/{W1}/draw"])
def test_keeping_what_is_as_it_was_writes_nothing_and_says_so(manager, session, land, path):
    drawn = form(at(400, 6), at(400, 700), code="C2", flows="with")
    send(manager, "/land/draw/canal", drawn)
    ids = {row.code: row.id for table in (Canal, Outlet) for row in all_of(session, table)}
    before = [
        (row.code, row.edition) for table in (Canal, Outlet) for row in all_of(session, table)
    ]
    entries = len(all_of(session, AuditEvent))

    sent = send(manager, path.format(**ids), as_shown(manager.get(path.format(**ids)).text))

    assert sent.status_code == 303, words(sent)
    assert "is as it was. Nothing was written." in words(manager.get(sent.headers["Location"]))
    assert len(all_of(session, Drawing)) == 1
    assert len(all_of(session, AuditEvent)) == entries
    after = [(row.code, row.edition) for table in (Canal, Outlet) for row in all_of(session, table)]
    assert after == before


def as_shown(page):
    """What a browser sends of the form when nothing in it is touched."""
    shown = page[page.index("<main") :]
    pairs = []
    for tag in re.findall(r"<input[^>]*>", shown):
        known = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        unchecked = known.get("type") in ("radio", "checkbox") and " checked" not in tag
        if known.get("name") and not unchecked and known["name"] not in ("lon", "lat"):
            pairs.append((known["name"], unescape(known.get("value", ""))))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', shown, re.S):
        chosen = re.findall(r'<option value="([^"]*)"[^>]*selected', options)
        first = re.findall(r'<option value="([^"]*)"', options)
        pairs.append((name, (chosen or first or [""])[0]))
    for lon, lat in rows_of(page):
        pairs += [("lon", lon), ("lat", lat)]
    mine = {"csrf_token", "idempotency_key", "add_at", "add_metres", "add_bearing"}
    return [pair for pair in pairs if pair[0] not in mine]


def test_looking_where_it_snaps_stores_nothing(manager, session, land):
    drawn = form(at(400, 6), at(400, 700), code="C2", do="look")

    page = send(manager, "/land/draw/canal", drawn)
    told = send(manager, "/land/draw/canal", drawn, Accept="application/json")

    assert page.status_code == 200
    assert "The head goes onto canal C1" in words(page)
    assert any("The head goes onto canal C1" in said for said in told.json["says"])
    [head, _gate] = told.json["moves"]
    assert head["metres"] == pytest.approx(6, abs=0.1)
    assert head["kept"] == pytest.approx([72 + 400 * METRE, 0], abs=1e-7)
    assert [c.code for c in all_of(session, Canal)] == ["C1"]
    assert all_of(session, Drawing) == []


def test_rows_are_moved_added_and_deleted_without_a_script(manager, land):
    points = [at(0, 50), at(100, 50), at(200, 50)]

    up = send(manager, "/land/draw/canal", form(*points, do="up:3", name="kept"))
    gone = send(manager, "/land/draw/canal", form(*points, do="delete:1"))
    added = form(*points, do="add", add_at="1", add_metres="120", add_bearing="north-east")
    stepped = send(manager, "/land/draw/canal", added)
    typed = form(*points, do="add", add_lon="72.5", add_lat="٠٫٢٥")
    ended = send(manager, "/land/draw/canal", typed)

    short = [(f"{float(lon):.7f}", f"{float(lat):.7f}") for lon, lat in rows_of(up.text)]
    assert short == [points[0], points[2], points[1]]
    assert 'value="kept"' in up.text
    assert len(rows_of(gone.text)) == 2
    lon, lat = map(float, rows_of(stepped.text)[1])
    assert lon == pytest.approx(72 + 84.85 * METRE, abs=2 * METRE)
    assert lat == pytest.approx((50 + 84.85) * METRE, abs=2 * METRE)
    assert rows_of(ended.text)[-1] == ("72.5", "0.25")


@pytest.mark.parametrize(
    ("fields", "points", "said"),
    [
        ({"code": "C2"}, [at(0, 50)], "1 points are drawn, and 2 are needed"),
        ({"code": ""}, [at(0, 50), at(100, 50)], "code: this is needed"),
        ({"code": "C1"}, [at(0, 50), at(100, 50)], "C1 is the code of another one already"),
        ({"code": "C2", "capacity_l_s": "0"}, [at(0, 50), at(99, 50)], "carries nothing"),
        ({"code": "C2", "loss_percent_km": "100"}, [at(0, 50), at(99, 50)], "leaves nothing"),
        (
            {"code": "C2", "loss_percent_km": "5", "efficiency": "50"},
            [at(0, 50), at(2000, 50)],
            "Leave one of the two empty",
        ),
        ({"code": "C2"}, [at(0, 50), ("72.01", "95")], "latitudes from -90 to 90"),
        ({"code": "C2"}, [at(0, 50), ("here", "0")], "“here” is no number of degrees"),
        (
            {"code": "C2"},
            [at(0, 50), at(100, 50), at(100, 90), at(50, 0)],
            "The line meets itself",
        ),
        ({"code": "C2", "tolerance_m": "500"}, [at(0, 50), at(99, 50)], "at most 200"),
        ({"code": "C2", "feeds_from": "mine"}, [at(0, 50), at(99, 50)], "choose one of those"),
        ({"code": "C" * 61}, [at(0, 50), at(99, 50)], "up to 60 fit"),
    ],
)
@pytest.mark.usefixtures("land")
def test_what_cannot_be_is_said_and_what_was_typed_stays(manager, session, fields, points, said):
    answer = send(manager, "/land/draw/canal", form(*points, **fields))

    assert answer.status_code == 422
    assert said in words(answer)
    assert len(rows_of(answer.text)) == len(points)
    assert len(all_of(session, Canal)) == 1


def test_a_circle_is_refused_by_naming_it(manager, session, land):
    sent = send(manager, "/land/draw/canal", form(at(400, 6), at(400, 700), code="C2"))
    assert sent.status_code == 303
    below = next(c for c in all_of(session, Canal) if c.code == "C2")

    answer = send(
        manager,
        f"/land/canals/{land['C1']}/draw",
        form(at(0), at(1000), feeds_from=str(below.id), edition="1"),
    )

    assert answer.status_code == 422
    assert "C1 ← C2 ← C1" in words(answer)


def test_an_old_page_is_answered_with_both_versions(manager, session, land):
    path = f"/land/canals/{land['C1']}/draw"
    send(manager, path, form(at(0), at(900), name="theirs", feeds_from="", edition="1"))

    answer = send(manager, path, form(at(0), at(800), name="mine", feeds_from="", edition="1"))

    assert answer.status_code == 409
    assert "Somebody changed C1" in words(answer)
    assert "theirs" in words(answer)
    assert 'value="mine"' in answer.text
    assert 'name="edition" value="2"' in answer.text
    assert all_of(session, Canal)[0].name == "theirs"


def test_the_page_of_a_canal_shows_what_is_stored(manager, land):
    page = manager.get(f"/land/canals/{land['C1']}/draw")

    assert rows_of(page.text) == [("72", "0"), (at(1000)[0].rstrip("0"), "0")]
    assert "within 15 m" in words(page)
    assert "Delete C1" in words(page)


def test_a_canal_is_deleted_and_brought_back(manager, session, land):
    sent = send(manager, f"/land/canals/{land['C1']}/remove", [("edition", "1")])
    assert "C1 is deleted" in words(manager.get(sent.headers["Location"]))
    assert all_of(session, Canal) == []

    send(manager, f"{sent.headers['Location']}/undo", [])

    assert [c.code for c in all_of(session, Canal)] == ["C1"]


def test_what_hangs_on_a_canal_is_named_instead_of_a_button(manager, session, land):
    session.get_one(Outlet, (session.cooperative_id, land["W1"])).canal_id = land["C1"]
    session.commit()

    page = manager.get(f"/land/canals/{land['C1']}/draw")
    answer = send(manager, f"/land/canals/{land['C1']}/remove", [("edition", "1")])

    assert "It cannot be deleted: W1" in words(page)
    assert (answer.status_code, "W1 get their water from it" in words(answer)) == (409, True)


def test_an_outlet_and_its_nakka_are_drawn(manager, session, land):
    sent = send(
        manager,
        "/land/draw/outlet",
        form(at(300, 4), at(300, 400), code="W2", capacity_l_s="30", canal="snap"),
    )
    assert "The outlet goes onto canal C1" in words(manager.get(sent.headers["Location"]))
    outlet = next(o for o in all_of(session, Outlet) if o.code == "W2")

    sent = send(manager, f"/land/outlets/{outlet.id}/draw/nakka", form(at(305, 200), label="7"))

    assert "The nakka goes onto the watercourse" in words(manager.get(sent.headers["Location"]))
    [nakka] = all_of(session, Nakka)
    assert nakka.metres_from_outlet == pytest.approx(200, abs=2)
    page = manager.get(f"/land/nakkas/{nakka.id}/draw")
    assert len(rows_of(page.text)) == 1


def test_a_nakka_is_one_point(manager, land):
    answer = send(manager, f"/land/outlets/{land['W1']}/draw/nakka", form(at(0), at(10), label="7"))

    assert answer.status_code == 422
    assert "A nakka is one point" in words(answer)


def test_a_line_of_too_many_points_is_not_put_into_rows(manager, session):
    canal = make_canal(session, "C9", line=line(*((i, 0) for i in range(600))))
    session.commit()

    page = manager.get(f"/land/canals/{canal.id}/draw")

    assert "600 points" in words(page)
    assert rows_of(page.text + 'name="lon" value="" name="lat" value=""') == []


def test_the_sketch_has_every_line_and_where_it_flows(manager, session, land):
    features = manager.get(f"/land/draw/data.geojson?shown={land['C1']}").json["features"]

    kinds = [feature["geometry"]["type"] for feature in features]
    arrows = [f["properties"]["arrow"] for f in features if "arrow" in f["properties"]]
    assert kinds.count("LineString") == 1
    assert arrows == [90] * 5
    but = manager.get(f"/land/draw/data.geojson?but={land['C1']}").json["features"]
    assert "LineString" not in [feature["geometry"]["type"] for feature in but]


def test_the_ways_to_the_drawing_are_where_one_looks(manager, land):
    ways = {
        "/land/": "/land/draw",
        "/map/": "/land/draw",
        f"/land/canals/{land['C1']}": f"/land/canals/{land['C1']}/draw",
        f"/land/outlets/{land['W1']}": f"/land/outlets/{land['W1']}/draw",
    }

    missing = {page for page, way in ways.items() if f'href="{way}"' not in manager.get(page).text}

    assert missing == set()


def test_an_officer_draws_nothing(visitor, land):
    officer = visitor("officer")

    assert officer.get("/land/draw").status_code == 403
    assert 'href="/land/draw"' not in officer.get("/land/").text
    assert 'href="/land/draw"' not in officer.get("/map/").text


def test_an_outlet_with_plots_is_kept(manager, session, land):
    outlet = session.get_one(Outlet, (session.cooperative_id, land["W1"]))
    make_plot(session, "P1", outlet)
    session.commit()

    answer = send(manager, f"/land/outlets/{land['W1']}/remove", [("edition", "1")])

    assert answer.status_code == 409
    assert "P1" in words(answer)
