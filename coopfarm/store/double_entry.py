"""What the database itself holds of a ledger: every transfer sums to zero and stays as it is.

A transfer is a draft while it gets its lines, and never again. Migrations call this by name.
"""

from typing import Final

from sqlalchemy import Connection

# Fewer than two lines, or lines that do not sum to zero.
_UNEVEN = """
(SELECT count(*) < 2 OR sum(amount) <> 0 FROM ledger_lines l
  WHERE l.cooperative_id = NEW.cooperative_id AND l.transfer_id = NEW.id)
"""
_NOT_OPPOSITE = """
EXISTS (SELECT 1 FROM ledger_lines l WHERE l.cooperative_id = NEW.cooperative_id
  AND l.transfer_id IN (NEW.id, NEW.reverses_id) GROUP BY l.account_id HAVING sum(l.amount) <> 0)
"""
_NOT_TAKEN_BACK = """
NOT EXISTS (SELECT 1 FROM ledger_transfers r WHERE r.cooperative_id = NEW.cooperative_id
  AND r.reverses_id = NEW.id AND r.posted_at IS NOT NULL)
"""
_STEPS = """
NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES
  ('draft', 'claimed'), ('draft', 'posted'),
  ('claimed', 'confirmed'), ('claimed', 'posted'), ('claimed', 'disputed'), ('claimed', 'reversed'),
  ('confirmed', 'posted'), ('confirmed', 'disputed'), ('confirmed', 'reversed'),
  ('posted', 'disputed'), ('posted', 'reversed'), ('disputed', 'posted'), ('disputed', 'reversed'))
"""
_KEPT = ("id", "cooperative_id", "unit", "kind", "happened_on", "made_at", "source_kind")
_KEPT_TOO = ("source_id", "reverses_id", "made_by")
_CHANGED = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in (*_KEPT, *_KEPT_TOO))
_UNPOSTED = "OLD.posted_at IS NOT NULL AND NEW.posted_at IS DISTINCT FROM OLD.posted_at"
# What is wrong with a change of a transfer, by the name the database calls it.
_WRONG: Final = {
    "ledger_transfers_step": _STEPS,
    "ledger_transfers_append_only": f"{_CHANGED} OR {_UNPOSTED}",
    "ledger_transfers_uneven": f"OLD.state = 'draft' AND NEW.state <> 'draft' AND {_UNEVEN}",
    "ledger_transfers_not_opposite": "OLD.state = 'draft' AND NEW.reverses_id IS NOT NULL"
    f" AND {_NOT_OPPOSITE}",
    "ledger_transfers_not_taken_back": "NEW.state = 'reversed' AND OLD.state <> 'reversed'"
    f" AND NEW.posted_at IS NOT NULL AND {_NOT_TAKEN_BACK}",
}
_NO_DRAFT = """
NOT EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.cooperative_id = NEW.cooperative_id
  AND t.id = NEW.transfer_id AND t.state = 'draft')
"""

_STILL_DRAFT = """
EXISTS (SELECT 1 FROM ledger_transfers t
  WHERE t.cooperative_id = NEW.cooperative_id AND t.id = NEW.id AND t.state = 'draft')
"""

_FUNCTIONS: Final = {
    "coopfarm_ledger_born": "IF NEW.state <> 'draft' THEN {no_draft} END IF; RETURN NEW;",
    "coopfarm_ledger_line": f"IF {_NO_DRAFT} THEN {{no_draft}} END IF; RETURN NEW;",
    "coopfarm_ledger_even": f"IF {_STILL_DRAFT} OR {_UNEVEN} THEN {{uneven}} END IF; RETURN NULL;",
    "coopfarm_ledger_step": " ".join(
        f"IF {wrong} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'restrict_violation'; END IF;"
        for name, wrong in _WRONG.items()
    )
    + " RETURN NEW;",
}
_RAISED: Final = {
    "no_draft": "RAISE EXCEPTION 'ledger_transfers_no_draft' USING ERRCODE = 'restrict_violation';",
    "uneven": "RAISE EXCEPTION 'ledger_transfers_uneven' USING ERRCODE = 'restrict_violation';",
}
_POSTGRES_TRIGGERS: Final = {
    "ledger_transfers_born": ("BEFORE INSERT", "ledger_transfers", "coopfarm_ledger_born"),
    "ledger_transfers_step": ("BEFORE UPDATE", "ledger_transfers", "coopfarm_ledger_step"),
    "ledger_lines_of_a_draft": ("BEFORE INSERT", "ledger_lines", "coopfarm_ledger_line"),
}
_KEEP_ROWS = """
CREATE TRIGGER ledger_transfers_stay BEFORE DELETE OR TRUNCATE ON ledger_transfers
FOR EACH STATEMENT EXECUTE FUNCTION coopfarm_append_only()
"""
# Looked at when the act is kept: then no transfer is a draft any more.
_AT_THE_END = """
CREATE CONSTRAINT TRIGGER ledger_transfers_even AFTER INSERT ON ledger_transfers
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION coopfarm_ledger_even()
"""


def keep_the_sum(bind: Connection) -> None:
    """Let no transfer stand whose lines do not sum to zero, and none change or go."""
    if bind.dialect.name == "postgresql":
        _keep_on_postgres(bind)
        return
    _sqlite_trigger(bind, "ledger_transfers_born", "INSERT", "NEW.state <> 'draft'")
    _sqlite_trigger(bind, "ledger_transfers_stay", "DELETE", "true")
    for name, wrong in _WRONG.items():
        _sqlite_trigger(bind, name, "UPDATE", wrong)
    bind.exec_driver_sql(
        "CREATE TRIGGER ledger_lines_of_a_draft BEFORE INSERT ON ledger_lines"
        f" BEGIN SELECT RAISE(ABORT, 'ledger_transfers_no_draft') WHERE {_NO_DRAFT}; END"
    )


def let_sums_go(bind: Connection) -> None:
    if bind.dialect.name != "postgresql":
        return  # a table takes its triggers with it
    for name, (_, table, _) in _POSTGRES_TRIGGERS.items():
        bind.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
    bind.exec_driver_sql("DROP TRIGGER ledger_transfers_even ON ledger_transfers")
    for function in _FUNCTIONS:
        bind.exec_driver_sql(f"DROP FUNCTION {function}()")


def _keep_on_postgres(bind: Connection) -> None:
    for name, body in _FUNCTIONS.items():
        filled = body.format(**_RAISED)
        bind.exec_driver_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {filled} END $$"
        )
    for name, (when, table, function) in _POSTGRES_TRIGGERS.items():
        bind.exec_driver_sql(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    bind.exec_driver_sql(_KEEP_ROWS)
    bind.exec_driver_sql(_AT_THE_END)


def _sqlite_trigger(bind: Connection, name: str, when: str, wrong: str) -> None:
    said = {"INSERT": "ledger_transfers_no_draft", "DELETE": "ledger_transfers_append_only"}
    bind.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {when} ON ledger_transfers"
        f" BEGIN SELECT RAISE(ABORT, '{said.get(when, name)}') WHERE {wrong}; END"
    )
