"""The roster on the wall: whose turn, when, by which version, and who may see it."""

import html
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
import segno
from pypdf import PdfReader

from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions
from coopfarm.water.models import Rotation
from tests.factories.members import Visitor, make_member
from tests.factories.water import STARTS_AT, make_plan, settle_week

NAMES = ("سلمى حسن", "حميد عمر", "Yusuf & Sons", "مريم فرج")
STEPS = {"draft": 0, "notice": 1, "in_force": 2}
PDFTOTEXT = shutil.which("pdftotext")

MakePlan = Callable[..., UUID]


@pytest.fixture
def village(database: Database, cooperative_id: int) -> None:
    """Four plots at one outlet, head to tail, on canal Nakhil."""
    with database.transaction(cooperative_id) as session:
        settle(session, NAMES)


@pytest.fixture
def make(database: Database, cooperative_id: int, village: None) -> MakePlan:
    """`make("in_force")`: a plan of the week of 4 July, taken that far."""

    def publish(state: str) -> UUID:
        with database.transaction(cooperative_id) as session:
            return published(session, state).id

    return publish


@pytest.fixture
def farmer(visitor: Callable[..., Visitor]) -> Visitor:
    return reading("en", visitor(name="Amina"))


@pytest.fixture
def officer(visitor: Callable[..., Visitor]) -> Visitor:
    return reading("en", visitor("officer", name="Nadia"))


def settle(session: TenantSession, names: tuple[str, ...]) -> Outlet:
    gate = settle_week(session, [make_member(session, name=name).id for name in names])
    canal = Canal(code="C1", name="Nakhil")
    session.add(canal)
    session.flush()
    gate.canal_id = canal.id
    return gate


def published(session: TenantSession, state: str) -> Rotation:
    plan = make_plan(session)
    if STEPS[state] > 0:
        actions.give_notice(session, plan, "The dam is low", actor_id=None, now=STARTS_AT)
    if STEPS[state] > 1:
        actions.put_in_force(session, plan, actor_id=None, now=STARTS_AT)
    return plan


def second_outlet(session: TenantSession) -> None:
    gate = Outlet(code="O2", name="The lower gate", capacity_l_s=300.0)
    session.add(gate)
    session.flush()
    holder = make_member(session, name="Karim")
    land = {"gross_area_m2": 5_000.0, "net_area_m2": 5_000.0, "crop": "cotton"}
    plot = Plot(code="O2-01", outlet_id=gate.id, holder_id=holder.id, place_from_head=1, **land)
    plot.sown_on = STARTS_AT.date()
    session.add(plot)
    session.flush()


def sheet(visitor: Visitor, plan: UUID, **asked: str) -> str:
    answer = visitor.get(f"/water/plans/{plan}/roster", query_string=asked)
    assert answer.status_code == 200
    return answer.text


def reading(language: str, visitor: Visitor) -> Visitor:
    visitor.client.set_cookie("language", language)
    return visitor


def said(page: str) -> str:
    """The words of a page, without its marks and with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rows(page: str) -> list[list[str]]:
    """The cells of each turn of the roster."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert body
    cells = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
    return [
        [said(cell) for cell in cells.findall(row)] for row in body[1].split("</tr>") if "<t" in row
    ]


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page of a PDF, without marks of direction."""
    if PDFTOTEXT is None:
        pytest.fail("pdftotext is missing: apt-get install poppler-utils")
    read = subprocess.run([PDFTOTEXT, "-", "-"], input=pdf, capture_output=True, check=True)
    text = re.sub("[\u200e\u200f\u202a-\u202e]", "", read.stdout.decode())
    return text.rstrip("\f").split("\f")


def drawn_modules(svg: str) -> list[list[int]]:
    """The dark squares of a QR code's path, without the quiet edge around them."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    dark = [[0] * size for _ in range(size)]
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        parts = [float(number) for number in numbers.split()]
        if letter == "h":
            for place in range(int(x), int(x + parts[0])):
                dark[int(y)][place] = 1
            x += parts[0]
        else:
            x, y = (parts[0], parts[1]) if letter == "M" else (x + parts[0], y + parts[1])
    return [row[4 : size - 4] for row in dark[4 : size - 4]]


def test_the_sheet_says_whose_it_is_for_which_week_in_both_calendars_and_by_which_rule(
    make: MakePlan, farmer: Visitor
) -> None:
    words = said(sheet(farmer, make("in_force")))

    assert "Al-Nur · canal Nakhil · The gate by the mill" in words
    assert "Water turns of outlet O1" in words
    assert "Saturday 4 July, 09:00 to Saturday 11 July, 09:00" in words
    assert "4 July 2026 – 11 July 2026 · 19 Muharram 1448 – 26 Muharram 1448" in words
    assert "60 % of the need. Shared out by the rule “each hectare equally”." in words
    assert "The dam is low" in words
    assert "For the committee" in words


