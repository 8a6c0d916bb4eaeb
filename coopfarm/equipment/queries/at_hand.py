"""What a booking is judged by besides the calendars: member, plot, machines, and their rules.

Two questions to the database, built once. On PostgreSQL either can hold what it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVarTuple, cast
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachinePolicy, OverdueStep, UpkeepPlan
from coopfarm.equipment.queries import fleet
from coopfarm.equipment.rules.policy import Policy
from coopfarm.equipment.rules.work import Rig
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Member

Columns = TypeVarTuple("Columns")


class Hold(Enum):
    """Whether rows are held until the act ends; `AT_ONCE` leaves out those that others hold."""

    NOTHING = "nothing"
    WAITING = "waiting"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody wants to book, and the booking for which they may book nothing else now."""

    plot: Plot | None
    kept_id: UUID | None


@dataclass(frozen=True, slots=True)
class Known:
    """The machines that were asked for, under which rules, and whether any has an upkeep plan."""

    rigs: tuple[Rig, ...]
    policy_id: UUID | None
    policy: Policy
    has_plans: bool


def _held(query: Select[*Columns], model: type[Any], hold: Hold) -> Select[*Columns]:
    if hold is Hold.NOTHING:
        return query
    held = query.with_for_update(of=model, key_share=True, skip_locked=hold is Hold.AT_ONCE)
    # What was read before the lock was given may be another by now.
    return held.execution_options(populate_existing=True)


_KEPT: Final = (
    select(Booking.id)
    .join(
        OverdueStep,
        and_(
            OverdueStep.cooperative_id == Booking.cooperative_id,
            OverdueStep.booking_id == Booking.id,
        ),
    )
    .where(
        Booking.member_id == bindparam("member_id"),
        Booking.state == "out",
        OverdueStep.step == "hold",
    )
    .limit(1)
    .scalar_subquery()
)
_STANDING: Final = (
    select(_KEPT, Plot)
    .select_from(Member)
    .outerjoin(
        Plot, and_(Plot.cooperative_id == Member.cooperative_id, Plot.id == bindparam("plot_id"))
    )
    .where(Member.id == bindparam("member_id"))
)
_HAS_PLAN: Final = (
    select(UpkeepPlan.id)
    .where(
        UpkeepPlan.cooperative_id == Machine.cooperative_id,
        UpkeepPlan.machine_id == Machine.id,
        UpkeepPlan.is_active,
    )
    .correlate(Machine)
    .exists()
)
_MACHINES: Final = (
    select(Machine, MachinePolicy, _HAS_PLAN)
    .outerjoin(
        MachinePolicy,
        and_(
            MachinePolicy.cooperative_id == Machine.cooperative_id,
            MachinePolicy.state == "in_force",
            (MachinePolicy.category == Machine.category) | (MachinePolicy.category == ""),
        ),
    )
    .where(Machine.id.in_(bindparam("ids", expanding=True)))
    .order_by(Machine.id)
)
_ASK_STANDING: Final = {hold: _held(_STANDING, Member, hold) for hold in Hold}
_ASK_MACHINES: Final = {hold: _held(_MACHINES, Machine, hold) for hold in Hold}


def standing(
    session: Session, member_id: UUID, plot_id: UUID | None, hold: Hold = Hold.NOTHING
) -> Standing | None:
    """Who books, and where; nothing where others hold the member. Raises Missing for a plot."""
    asked = {"member_id": member_id, "plot_id": plot_id}
    row = session.execute(_ASK_STANDING[hold], asked).first()
    if row is None:
        return None
    kept_id, plot = cast("tuple[UUID | None, Plot | None]", tuple(row))
    if plot is None and plot_id is not None:
        raise Missing
    return Standing(plot, kept_id)


def machines(session: Session, ids: Sequence[UUID], hold: Hold = Hold.NOTHING) -> Known | None:
    """These machines in the order of their ids, which is that of locking, with their rules.

    Nothing where some are not there, or others hold them.
    """
    rigs: dict[UUID, Rig] = {}
    rules: dict[str, MachinePolicy] = {}
    has_plans = False
    for machine, policy, is_planned in session.execute(_ASK_MACHINES[hold], {"ids": [*ids]}):
        if machine.id not in rigs:
            rigs[machine.id] = fleet.rig(machine)
        if policy is not None:
            rules[policy.category] = policy
        has_plans = has_plans or is_planned
    if len(rigs) != len(set(ids)):
        return None
    ordered = tuple(sorted(rigs.values(), key=lambda rig: rig.id != ids[0]))
    return Known(ordered, *fleet.rules_of(rules, ordered), has_plans)
