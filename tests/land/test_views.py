import io
import re

import pytest

from coopfarm.land.actions import ordering
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.queries import plots
from tests.factories.members import make_member
from tests.land.making import line, make_canal, make_outlet, make_plot, point, square

PAGES = ("/land/", "/land/plots", "/land/import")
HIDDEN = {"csrf_token", "idempotency_key"}
TWO_PLOTS = b"""{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"code": "P1", "outlet": "W1", "remarks": "wet"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[72, 30], [72.001, 30], [72.001, 30.001], [72, 30.001], [72, 30]]]}},
 {"type": "Feature", "properties": {"code": "P2", "outlet": "W1", "crop": "rice"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[72.001, 30], [72.002, 30], [72.002, 30.001], [72.001, 30.001], [72.001, 30]]]}}]}"""


@pytest.fixture
def manager(visitor):
    """A manager who reads English."""
    manager = visitor("manager")
    manager.client.set_cookie("language", "en")
    return manager


@pytest.fixture
def look(database, cooperative_id):
    """A session that sees what is kept at the moment it is asked for."""
    with database.reading() as session:
        session.cooperative_id = cooperative_id

        def now():
            session.rollback()
            return session

        yield now


@pytest.fixture
def land(session):
    """C1 with outlet W1 and plots A to C from head to tail; ids by code."""
    canal = make_canal(session, "C1", name="Main", line=line((0, -500), (0, 500)))
    outlet = make_outlet(
        session, "W1", canal_id=canal.id, place=point(0), watercourse=line((0, 0), (900, 0))
    )
    rows = {"C1": canal, "W1": outlet}
    for place, code in enumerate("ABC"):
        rows[code] = make_plot(session, code, outlet, boundary=square(200 * place))
    ordering.compute_places(session, [outlet.id])
    ids = {code: row.id for code, row in rows.items()}
    session.commit()
    return ids


def fields(page):
    """The fields of the page's last form with a POST, as they would be sent."""
    form = re.findall(r'<form class="stack" method="post".*?</form>', page, re.S)[-1]
    sent = dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen.group(1) if chosen else ""
    return {name: value for name, value in sent.items() if name not in HIDDEN}


def send_file(visitor, content, name="plots.geojson", kind="plots"):
    file = (io.BytesIO(content), name)
    return visitor.post("/land/import", {"kind": kind, "file": file}, page="/land/import")


def from_head(session, outlet_id):
    return "".join(plot.code for plot in plots.from_head(session, outlet_id))


def row(session, table, row_id):
    return session.get_one(table, (session.cooperative_id, row_id))


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_not_signed_in_is_asked_to(app, page):
    answer = app.test_client().get(page)

    assert (answer.status_code, "/sign-in" in answer.location) == (303, True)


@pytest.mark.parametrize("page", PAGES)
def test_a_member_without_an_office_has_no_business_here(visitor, page):
    assert visitor("member").get(page).status_code == 403


def test_an_officer_looks_and_changes_nothing(visitor, land):
    officer = visitor("officer")

    for kind, code in (("outlets", "W1"), ("plots", "A"), ("canals", "C1")):
        path = f"/land/{kind}/{land[code]}"
        page = officer.get(path)
        assert page.status_code == 200
        assert '<form class="stack" method="post"' not in page.text
        assert officer.post(path, {"edition": "1", "name": "x"}).status_code == 403
    assert officer.get("/land/import").status_code == 403


def test_an_empty_cooperative_is_told_what_to_do_first(manager):
    page = manager.get("/land/").text

    assert "Import the canals first, then the outlets, then the plots." in page
    assert 'href="/land/import"' in page


def test_the_land_is_told_as_a_tree(manager, session, land):
    make_canal(session, "C2", feeds_from_id=land["C1"])
    make_plot(session, "lost")
    session.commit()

    page = manager.get("/land/").text

    assert re.findall(r"\b(C[12])</", page)[:2] == ["C1", "C2"]
    assert f"/land/outlets/{land['W1']}" in page
    assert "3 plots, 3 ha" in page
    assert "1 plot is below no outlet" in page


def test_plots_are_found_by_code_crop_holder_and_outlet(manager, session, land):
    amina = make_member(session, name="أمينة", name_latin="Amina")
    make_plot(session, "Z9", holder_id=amina.id, crop="rice")
    session.commit()

    for asked in ("words=z9", "words=amin", "words=rice", "words=أمينة"):
        assert "Z9" in manager.get(f"/land/plots?{asked}").text
    assert "Z9" not in manager.get(f"/land/plots?outlet={land['W1']}").text
    assert "Nothing found" in manager.get("/land/plots?words=nowhere").text
    assert "Nothing found" in manager.get("/land/plots?words=%25").text


def test_many_plots_come_a_hundred_at_a_time(manager, session):
    for number in range(101):
        make_plot(session, f"P{number:03}")
    session.commit()

    first, second = (manager.get(f"/land/plots?page={n}").text for n in (1, 2))

    assert ("P099" in first, "P100" in first) == (True, False)
    assert "page 2 of 2" in second
    assert "P100" in manager.get("/land/plots?page=99").text


