"""Asks and offers: who fits, and no name before both agree."""

import itertools
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.ledger import queries as ledger
from coopfarm.parties.queries import asks as known
from coopfarm.parties.rules.asks import Candidate, ranked
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor

Make = Callable[..., Visitor]
NEW = {
    "kind": "ask",
    "said": "Mend the wall of the stable",
    "skill": "building",
    "hours": "3",
    "urgency": "week",
}
candidates = st.builds(
    Candidate,
    st.uuids(),
    st.booleans(),
    st.integers(-600, 600),
    st.none() | st.floats(0, 50, allow_nan=False),
)


@pytest.fixture
def ask_id(amina: Visitor) -> UUID:
    posted = amina.post("/asks", NEW)
    assert posted.status_code == 303, posted.text
    return UUID(posted.location.rsplit("/", 1)[-1])


def test_names_and_numbers_show_once_both_agree_and_only_to_the_two(
    amina: Visitor, someone: Make, ask_id: UUID, look: TenantSession
) -> None:
    omar, layla = someone("Omar"), someone("Layla")
    seen = omar.get("/asks").text
    omar.post(f"/asks/{ask_id}/answer")
    layla.post(f"/asks/{ask_id}/answer")
    before = amina.get(f"/asks/{ask_id}").text + omar.get(f"/asks/{ask_id}").text
    match = next(one.match for one in known.answers(look, ask_id) if one.member.name == "Omar")

    sent = {"match": str(match.id), "agrees": "yes"}
    refused = layla.post(f"/asks/{ask_id}/agree", sent)
    amina.post(f"/asks/{ask_id}/agree", sent)

    assert "Mend the wall" in seen
    assert "Amina" not in seen
    assert "Somebody of the cooperative" in before
    assert omar.phone not in before
    assert amina.phone not in before
    assert refused.status_code == 409
    mine, theirs = amina.get(f"/asks/{ask_id}").text, omar.get(f"/asks/{ask_id}").text
    assert "Omar" in mine
    assert omar.phone in mine
    assert layla.phone not in mine
    assert amina.phone in theirs
    assert amina.phone not in layla.get(f"/asks/{ask_id}").text


def test_a_member_who_has_the_skill_is_told_apart(
    amina: Visitor, someone: Make, ask_id: UUID
) -> None:
    omar = someone("Omar")
    omar.post("/parties/skills", {"building": "1"})
    omar.post(f"/asks/{ask_id}/answer")

    page = amina.get(f"/asks/{ask_id}").text

    assert "has the skill" in page
    assert "1 member can do this" in page


@pytest.fixture
def omar(amina: Visitor, someone: Make, ask_id: UUID, look: TenantSession) -> Visitor:
    """Who answered, and with whom Amina agreed."""
    omar = someone("Omar")
    omar.post(f"/asks/{ask_id}/answer")
    (match,) = [one.match for one in known.answers(look, ask_id)]
    look.rollback()
    amina.post(f"/asks/{ask_id}/agree", {"match": str(match.id), "agrees": "yes"})
    return omar


def test_help_that_was_given_stands_in_both_ledgers_once_the_other_side_confirms(
    amina: Visitor, omar: Visitor, ask_id: UUID, look: TenantSession
) -> None:
    told = omar.post(f"/asks/{ask_id}/helped", {"hours": "2.5"}, follow_redirects=True)
    again = amina.post(f"/asks/{ask_id}/helped", {"hours": "2"})
    before = ledger.balance(look, omar.member_id, "labour")
    look.rollback()
    entry = re.search(r'href="(/ledger/entries/[^"]+)"', amina.get(f"/asks/{ask_id}").text)
    assert entry, "the ask does not lead to what stands in the ledger"
    amina.post(f"{entry[1]}/confirm")

    assert "What was given stands in the ledger" in told.text
    assert again.status_code == 409
    assert before == 0
    assert ledger.balance(look, omar.member_id, "labour") == 150
    assert ledger.balance(look, amina.member_id, "labour") == -150


@pytest.mark.parametrize("hours", ["0", "100", "many"])
def test_hours_that_nobody_works_are_refused(omar: Visitor, ask_id: UUID, hours: str) -> None:
    assert omar.post(f"/asks/{ask_id}/helped", {"hours": hours}).status_code == 422


def test_only_the_two_who_agreed_say_what_was_given(
    amina: Visitor, someone: Make, ask_id: UUID
) -> None:
    omar = someone("Omar")
    omar.post(f"/asks/{ask_id}/answer")

    too_early = amina.post(f"/asks/{ask_id}/helped", {"hours": "2"})
    a_stranger = someone("Layla").post(f"/asks/{ask_id}/helped", {"hours": "2"})

    assert too_early.status_code == 409
    assert a_stranger.status_code == 409
    assert "How many hours it took" not in omar.get(f"/asks/{ask_id}").text


def test_a_closed_ask_is_answered_no_more(amina: Visitor, someone: Make, ask_id: UUID) -> None:
    omar = someone("Omar")
    foreign = omar.post(f"/asks/{ask_id}/close")
    amina.post(f"/asks/{ask_id}/close")

    refused = omar.post(f"/asks/{ask_id}/answer")

    assert foreign.status_code == 409
    assert refused.status_code == 409
    assert omar.get(f"/asks/{ask_id}").status_code == 403
    assert "Mend the wall" not in omar.get("/asks").text


@pytest.mark.parametrize(
    "changed",
    [
        {"said": " "},
        {"hours": "0"},
        {"hours": "99"},
        {"kind": "x"},
        {"urgency": "x"},
        {"skill": "x"},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_asked_is_refused(amina: Visitor, changed: dict[str, str]) -> None:
    assert amina.post("/asks", NEW | changed).status_code == 422


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_answers_themselves_or_fills_the_page(amina: Visitor, ask_id: UUID) -> None:
    assert amina.post(f"/asks/{ask_id}/answer").status_code == 409
    for _ in range(9):
        amina.post("/asks", NEW)
    assert amina.post("/asks", NEW).status_code == 409


@given(st.lists(candidates, max_size=12))
def test_the_skill_goes_before_what_is_owed_and_that_before_the_way(
    people: list[Candidate],
) -> None:
    order = ranked(people)

    for one, after in itertools.pairwise(order):
        if one.has_skill == after.has_skill:
            assert one.owes_minutes >= after.owes_minutes
        else:
            assert one.has_skill