def test_every_turn_is_a_row_from_head_to_tail_and_the_minutes_fill_the_week(
    make: MakePlan, farmer: Visitor
) -> None:
    found = rows(sheet(farmer, make("in_force")))

    assert [row[0] for row in found] == ["1", "2", "3", "4"]
    assert [row[3] for row in found] == list(NAMES)
    assert [row[4] for row in found] == ["O1-01", "O1-02", "O1-03", "O1-04"]
    assert [(row[5], row[6]) for row in found] == [
        ("N1", "N2"),
        ("N2", "N3"),
        ("N3", "N4"),
        ("N4", "–"),
    ]
    assert sum(int(row[7].replace(",", "")) for row in found) == 7 * 24 * 60


def test_a_range_of_time_is_one_piece_that_begins_where_the_last_one_ended(
    make: MakePlan, farmer: Visitor
) -> None:
    page = sheet(farmer, make("in_force"))

    ranges = re.findall(r'<bdi dir="ltr">(\d\d:\d\d)–(\d\d:\d\d)</bdi>', page)

    assert len(ranges) == len(NAMES)
    assert ranges[0][0] == ranges[-1][1] == "09:00"
    assert all(one[1] == other[0] for one, other in pairwise(ranges))


def test_a_night_is_named_by_both_its_days_and_marked_by_pattern_and_moon(
    database: Database, cooperative_id: int, farmer: Visitor
) -> None:
    with database.transaction(cooperative_id) as session:
        settle(session, tuple(f"Member {number}" for number in range(24)))
        plan = published(session, "in_force").id

    page = sheet(farmer, plan)

    nights = re.findall(r'<td class="time night">(.*?)</td>', page)
    assert "Sat–Sun 5 Jul" in said(page)
    assert 0 < len(nights) < 24
    assert all('aria-label="night"' in night for night in nights)
    assert all(re.search(r">(18|19|2\d|0[0-5]):|–(18|19|2\d|0[0-6]):", one) for one in nights)


def test_a_version_says_which_one_it_replaces(make: MakePlan, farmer: Visitor) -> None:
    make("in_force")
    second = make("in_force")

    words = said(sheet(farmer, second))

    assert "Outlet O1 · Version 2, replaces version 1" in words


def test_a_replaced_sheet_leads_to_the_one_in_force(make: MakePlan, farmer: Visitor) -> None:
    first, _, third = make("in_force"), make("in_force"), make("in_force")

    page = sheet(farmer, first)

    assert "Replaced, no longer in force. In force instead: version 3." in said(page)
    assert f'href="/water/plans/{third}/roster?outlet=O1"' in page


def test_only_a_sheet_in_force_has_no_stamp_across_it(make: MakePlan, officer: Visitor) -> None:
    draft, notice, in_force = (make(state) for state in ("draft", "notice", "in_force"))

    stamps = [
        re.findall(r'class="stamp"[^>]*data-words="([^"]+)"', sheet(officer, plan))
        for plan in (draft, notice, in_force)
    ]

    assert stamps == [["Draft, not in force"], ["Proposal, not yet in force"], []]


@pytest.mark.parametrize("ending", ["roster", "roster.pdf"])
def test_a_draft_is_nobodys_but_the_offices(make: MakePlan, farmer: Visitor, ending: str) -> None:
    draft = make("draft")

    answer = farmer.get(f"/water/plans/{draft}/{ending}")

    assert answer.status_code == 404
    assert "سلمى" not in answer.text


def test_members_read_a_proposal_and_strangers_sign_in_first(
    make: MakePlan, farmer: Visitor, app: object
) -> None:
    plan = make("notice")

    to_farmer = farmer.get(f"/water/plans/{plan}/roster")
    to_stranger = farmer.client.application.test_client().get(f"/water/plans/{plan}/roster")

    assert "حميد عمر" in to_farmer.text
    assert to_stranger.status_code == 303
    assert f"/sign-in?next=/water/plans/{plan}/roster" in to_stranger.location
    assert "حميد" not in to_stranger.text


def test_each_outlet_has_a_section_and_may_be_asked_for_alone(
    database: Database, cooperative_id: int, farmer: Visitor, village: None
) -> None:
    with database.transaction(cooperative_id) as session:
        second_outlet(session)
        plan = published(session, "in_force").id

    both, alone = sheet(farmer, plan), sheet(farmer, plan, outlet="O2")

    assert re.findall(r"outlet <bdi[^>]*>(\w+)<", both) == ["O1", "O2"]
    assert both.count('class="signatures"') == 2
    assert re.findall(r"outlet <bdi[^>]*>(\w+)<", alone) == ["O2"]
    assert "حميد عمر" not in alone


