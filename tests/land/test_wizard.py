"""A file led in step by step, on pages that need no scripts."""

import io
import json
import re
import zipfile

import numpy as np
import pytest
import shapely
from pyogrio import raw as gdal
from sqlalchemy import select

from coopfarm.land.models import Plot, RememberedReading, Upload
from coopfarm.store.audit import AuditEvent
from tests.land.making import line, make_canal, make_outlet, make_plot, square

TWO_PLOTS = b"""{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"code": "P1", "outlet": "W1", "remarks": "wet"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[72, 30], [72.001, 30], [72.001, 30.001], [72, 30.001], [72, 30]]]}},
 {"type": "Feature", "properties": {"code": "P2", "outlet": "W1", "crop": "rice"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[72.001, 30], [72.002, 30], [72.002, 30.001], [72.001, 30.001], [72.001, 30]]]}}]}"""
TABLE = b'code,wkt\nP1,"POLYGON((640000 3300000,640100 3300000,640100 3300100,640000 3300000))"\n'


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


def arabic_zip(tmp_path, codes=("حقل 1", "حقل 2"), column="الرمز", encoding="cp1256"):
    """A Shapefile as an office has it: Arabic of Windows, no .prj and no .cpg."""
    east = 300_000.0
    boxes = [
        shapely.box(east + 100 * n, 3_300_000, east + 100 * (n + 1), 3_300_100)
        for n in range(len(codes))
    ]
    path = tmp_path / "land.shp"
    gdal.write(
        path,
        geometry=np.array(shapely.to_wkb(boxes), dtype=object),
        field_data=[np.array(codes, dtype=object)],
        fields=[column],
        geometry_type="Polygon",
        crs="EPSG:32636",
        encoding=encoding,
        driver="ESRI Shapefile",
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf"):
            archive.write(path.with_suffix(suffix), f"land{suffix}")
    return packed.getvalue()


def send_file(visitor, content, name="plots.geojson", kind="plots"):
    """Send a file; the path of its pages."""
    file = (io.BytesIO(content), name)
    answer = visitor.post("/land/import", {"kind": kind, "file": file}, page="/land/import")
    assert answer.status_code == 303
    return answer.location


def answer(visitor, path, step, **said):
    """Answer a step as its form would; the page after it."""
    sent = visitor.post(f"{path}/read-as", {"step": step, **said})
    assert sent.status_code == 303, sent.text
    return visitor.get(sent.location).text


def columns_as_shown(page):
    """The form of the columns, as it would be sent."""
    names = dict(re.findall(r'name="name_(\d+)" value="([^"]*)"', page))
    form = {f"name_{place}": name for place, name in names.items()}
    for place, options in re.findall(r'<select[^>]* name="as_(\d+)">(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[f"as_{place}"] = chosen.group(1) if chosen else ""
    return form


def led_to_report(visitor, content, name="plots.geojson", kind="plots", **switches):
    """Send a file whose columns are right, and say what is to be switched on; its path."""
    path = send_file(visitor, content, name, kind)
    answer(visitor, path, "columns", **columns_as_shown(visitor.get(path).text))
    if switches:
        answer(visitor, path, "report", **switches)
    return path


def title(page):
    return re.search(r"<h1>(.*?)</h1>", page).group(1)


def test_a_file_is_looked_at_first_then_imported(manager, look):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    page = manager.get(path).text

    assert "Import 2 plots" in page
    assert "1 new outlets are made for these plots: W1." in page
    assert "Nothing is made of these columns: remarks" in page
    assert look().scalars(select(Plot)).all() == []

    done = manager.post(path)

    assert done.status_code == 303
    after = manager.get(done.location).text
    assert "plots.geojson is imported: 2 new, 0 changed, 0 as they were." in after
    assert "Undo this import" in after
    assert 'href="/map/"' in after
    assert [plot.code for plot in look().scalars(select(Plot).order_by(Plot.code))] == ["P1", "P2"]


def test_the_whole_way_of_an_office_file_without_scripts(manager, look, tmp_path):
    """J7: CP1256 and no .prj → letters → system → columns → findings → import → undo."""
    path = send_file(manager, arabic_zip(tmp_path), "land.zip")

    letters = manager.get(path).text
    system = answer(manager, path, "letters", encoding="cp1256")
    columns = answer(manager, path, "system", crs="EPSG:32636")
    form = columns_as_shown(columns) | {"as_0": "code"}
    report = answer(manager, path, "columns", **form)
    done = manager.post(path, {"seen": re.search(r'name="seen" value="(\w+)"', report).group(1)})
    codes = look().scalars(select(Plot.code).order_by(Plot.code)).all()
    undone = manager.post(f"{path}/undo")

    assert title(letters) == "Which one can be read?"
    assert "حقل 1" in letters
    assert title(system) == "Where on Earth is it?"
    assert "UTM 36N" in system
    assert title(columns) == "Which column is what?"
    assert "الرمز" in columns
    assert "Import 2 plots" in report
    assert done.status_code == 303
    assert codes == ["حقل 1", "حقل 2"]
    assert undone.status_code == 303
    assert look().scalars(select(Plot)).all() == []


def test_letters_that_cannot_be_read_are_asked_for_again_and_said_so(manager, tmp_path):
    rows = 'code,holder,wkt\nA1,محمد,"POLYGON((33 14,33.001 14,33.001 14.001,33 14))"\n'
    path = send_file(manager, rows.encode("cp1256"), "plots.csv")

    again = answer(manager, path, "letters", encoding="utf-8")

    assert title(again) == "Which one can be read?"
    assert "could not be read with the letters you chose" in again


def test_the_next_file_like_it_starts_with_what_was_chosen(manager, tmp_path):
    path = send_file(manager, arabic_zip(tmp_path), "first.zip")
    answer(manager, path, "letters", encoding="cp1256")
    form = columns_as_shown(answer(manager, path, "system", crs="EPSG:32636"))
    answer(manager, path, "columns", **form | {"as_0": "code"})

    (tmp_path / "again").mkdir()
    again = manager.get(
        send_file(manager, arabic_zip(tmp_path / "again", ["قطعة 7"]), "second.zip")
    ).text

    assert "Read as the last file like it, first.zip, was." in again
    assert "Import 1 plot" in again


def test_a_plain_table_like_an_earlier_one_is_placed_as_that_was(manager):
    path = send_file(manager, TABLE, "first.csv")
    columns = answer(manager, path, "system", crs="EPSG:32636")
    answer(manager, path, "columns", **columns_as_shown(columns))

    page = manager.get(send_file(manager, TABLE.replace(b"P1", b"P2"), "second.csv")).text

    assert "Read as the last file like it, first.csv, was." in page
    assert "Import 1 plot" in page


def test_what_is_remembered_can_be_forgotten(manager, look):
    path = send_file(manager, TABLE, "first.csv")
    columns = answer(manager, path, "system", crs="EPSG:32636")
    answer(manager, path, "columns", **columns_as_shown(columns))
    row = look().scalars(select(RememberedReading)).one()

    answered = manager.post(f"/land/import/read-before/{row.id}/forget")
    asked = manager.get(send_file(manager, TABLE, "second.csv")).text

    assert answered.status_code == 303
    assert title(asked) == "Where on Earth is it?"
    verbs = look().scalars(select(AuditEvent.verb)).all()
    assert "reading.forget" in verbs


def test_the_systems_are_named_with_their_distance_from_the_canals(manager, session):
    make_canal(session, "C1", line=shapely.LineString([(34.43, 29.81), (34.44, 29.81)]))
    session.commit()

    page = manager.get(send_file(manager, TABLE, "plots.csv")).text

    systems = re.findall(r'name="crs" value="([^"]+)"', page)
    far = [float(km.replace(",", "")) for km in re.findall(r"([\d.,]+) km from your canals", page)]
    assert {"EPSG:32636", "EPSG:32635"} <= set(systems)
    assert far == sorted(far)
    assert max(far) > 500


def test_a_system_that_is_none_is_asked_for_again(manager):
    path = send_file(manager, TABLE, "plots.csv")

    page = answer(manager, path, "system", other_crs="EPSG:١١١١١١")

    assert title(page) == "Where on Earth is it?"
    assert "names no coordinate system" in page
    assert title(answer(manager, path, "system", other_crs="٣٢٦٣٦")) == "Which column is what?"


def test_of_several_layers_one_is_chosen(manager, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("east", "west"):
            with zipfile.ZipFile(io.BytesIO(arabic_zip(tmp_path, ["P1"], "code"))) as one:
                for member in one.namelist():
                    archive.writestr(member.replace("land", name), one.read(member))
    path = send_file(manager, packed.getvalue(), "both.zip")

    asked = manager.get(path).text
    after = answer(manager, path, "layer", layer="west")

    assert title(asked) == "Which layer of the file?"
    assert re.findall(r'name="layer" value="(\w+)"', asked) == ["east", "west"]
    assert asked.count("1 feature<") == 2
    assert title(after) == "Where on Earth is it?"


def test_a_column_is_chosen_by_hand(manager):
    path = send_file(manager, b"no,land\n7,1.5\n", "plots.csv")

    asked = manager.get(path).text
    report = answer(
        manager, path, "columns", name_0="no", as_0="code", name_1="land", as_1="area_ha"
    )

    assert "1.5" in asked
    assert "Import 1 plot" in report


def test_two_columns_are_not_read_as_one_thing(manager):
    path = send_file(manager, b"no,land\n7,1.5\n", "plots.csv")
    form = {"name_0": "no", "as_0": "code", "name_1": "land", "as_1": "code"}

    sent = manager.post(f"{path}/read-as", {"step": "columns", **form})

    assert sent.status_code == 422
    assert "The columns no and land are to be read as the same thing." in sent.text
    assert re.findall(r'value="code" selected', sent.text) == ['value="code" selected'] * 2


def test_problems_are_listed_and_keep_everything_out(manager, look):
    path = led_to_report(manager, TWO_PLOTS)

    page = manager.get(path).text
    refused = manager.post(path)

    assert "Feature 1 (P1) takes water at outlet W1, and there is none." in page
    assert "Import 2 plots" not in page
    assert "Make the outlets that are not here yet" in page
    assert refused.status_code == 422
    assert look().scalars(select(Plot)).all() == []


def test_each_finding_leads_to_its_feature(manager):
    page = manager.get(led_to_report(manager, TWO_PLOTS)).text

    for number in re.findall(r'href="#feature-(\d+)"', page):
        assert page.count(f'id="feature-{number}"') == 1
    assert "30.00050, 72.00050" in page


def test_many_findings_of_a_sort_are_shown_by_the_page(manager):
    rows = "".join(f"P{n},{n},nowhere\n" for n in range(1, 131))
    path = led_to_report(manager, f"code,area_ha,outlet\n{rows}".encode(), "plots.csv")

    first = manager.get(path).text
    third = manager.get(f"{path}?step=report&sort=import-no-such-outlet&page=3").text

    assert "Show all 130" in first
    assert "Feature 5 " not in first
    assert "page 3 of 3" in third
    assert "Feature 130 (P130)" in third
    assert 'id="feature-130"' in third


def test_features_at_fault_can_be_left_out_and_taken_in_again(manager):
    path = led_to_report(manager, b"code,area_ha\nP1,1\nP2,none\nP3,2\n", "plots.csv")

    without = answer(manager, path, "report", leave_out="2")
    back = answer(manager, path, "report", leave_out="")

    assert "1 feature is left out as you chose." in without
    assert "Import 2 plots" in without
    assert "is no number" in back or "to put right" in back


def test_a_file_sent_again_shows_what_differs_row_by_row(manager, session):
    west = square(0)
    make_outlet(session, "W1")
    make_plot(session, "P1", crop="maize", boundary=west)
    session.commit()
    shape = shapely.to_geojson(square(10))
    file = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":'
        f' {{"code": "P1", "crop": "rice"}}, "geometry": {shape}}}]}}'
    )

    path = led_to_report(manager, file.encode())
    page = re.sub(r"\s+", " ", manager.get(path).text)

    assert re.search(r"Crop: <del>.*?[Mm]aize.*?</del>.*?<ins>.*?[Rr]ice.*?</ins>", page)
    assert "Boundary: drawn anew" in page
    drawn = json.loads(manager.get(f"{path}/map.json").text)["features"]
    states = {(f["properties"]["state"], f["properties"].get("place")) for f in drawn}
    assert states == {("changed", "feature-1"), ("before", "feature-1")}


def test_a_table_about_plots_that_are_here_is_shown_on_their_boundaries(manager, session):
    make_plot(session, "P1", crop="maize", boundary=square(0))
    make_plot(session, "P2", boundary=square(200))
    session.commit()
    path = led_to_report(manager, b"code,crop\nP1,rice\n", "crops.csv")

    drawn = json.loads(manager.get(f"{path}/map.json").text)["features"]

    states = {(f["properties"]["name"], f["properties"]["state"]) for f in drawn}
    assert states == {("P1", "changed"), ("P2", "land")}


def test_the_map_is_small_and_told_once(manager):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")

    first = manager.get(f"{path}/map.json")
    again = manager.get(f"{path}/map.json", headers={"If-None-Match": first.headers["ETag"]})

    names = [feature["properties"]["name"] for feature in json.loads(first.text)["features"]]
    assert names == ["P1", "P2"]
    assert again.status_code == 304


def test_the_map_of_the_systems_has_a_box_for_each(manager, session):
    make_canal(session, "C1", line=line((0, 0), (900, 0)))
    session.commit()
    path = send_file(manager, TABLE, "plots.csv")

    drawn = json.loads(manager.get(f"{path}/map.json?step=system").text)["features"]

    places = {feature["properties"].get("place") for feature in drawn}
    assert {"system-32642", "system-32643"} <= places
    assert "canal" in {feature["properties"]["state"] for feature in drawn}


def test_a_file_that_cannot_be_opened_is_refused_on_its_page(manager):
    path = send_file(manager, b"code,code\n1,2\n", "plots.csv")

    page = manager.get(path)

    assert page.status_code == 422
    assert "The file is damaged" in page.text
    assert "Send another file" in page.text
    assert manager.post(path).status_code == 422


def test_a_form_without_a_file_is_refused(manager):
    assert manager.post("/land/import", {"kind": "plots"}, page="/land/import").status_code == 422


def test_an_empty_file_is_refused_beside_its_field(manager, look):
    file = (io.BytesIO(b""), "plots.csv")

    sent = manager.post("/land/import", {"kind": "canals", "file": file}, page="/land/import")

    assert sent.status_code == 422
    assert re.search(r'id="error-file".*The file is empty', sent.text, re.S)
    assert 'value="canals" checked' in sent.text
    assert look().scalars(select(Upload)).all() == []


def test_what_was_chosen_meanwhile_is_looked_at_before_the_import(manager, look):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    seen = re.search(r'name="seen" value="(\w+)"', manager.get(path).text).group(1)
    answer(manager, path, "report", make_outlets="0")

    sent = manager.post(path, {"seen": seen})

    assert "was read anew meanwhile" in manager.get(sent.location).text
    assert look().scalars(select(Plot)).all() == []


def test_an_answer_to_a_step_that_is_none_is_refused(manager):
    path = send_file(manager, TWO_PLOTS)

    for form in ({"step": "wash"}, {"step": "letters", "encoding": "rot13"}, {}):
        assert manager.post(f"{path}/read-as", form).status_code == 422


def test_the_file_is_read_once_for_all_its_pages(manager, look, monkeypatch):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    kept = look().scalars(select(Upload)).one().reading

    monkeypatch.setattr("coopfarm.land.schemas.files.WALL_SECONDS", -1)
    pages = [manager.get(path), manager.get(f"{path}/map.json"), manager.post(path)]

    assert kept
    assert [page.status_code for page in pages] == [200, 200, 303]


def test_an_import_can_be_taken_back_on_its_page(manager, look):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    manager.post(path)

    answered = manager.post(f"{path}/undo")

    assert answered.status_code == 303
    assert "taken back" in manager.get("/land/import").text
    assert look().scalars(select(Plot)).all() == []


def test_an_import_that_was_built_upon_names_what_changed(manager, database, cooperative_id):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    manager.post(path)
    with database.transaction(cooperative_id) as session:
        for plot in session.scalars(select(Plot)):
            plot.edition += 1

    answered = manager.post(f"{path}/undo")

    assert answered.status_code == 409
    assert "P1, P2" in answered.text


def test_the_same_file_is_imported_once(manager, look):
    path = led_to_report(manager, TWO_PLOTS, make_outlets="1")
    manager.post(path)

    again = manager.post(path)

    upload = look().scalars(select(Upload)).one()
    assert again.status_code == 409
    assert (upload.content, upload.reading) == (b"", None)


def test_a_member_without_an_office_sees_nothing_of_a_file(manager, visitor):
    path = send_file(manager, TWO_PLOTS)
    member = visitor("member")

    assert member.get(path).status_code == 403
    assert member.get(f"{path}/map.json").status_code == 403
    assert member.post(f"{path}/read-as", {"step": "report"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_step_is_there_in_both_languages(manager, tmp_path, language):
    manager.client.set_cookie("language", language)
    path = send_file(manager, arabic_zip(tmp_path), "land.zip")
    answer(manager, path, "letters", encoding="cp1256")
    answer(manager, path, "system", crs="EPSG:32636")

    for step in ("letters", "system", "columns", "report", "layer", "nonsense"):
        assert manager.get(f"{path}?step={step}").status_code == 200
