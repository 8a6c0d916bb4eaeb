"""The register of machines and sets: entered, changed, given up. No function here commits."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from shapely import Point, get_coordinates
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import pictures
from coopfarm.equipment.models import Kit, KitPart, Machine
from coopfarm.equipment.queries import bookings_ahead, fleet
from coopfarm.equipment.rules import fleet as rules
from coopfarm.kernel.refusal import Missing
from coopfarm.members import queries as members
from coopfarm.store import audit

_TAG_BYTES: Final = 16
_TOLD: Final = ("code", "name", "kind", "category", "jobs")


@dataclass(frozen=True, slots=True)
class Who:
    """Who changes the register, and when."""

    id: UUID
    now: datetime


def new_tag() -> str:
    """The secret of a sticker."""
    return secrets.token_urlsafe(_TAG_BYTES)


def enter(session: Session, values: Mapping[str, Any], who: Who) -> Machine:
    """Take a machine into the register; it can be booked at once.

    `values` needs code, name, category and jobs, and may hold what `rules.fleet.RANGES` names,
    kind, meter, name_latin, base (a Point of degrees, or None) and caretaker_id. Raises what
    `rules.fleet.check_machine` does, MachineCodeTaken and Missing.
    """
    rules.check_machine({"code": "", "name": "", "category": "", **values})
    _check_code(session, values["code"], None)
    _check_caretaker(session, values)
    machine = Machine(id=uuid4(), tag=new_tag(), edition=1, **values)
    session.add(machine)
    session.flush()
    after = {name: getattr(machine, name) for name in _TOLD}
    audit.record(session, "machine.enter", machine, actor_id=who.id, at=who.now, after=after)
    return machine


def change(
    session: Session, machine_id: UUID, values: Mapping[str, Any], who: Who, *, edition: int
) -> Machine:
    """Write new values of a machine. Raises MachineChanged, and what `enter` does."""
    machine = held(session, machine_id, edition)
    rules.check_machine(values)
    if "code" in values:
        _check_code(session, values["code"], machine_id)
    _check_caretaker(session, values)
    after = {name: value for name, value in values.items() if getattr(machine, name) != value}
    before = {name: getattr(machine, name) for name in after}
    for name, value in after.items():
        setattr(machine, name, value)
    if after:
        _write_down(session, machine, "machine.change", who, (before, after))
    return machine


def held(session: Session, machine_id: UUID, edition: int) -> Machine:
    """A machine to change, as of the edition that was seen. Raises MachineChanged, Missing."""
    machine = fleet.machines_by_id(session, [machine_id], for_update=True)[0]
    if machine.edition != edition:
        raise rules.MachineChanged(machine=machine.named)
    return machine


def retire(session: Session, machine_id: UUID, who: Who, *, edition: int) -> Machine:
    """Give a machine up; what was done with it stays. Raises MachineInUse and MachineChanged."""
    machine = held(session, machine_id, edition)
    ahead = bookings_ahead.of_machine(session, machine_id, who.now)
    if ahead:
        first = ahead[0].starts_at
        raise rules.MachineInUse(machine=machine.named, count=len(ahead), starts=first)
    return _set_state(session, machine, "retired", who)


def bring_back(session: Session, machine_id: UUID, who: Who, *, edition: int) -> Machine:
    """Take a machine that was given up into service again. Raises MachineChanged."""
    return _set_state(session, held(session, machine_id, edition), "in_service", who)


def _set_state(session: Session, machine: Machine, state: str, who: Who) -> Machine:
    before = {"state": machine.state}
    machine.state = state
    verb = "machine.retire" if state == "retired" else "machine.bring-back"
    _write_down(session, machine, verb, who, (before, {"state": state}))
    return machine


def renew_tag(session: Session, machine_id: UUID, who: Who, *, edition: int) -> Machine:
    """Make the sticker of a machine worthless; another one has to be printed."""
    machine = held(session, machine_id, edition)
    machine.tag = new_tag()
    _write_down(session, machine, "machine.renew-sticker", who, ({}, {}))
    return machine


def show(session: Session, machine_id: UUID, content: bytes, who: Who) -> Machine:
    """Give a machine a picture. Raises what `pictures.keep` does."""
    machine = fleet.machines_by_id(session, [machine_id], for_update=True)[0]
    machine.picture_id = pictures.keep(session, content, who.now).id
    _write_down(session, machine, "machine.picture", who, ({}, {}))
    return machine


def make_kit(session: Session, name: str, job: str, machine_ids: Sequence[UUID], who: Who) -> Kit:
    """Make a set that is booked as one. Raises KitNameTaken, KitTooSmall, Missing."""
    if not name or len(name) > rules.LONGEST["name"]:
        raise rules.MachineWordMissing(field="name", most=rules.LONGEST["name"])
    ids = set(machine_ids)
    rows = fleet.machines_by_id(session, ids)
    if not 2 <= len(ids) <= rules.MOST_IN_A_KIT or not any(job in row.jobs for row in rows):
        raise rules.KitTooSmall(field="machine_ids", most=rules.MOST_IN_A_KIT)
    if session.scalar(select(Kit.id).where(Kit.name == name)):
        raise rules.KitNameTaken(field="name")
    kit = Kit(id=uuid4(), name=name, job=job)
    session.add(kit)
    session.flush()
    session.add_all(KitPart(kit_id=kit.id, machine_id=one) for one in sorted(ids))
    session.flush()
    after = {"name": name, "job": job, "machines": sorted(str(one) for one in ids)}
    audit.record(session, "kit.make", kit, actor_id=who.id, at=who.now, after=after)
    return kit


def drop_kit(session: Session, kit_id: UUID, who: Who) -> Kit:
    """Take a set apart; its machines stay. Raises Missing."""
    kit = session.scalar(select(Kit).where(Kit.id == kit_id))
    if kit is None:
        raise Missing
    before = {"name": kit.name, "job": kit.job}
    audit.record(session, "kit.drop", kit, actor_id=who.id, at=who.now, before=before)
    session.execute(delete(KitPart).where(KitPart.kit_id == kit_id))
    session.execute(delete(Kit).where(Kit.id == kit_id))
    return kit


def _check_code(session: Session, code: str, but: UUID | None) -> None:
    query = select(Machine.id).where(Machine.code == code, Machine.id != (but or uuid4()))
    if session.scalar(query):
        raise rules.MachineCodeTaken(field="code", code=code)


def _check_caretaker(session: Session, values: Mapping[str, Any]) -> None:
    if values.get("caretaker_id") is not None:
        members.member(session, values["caretaker_id"])


def _write_down(
    session: Session,
    machine: Machine,
    verb: str,
    who: Who,
    change: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """Another edition, written down with what it was before."""
    machine.edition += 1
    session.flush()
    before, after = ({name: _plain(value) for name, value in one.items()} for one in change)
    audit.record(
        session,
        verb,
        machine,
        actor_id=who.id,
        at=who.now,
        before=before or None,
        after=after or None,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Point):
        return [round(float(part), 7) for part in get_coordinates(value)[0]]
    return str(value) if isinstance(value, UUID) else value
