"""What the database itself holds of plots that were sprayed: who begins nothing on them, and that
what was written of a spraying stays as it is.

Migrations call these by name.
"""

from typing import Final

from sqlalchemy import Connection

# Jobs of machines and tasks of work parties that take a crop off its plot.
_HARVESTS: Final = """
(EXISTS (SELECT 1 FROM bookings b WHERE b.cooperative_id = NEW.cooperative_id AND b.id = NEW.id
   AND b.job IN ('harvest', 'mow', 'thresh', 'bale'))
 OR EXISTS (SELECT 1 FROM work_party_plots p JOIN work_parties w
     ON w.cooperative_id = p.cooperative_id AND w.id = p.party_id
   WHERE p.cooperative_id = NEW.cooperative_id AND p.id = NEW.id AND w.task = 'harvest_help'))
"""
_LOCKED: Final = f"""
EXISTS (SELECT 1 FROM plot_times t
  WHERE t.cooperative_id = NEW.cooperative_id AND t.plot_id = NEW.plot_id
    AND t.starts_at < NEW.ends_at AND NEW.starts_at < t.ends_at
    AND (t.kind = 're_entry' OR (t.kind = 'pre_harvest' AND {_HARVESTS})))
"""  # noqa: S608 (text of ours)
_PEOPLE: Final = "NEW.kind IN ('booking', 'work_party')"
_CONCERNED: Final = "('booking', 'work_party', 're_entry', 'pre_harvest')"
# Of a lock and a booking that are written at once the second waits, and then sees the first.
_LOCK_FUNCTION: Final = f"""
CREATE FUNCTION coopfarm_plot_times_locked() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('plot_times_locked'), hashtext(NEW.plot_id::text));
  IF {_PEOPLE} AND {_LOCKED} THEN
    RAISE EXCEPTION 'plot_times_locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""

_KEPT: Final = (
    *("id", "cooperative_id", "plot_id", "campaign_id", "crop", "product", "dose", "dose_unit"),
    *("area_m2", "wind_km_h", "operator_id", "began_at", "ended_at", "number_id"),
    *("re_entry_hours", "pre_harvest_days", "interval_source", "interval_year"),
    *("re_entry_until", "pre_harvest_until", "note", "made_by", "made_at"),
)
_CHANGED: Final = " OR ".join(
    ["OLD.struck_at IS NOT NULL", *(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in _KEPT)]
)
_STAYS_FUNCTION: Final = f"""
CREATE FUNCTION coopfarm_sprays_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {_CHANGED} THEN
    RAISE EXCEPTION 'sprays_stay' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def keep_out(bind: Connection) -> None:
    """Let no machine and no work party be put on a plot within a lock after spraying."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(_LOCK_FUNCTION)
        bind.exec_driver_sql(
            "CREATE TRIGGER plot_times_locked BEFORE INSERT OR UPDATE ON plot_times FOR EACH ROW"
            f" WHEN (NEW.kind IN {_CONCERNED}) EXECUTE FUNCTION coopfarm_plot_times_locked()"
        )
        return
    for verb in ("INSERT", "UPDATE"):
        bind.exec_driver_sql(
            f"CREATE TRIGGER plot_times_locked_{verb} BEFORE {verb} ON plot_times WHEN {_PEOPLE}"
            f" BEGIN SELECT RAISE(ABORT, 'plot_times_locked') WHERE {_LOCKED}; END"
        )


def let_in(bind: Connection) -> None:
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP TRIGGER plot_times_locked ON plot_times")
        bind.exec_driver_sql("DROP FUNCTION coopfarm_plot_times_locked()")
        return
    for verb in ("INSERT", "UPDATE"):
        bind.exec_driver_sql(f"DROP TRIGGER plot_times_locked_{verb}")


def keep_sprays(bind: Connection) -> None:
    """Let what was written of a spraying be struck out once, and neither change nor go."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(_STAYS_FUNCTION)
        bind.exec_driver_sql(
            "CREATE TRIGGER sprays_stay BEFORE UPDATE ON sprays FOR EACH ROW"
            " EXECUTE FUNCTION coopfarm_sprays_stay()"
        )
        bind.exec_driver_sql(
            "CREATE TRIGGER sprays_stay_there BEFORE DELETE OR TRUNCATE ON sprays"
            " FOR EACH STATEMENT EXECUTE FUNCTION coopfarm_append_only()"
        )
        return
    for verb, wrong in (("UPDATE", _CHANGED), ("DELETE", "true")):
        bind.exec_driver_sql(
            f"CREATE TRIGGER sprays_stay_{verb} BEFORE {verb} ON sprays"
            f" BEGIN SELECT RAISE(ABORT, 'sprays_stay') WHERE {wrong}; END"
        )


def let_sprays_go(bind: Connection) -> None:
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP TABLE sprays")
        bind.exec_driver_sql("DROP FUNCTION coopfarm_sprays_stay()")
        return
    bind.exec_driver_sql("DROP TABLE sprays")