@pytest.mark.parametrize(
    ("asked", "status"), [({"outlet": "O9"}, 404), ({"size": "huge"}, 422), ({}, 404)]
)
def test_what_there_is_not_is_refused(
    make: MakePlan, farmer: Visitor, asked: dict[str, str], status: int
) -> None:
    plan = make("in_force") if asked else uuid4()

    answer = farmer.get(f"/water/plans/{plan}/roster", query_string=asked)

    assert answer.status_code == status


def test_the_code_on_the_sheet_leads_to_its_live_version(make: MakePlan, farmer: Visitor) -> None:
    plan = make("in_force")

    page = sheet(farmer, plan)

    svg = re.search(r'<div role="img"[^>]*>(<svg.*?</svg>)', page)[1]
    url = f"http://localhost/water/plans/{plan}/roster?outlet=O1"
    expected = [list(row) for row in segno.make_qr(url, error="m").matrix]
    assert drawn_modules(svg) == expected


@pytest.mark.parametrize("size", ["", "large", "aloud"])
def test_a_sheet_needs_nothing_that_the_content_policy_forbids(
    make: MakePlan, farmer: Visitor, size: str
) -> None:
    page = sheet(farmer, make("in_force"), size=size)

    assert not re.search(r"\sstyle\s*=|<style|<script", page)


def test_large_print_leaves_out_columns_and_no_turn(make: MakePlan, farmer: Visitor) -> None:
    page = sheet(farmer, make("in_force"), size="large")

    assert '<body class="large">' in page
    assert [len(row) for row in rows(page)] == [7] * len(NAMES)


def test_the_sheet_to_read_aloud_has_one_sentence_a_turn_in_order(
    make: MakePlan, farmer: Visitor
) -> None:
    page = sheet(farmer, make("in_force"), size="aloud")

    told = [said(one) for one in re.findall(r'<p class="told">(.*?)</p>', page)]

    assert len(told) == len(NAMES)
    assert re.fullmatch(r"1\. 09:00 to \d\d:\d\d: سلمى حسن , plot O1-01 , nakka N1\.", told[0])
    assert "Yusuf & Sons" in told[2]


def test_an_arabic_sheet_runs_from_right_to_left_in_its_own_digits(
    make: MakePlan, farmer: Visitor
) -> None:
    page = sheet(reading("ar", farmer), make("in_force"))

    assert '<html lang="ar-EG" dir="rtl">' in page
    assert "١٩ محرم ١٤٤٨" in said(page).replace("محرّم", "محرم")
    assert re.search(r'<bdi dir="ltr">٠٩:٠٠–[٠-٩]{2}:[٠-٩]{2}</bdi>', page)


def test_the_pdf_has_every_turn_once_and_its_version_on_every_page(
    database: Database, cooperative_id: int, farmer: Visitor
) -> None:
    with database.transaction(cooperative_id) as session:
        settle(session, tuple(f"حسن عمر {number}" for number in range(60)))
        plan = published(session, "in_force").id

    answer = farmer.get(f"/water/plans/{plan}/roster.pdf")

    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="roster-v1.pdf"'
    pages = pages_of(answer.data)
    assert len(pages) == 2
    # Once above the table, once at the foot.
    assert [page.count("Outlet O1 · Version 1") for page in pages] == [2, 2]
    assert sorted(re.findall(r"O1-\d\d", "".join(pages))) == [f"O1-{n:02}" for n in range(1, 61)]
    assert len(answer.data) < 60_000


def test_arabic_on_the_pdf_is_in_the_order_it_is_read(make: MakePlan, farmer: Visitor) -> None:
    plan = make("in_force")

    answer = reading("ar", farmer).get(f"/water/plans/{plan}/roster.pdf")

    (page,) = pages_of(answer.data)
    assert all(name in page for name in NAMES)
    assert "١ / ١" in page


@pytest.mark.parametrize("asked", [(40, "", "en"), (40, "", "ar"), (18, "large", "ar")], ids=str)
def test_forty_turns_fit_on_one_sheet_and_eighteen_in_large_print(
    database: Database, cooperative_id: int, farmer: Visitor, asked: tuple[int, str, str]
) -> None:
    turns, size, language = asked
    with database.transaction(cooperative_id) as session:
        settle(session, tuple(f"محمود عبد الرحمن {number}" for number in range(turns)))
        plan = published(session, "in_force").id

    answer = reading(language, farmer).get(f"/water/plans/{plan}/roster.pdf?size={size}")

    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 1
    assert len(answer.data) < 60_000


def test_a_sheet_too_long_for_a_pdf_says_what_would_work(
    make: MakePlan, farmer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopfarm.water.views.sheets.MOST_TURNS_IN_PDF", 3)

    answer = farmer.get(f"/water/plans/{make('in_force')}/roster.pdf")

    assert answer.status_code == 422
    assert "4 turns, and a PDF takes up to 3. Choose one outlet" in said(answer.text)
