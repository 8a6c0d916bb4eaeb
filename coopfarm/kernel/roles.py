"""What a member may be trusted with; somebody may hold several roles at once."""

from typing import Final

ROLES: Final = (
    "member",
    "agent",
    "caretaker",
    "water_master",
    "manager",
    "treasurer",
    "officer",
    "auditor",
)