def test_a_plot_is_changed_by_its_form(manager, session, land, look):
    amina = make_member(session, name="Amina").id
    session.commit()
    path = f"/land/plots/{land['A']}"
    sent = fields(manager.get(path).text)

    answer = manager.post(
        path,
        {
            **sent,
            "holder_id": str(amina),
            "crop": "rice",
            "sown_on": "٢٠٢٦-٠٦-٠١",
            "net_area_m2": "٠٫٩",
            "filling_minutes": "5",
        },
    )

    plot = row(look(), Plot, land["A"])
    assert answer.status_code == 303
    assert "Plot A is kept as you wrote it." in manager.get(path).text
    assert (plot.holder_id, plot.crop, plot.sown_on.isoformat()) == (amina, "rice", "2026-06-01")
    assert (plot.net_area_m2, plot.filling_minutes, plot.edition) == (9_000.0, 5.0, 2)


def test_a_form_sent_as_it_was_shown_changes_nothing(manager, session, land, look):
    plot = row(session, Plot, land["A"])
    plot.net_area_m2 = plot.gross_area_m2 = 10_695.687028169632
    session.commit()
    path = f"/land/plots/{land['A']}"

    manager.post(path, fields(manager.get(path).text))

    plot = row(look(), Plot, land["A"])
    assert (plot.net_area_m2, plot.edition) == (10_695.687028169632, 1)


@pytest.mark.parametrize(
    "case",
    [
        ("net_area_m2", "2", "is more than the whole plot"),
        ("net_area_m2", "much", "is not a number"),
        ("net_area_m2", "", "this is needed"),
        ("sown_on", "yesterday", "is not a day"),
        ("shares", "-1", "it is at least"),
        ("holder_id", "me", "choose one of those on the page"),
        ("crop", "teff", "is not in the table of crops"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(manager, land, look, case):
    field, value, words = case
    path = f"/land/plots/{land['A']}"
    sent = fields(manager.get(path).text)

    answer = manager.post(path, {**sent, "name": "typed before", field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="#field-{field}"' in answer.text
    assert 'value="typed before"' in answer.text
    assert row(look(), Plot, land["A"]).edition == 1


def test_of_two_who_edit_one_plot_the_second_is_told(manager, land):
    path = f"/land/plots/{land['A']}"
    sent = fields(manager.get(path).text)
    manager.post(path, {**sent, "name": "first"})

    answer = manager.post(path, {**sent, "name": "second"})

    assert answer.status_code == 409
    assert "Somebody changed A since you opened it" in answer.text


def test_places_are_typed_and_kept(manager, land, look):
    path = f"/land/outlets/{land['W1']}"
    sent = {"edition": "1", f"place-{land['C']}": "١"}

    answer = manager.post(f"{path}/order", sent)

    assert answer.status_code == 303
    assert from_head(look(), land["W1"]) == "CAB"
    assert "1 plots of outlet W1 have a place by hand now" in manager.get(path).text


@pytest.mark.parametrize(
    "case", [("up", "B", "BAC"), ("down", "B", "ACB"), ("up", "A", "ABC"), ("down", "C", "ABC")]
)
def test_a_plot_moves_by_one_button(manager, land, look, case):
    button, plot, expected = case
    sent = {"edition": "1", button: str(land[plot]), f"place-{land['C']}": "1"}

    manager.post(f"/land/outlets/{land['W1']}/order", sent)

    assert from_head(look(), land["W1"]) == expected


def test_the_computed_order_comes_back(manager, land, look):
    path = f"/land/outlets/{land['W1']}"
    manager.post(f"{path}/order", {"edition": "1", f"place-{land['C']}": "1"})

    manager.post(f"{path}/computed-order")

    assert from_head(look(), land["W1"]) == "ABC"


def test_ordering_from_an_old_page_is_refused(manager, land, look):
    path = f"/land/outlets/{land['W1']}/order"
    manager.post(path, {"edition": "1", f"place-{land['C']}": "1"})

    answer = manager.post(path, {"edition": "1", f"place-{land['B']}": "1"})

    assert answer.status_code == 409
    assert from_head(look(), land["W1"]) == "CAB"


def test_an_outlet_is_changed_by_its_form(manager, land, look):
    path = f"/land/outlets/{land['W1']}"
    sent = fields(manager.get(path).text)

    manager.post(path, {**sent, "name": "By the mosque", "capacity_l_s": "28.5"})

    outlet = row(look(), Outlet, land["W1"])
    assert (outlet.name, outlet.capacity_l_s) == ("By the mosque", 28.5)


def test_a_canal_is_changed_by_its_form(manager, land, look):
    path = f"/land/canals/{land['C1']}"
    sent = fields(manager.get(path).text)

    manager.post(path, {**sent, "efficiency": "85", "flows_against_line": "against"})

    canal = row(look(), Canal, land["C1"])
    assert (canal.efficiency, canal.flows_against_line) == (0.85, True)


def test_a_canal_that_would_feed_itself_is_named_on_the_page(manager, session, land):
    below = make_canal(session, "C2", feeds_from_id=land["C1"]).id
    session.commit()
    path = f"/land/canals/{land['C1']}"
    sent = fields(manager.get(path).text)

    answer = manager.post(path, {**sent, "feeds_from_id": str(below), "flows_against_line": "with"})

    assert answer.status_code == 422
    assert "C1 ← C2 ← C1" in answer.text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_there_in_both_languages(manager, land, language):
    manager.client.set_cookie("language", language)
    tried = send_file(manager, TWO_PLOTS)

    for path in (
        *PAGES,
        f"/land/outlets/{land['W1']}",
        f"/land/plots/{land['A']}",
        f"/land/canals/{land['C1']}",
        tried.location,
    ):
        assert manager.get(path).status_code == 200
