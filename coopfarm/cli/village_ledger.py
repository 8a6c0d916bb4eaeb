"""What the village of Al-Nur gave and received (docs/village.md): parties, favours, machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.ledger import actions, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.rules.units import from_wire
from coopfarm.members.models import Member, MemberRole
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class _Books:
    """Who keeps the books, and everybody by number."""

    session: TenantSession
    office: UUID
    members: Mapping[str, UUID]
    now: datetime

    def at(self, row: Row) -> datetime:
        return self.now - timedelta(days=row["days_ago"])

    def on(self, row: Row) -> date:
        return self.at(row).date()

    def owner(self, name: str) -> UUID | str:
        return self.members.get(name, name)


def keep(session: TenantSession, now: datetime) -> int:
    """Enter the members' rules and the past; how many entries there are."""
    told = files.whole("ledger.json")
    manager = session.scalars(
        select(MemberRole.member_id).where(MemberRole.role == "manager")
    ).one()
    members = {member.number: member.id for member in session.scalars(select(Member))}
    books = _Books(session, manager, members, now)
    _decide(books, told["policy"])
    _post(books, told)
    for row in told["claims"]:
        _claim(books, row)
    return sum(len(told[kind]) for kind in ("parties", "favours", "payments", "machines", "claims"))


def _decide(books: _Books, told: Row) -> None:
    most = {unit: from_wire(unit, told["hours"]) for unit in rules.UNITS}
    most |= {"water": told["water_hours"] * 60, "money": told["money"] * 100}
    terms = rules.Terms(
        limits={unit: rules.Bounds(-n, n) for unit, n in most.items()},
        confirm_days=told["confirm_days"],
        idle=told["idle"],
        idle_months=told["idle_months"],
    )
    then = books.now - timedelta(days=told["decided_days_ago"])
    actions.decide(books.session, terms, told["reason"], by_id=books.office, now=then)


def _post(books: _Books, told: Row) -> None:
    """Everything that counts, as it happened."""
    deeds = [(row, _party(books, row)) for row in told["parties"]]
    deeds += [(row, _favour(books, row)) for row in told["favours"]]
    deeds += [(row, _favour(books, row | {"receiver": "cooperative"})) for row in told["payments"]]
    deeds += [(row, _machine(books, row)) for row in told["machines"]]
    for row, deed in sorted(deeds, key=lambda one: -int(one[0]["days_ago"])):
        actions.post(books.session, deed, by_id=books.office, now=books.at(row))


def _party(books: _Books, row: Row) -> Deed:
    lines = [Line(books.members[number], row["minutes"]) for number in row["members"]]
    total = Line("cooperative", -sum(line.amount for line in lines))
    facts = {"party": row["name"], "party_latin": row["name_latin"]}
    return Deed("labour", "work-party", (*lines, total), books.on(row), facts)


def _favour(books: _Books, row: Row) -> Deed:
    amount = from_wire(row["unit"], row["amount"])
    lines = (
        Line(books.owner(row["giver"]), amount),
        Line(books.owner(row["receiver"]), -amount),
    )
    kind = row.get("kind", "water" if row["unit"] == "water" else "favour")
    return Deed(row["unit"], kind, lines, books.on(row), {"words": row["words"]})


def _machine(books: _Books, row: Row) -> Deed:
    amount = from_wire(row["unit"], row["amount"])
    lines = (Line("cooperative", amount), Line(books.members[row["member"]], -amount))
    facts = {"machine": row["name"], "machine_latin": row["name_latin"]}
    return Deed(row["unit"], "machine", lines, books.on(row), facts)


def _claim(books: _Books, row: Row) -> None:
    giver, receiver = books.members[row["giver"]], books.owner(row["receiver"])
    at = books.at(row)
    made = actions.claim(books.session, _favour(books, row), by_id=giver, now=at)
    if row["disputed"] and isinstance(receiver, UUID):
        later = at + timedelta(hours=5)
        actions.dispute(books.session, made.id, row["disputed"], by_id=receiver, now=later)
