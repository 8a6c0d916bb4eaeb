"""How migrations make a table of cooperatives: keyed by the cooperative, and behind its wall."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from coopfarm.store import walls


def make_table(
    name: str,
    *columns: sa.Column[Any],
    refers: Mapping[str, str | tuple[str, str]],
    unique: Sequence[Sequence[str]] = (),
    checks: Mapping[str, str] | None = None,
) -> None:
    """A table whose key begins with the cooperative, named by the rules of `store.base`.

    `refers` gives for a column the table it refers to, or that and what happens on deletion.
    """
    bind = op.get_bind()
    op.create_table(
        name,
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_{name}_{what}"))
            for what, check in (checks or {}).items()
        ),
        *(_reference(name, column, to) for column, to in refers.items()),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{name}_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*key, name=op.f(f"uq_{name}_{'_'.join(key)}")) for key in unique),
    )
    if bind.dialect.name == "postgresql":
        walls.raise_walls(bind, [name])


def _reference(name: str, column: str, to: str | tuple[str, str]) -> sa.ForeignKeyConstraint:
    table, ondelete = (to, None) if isinstance(to, str) else to
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        [f"{table}.cooperative_id", f"{table}.id"],
        name=op.f(f"fk_{name}_cooperative_id_{column}"),
        ondelete=ondelete,
    )
