"""A cooperative with many members who are signed in, and machines that they want."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from coopfarm.equipment.models import Booking, Charge, MachineTime
from coopfarm.kernel.interval import Interval
from coopfarm.members import actions
from coopfarm.members.models import Cooperative, Member
from coopfarm.store.db import Database
from tests.factories.machines import make_machine, make_policy
from tests.races.server import PEPPER, SECRET

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
FIRST_HOUR = datetime(2026, 7, 2, 6, tzinfo=UTC)
PIN = "407319"


@dataclass(frozen=True)
class Village:
    """Al-Nur on a database: whom to send as, and what became of it."""

    database: Database
    cooperative_id: int
    cookies: tuple[str, ...]
    members: tuple[UUID, ...]

    def machines(self, count: int, category: str) -> list[UUID]:
        """New machines that nobody booked yet."""
        with self.database.transaction(self.cooperative_id) as session:
            names = (f"{category} {number}" for number in range(1, count + 1))
            made = [
                make_machine(session, n, category=category, price_an_hour=40.0, hours_an_hour=1.0)
                for n in names
            ]
            return sorted(one.id for one in made)

    def limit(self, category: str, *lines: dict[str, Any]) -> None:
        with self.database.transaction(self.cooperative_id) as session:
            make_policy(session, *lines, category=category)

    def taken(self, machine_ids: Sequence[UUID]) -> dict[UUID, list[Interval]]:
        """What is live of these machines, as the database has it."""
        with self.database.reading() as session:
            session.cooperative_id = self.cooperative_id
            query = select(MachineTime).where(
                MachineTime.machine_id.in_(machine_ids), MachineTime.is_live
            )
            found: dict[UUID, list[Interval]] = {one: [] for one in machine_ids}
            for row in session.scalars(query.order_by(MachineTime.starts_at)):
                found[row.machine_id].append(Interval(row.starts_at, row.ends_at))
            return found

    def booked(self, machine_ids: Sequence[UUID]) -> list[UUID]:
        """The bookings of these machines."""
        with self.database.reading() as session:
            session.cooperative_id = self.cooperative_id
            query = select(MachineTime.subject_id).where(MachineTime.machine_id.in_(machine_ids))
            return list(session.scalars(query))

    def wrongly_charged(self) -> int:
        """How many bookings are not charged exactly what they cost, in both units, once each."""
        with self.database.reading() as session:
            session.cooperative_id = self.cooperative_id
            query = select(
                Charge.booking_id, Charge.unit, func.sum(Charge.amount), func.count()
            ).group_by(Charge.booking_id, Charge.unit)
            charged = {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}
            costs = select(Booking.id, Booking.cost_money, Booking.cost_hours)
            return sum(
                charged.pop((one, "money"), None) != (money, 1)
                or charged.pop((one, "hours"), None) != (hours, 1)
                for one, money, hours in session.execute(costs).all()
            ) + len(charged)


def settle(database: Database, people: int) -> Village:
    """So many members, each with a session on a phone."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=NOW)
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        tokens, members = [], []
        for number in range(people):
            member = Member(number=f"M-{number}", name=f"M {number}", joined_on=date(2020, 1, 1))
            member.phone = f"+2010{number:08}"
            session.add(member)
            session.flush()
            actions.give_role(session, member, "member")
            account = actions.open_account(
                session, member, phone=member.phone, secret=PIN, pepper=PEPPER
            )
            tokens.append(actions.begin_session(session, account, member, device="", now=NOW))
            members.append(member.id)
        here = home.id
    return Village(database, here, tuple(map(_cookie, tokens)), tuple(members))


def _cookie(token: str) -> str:
    """The cookie that a sign-in leaves on a phone."""
    signer = Flask("races")
    signer.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return f"coopfarm={serializer.dumps({'token': token, '_permanent': True})}"


def wish(machine_ids: Sequence[UUID], start_hour: float, hours: float = 1.0) -> dict[str, Any]:
    """Ploughing with these machines, from so many hours after the first one on."""
    starts = FIRST_HOUR + timedelta(hours=start_hour)
    return {
        "machine_ids": [str(one) for one in machine_ids],
        "job": "plough",
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=hours)).isoformat(),
    }
