"""What the database itself holds of campaigns: none goes ahead over a sensitive site unheard.

Migrations call these by name.
"""

from typing import Final

from sqlalchemy import Connection

_UNHEARD: Final = """
EXISTS (SELECT 1 FROM campaign_notices n
  WHERE n.cooperative_id = NEW.cooperative_id AND n.campaign_id = NEW.id AND n.state = 'waiting')
"""
_GOES: Final = "NEW.state = 'go' AND OLD.state <> 'go'"
_FUNCTION: Final = f"""
CREATE FUNCTION coopfarm_campaigns_heard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {_UNHEARD} THEN
    RAISE EXCEPTION 'campaigns_heard' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def hear_first(bind: Connection) -> None:
    """Let no campaign go while a sensitive site has neither acknowledged nor been waived."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(_FUNCTION)
        bind.exec_driver_sql(
            "CREATE TRIGGER campaigns_heard BEFORE UPDATE ON pest_campaigns FOR EACH ROW"
            f" WHEN ({_GOES}) EXECUTE FUNCTION coopfarm_campaigns_heard()"
        )
        return
    bind.exec_driver_sql(
        f"CREATE TRIGGER campaigns_heard BEFORE UPDATE ON pest_campaigns WHEN {_GOES}"
        f" BEGIN SELECT RAISE(ABORT, 'campaigns_heard') WHERE {_UNHEARD}; END"
    )


def hear_nobody(bind: Connection) -> None:
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP TRIGGER campaigns_heard ON pest_campaigns")
        bind.exec_driver_sql("DROP FUNCTION coopfarm_campaigns_heard()")
        return
    bind.exec_driver_sql("DROP TRIGGER campaigns_heard")
