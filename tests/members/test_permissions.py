"""The written matrix is what the program does: acts by role, and fields by role."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask

from coopfarm.cli import main
from coopfarm.cli.permissions import acts, document
from coopfarm.kernel.roles import ROLES
from coopfarm.members.models import Application, Household
from coopfarm.members.rules import sight
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
PHONE, HOUSEHOLD, REASON = "+201000000678", "House of Omar", "Owes two days"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Make = Callable[..., Visitor]


@pytest.fixture
def hamid(database: Database, cooperative_id: int, clock: Clock) -> UUID:
    with database.transaction(cooperative_id) as session:
        home = Household(name=HOUSEHOLD)
        session.add(home)
        session.flush()
        found = make_member(
            session,
            name="Hamid Omar",
            number="M-7001",
            phone=PHONE,
            household_id=home.id,
            state="suspended",
            state_reason=REASON,
        )
        session.add(
            Application(member_id=found.id, words="Two feddan at the mill", made_at=clock.now)
        )
        return found.id


# Identifiers and tokens are by chance: any three digits can be in them.
_BY_CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w.-]{40,}")


def sight_of(shown: str, exact: str, masked: str = "") -> str:
    shown = _BY_CHANCE.sub("", shown)
    if exact in shown:
        return "exact"
    return "masked" if masked and masked in shown else "hidden"


@on_one_database
def test_the_page_is_what_the_code_says(app: Flask) -> None:
    assert PAGE.read_text("utf-8") == document(app), (
        "run: coopfarm permissions > docs/permissions.md"
    )


def test_the_command_prints_the_page() -> None:
    printed = CliRunner().invoke(main, ["permissions"])

    assert printed.exit_code == 0
    assert printed.output.startswith("# Who may do what")


@on_one_database
def test_every_act_says_who_may_do_it(app: Flask) -> None:
    unsaid = [act for act in acts(app) if not set(act.roles) <= {*ROLES, "anyone"}]

    assert unsaid == []


def test_every_field_has_every_role_and_who_sees_it_besides() -> None:
    assert {field: tuple(seen) for field, seen in sight.FIELDS.items()} == dict.fromkeys(
        sight.FIELDS, ROLES
    )
    assert sight.BESIDES.keys() == sight.FIELDS.keys()


@on_one_database
@pytest.mark.parametrize("role", ROLES)
def test_the_fields_are_seen_as_the_table_says(visitor: Make, hamid: UUID, role: str) -> None:
    reader = visitor(role, name="Reader")

    page, answer = reader.get(f"/members/{hamid}").text, reader.get(f"/api/v1/members/{hamid}").text
    listed = reader.get("/members?words=M-7001&state=suspended").text
    history = reader.get(f"/members/{hamid}/history").status_code == 200

    for shown in (page, answer, listed):
        assert sight_of(shown, PHONE, "678") == sight.FIELDS["phone"][role]
        assert sight_of(shown, HOUSEHOLD) == sight.FIELDS["household"][role]
        assert sight_of(shown, "Hamid Omar") == sight.FIELDS["name"][role]
    assert sight_of(page, REASON) == sight.FIELDS["reason"][role]
    assert sight_of(page, "Two feddan") == sight.FIELDS["application"][role]
    assert history is (sight.FIELDS["history"][role] == "exact")


@on_one_database
def test_no_loan_or_relief_is_shown_yet_and_no_balance_but_ones_own(visitor: Make) -> None:
    amina, officer = visitor("member"), visitor("officer", name="Hoda")
    described = officer.get("/api/v1/openapi.json").json["components"]["schemas"]
    asked = {"member_id": str(amina.member_id), "member": str(amina.member_id)}

    own = officer.get("/api/v1/ledger").json
    others = officer.get("/api/v1/ledger", query_string=asked)
    accounts = officer.get("/ledger/office")

    named = {one: {*schema.get("properties", {})} for one, schema in described.items()}
    assert not {name for names in named.values() for name in names if _is_of(name, "loan relief")}
    assert [one for one, names in named.items() if "balance" in names] == ["LedgerTally"]
    assert others.status_code == 400 or others.json == own
    assert accounts.status_code == 403
    assert {sight.FIELDS[field]["officer"] for field in ("balance", "loan", "relief")} == {"hidden"}


def test_the_water_master_may_call_whose_turn_lies_ahead() -> None:
    roles = {"water_master"}

    seen = [sight.phone(PHONE, roles, has_turn=has_turn) for has_turn in (True, False)]

    assert seen == [PHONE, "•••• 678"]


def test_the_better_sight_of_several_roles_counts() -> None:
    assert sight.of("phone", {"member", "officer", "treasurer"}) == "exact"
    assert sight.of("phone", set()) == "hidden"


def _is_of(name: str, words: str) -> bool:
    return bool({*words.split()} & {*name.split("_")})
