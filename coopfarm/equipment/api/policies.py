"""The rules of booking for programs, and where they were set aside."""

from typing import Any

from flask import Response

from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import MachinePolicy
from coopfarm.equipment.queries import exceptions, policies
from coopfarm.equipment.rules.kinds import in_words
from coopfarm.equipment.rules.lines import ALL_NAME, category_named
from coopfarm.equipment.schemas.policy import RuleBookSchema, RulesSetAsideSchema
from coopfarm.web import request, words, written
from coopfarm.web.openapi import answer


@api.get("/machines/rules")
@request.allowed()
@api.gives(200, RuleBookSchema, "ETag")
def list_rules() -> Response:
    """The rules in force, by category; those of `all` hold where a category has none."""
    found = policies.in_force(request.session())
    return answer(RuleBookSchema(), {"rules": [_told(found[one]) for one in sorted(found)]})


@api.get("/machines/rules/<category>")
@request.allowed()
@api.gives(200, RuleBookSchema, "ETag")
def list_rule_versions(category: str) -> Response:
    """Every version that is or was in force for a category, the newest first."""
    found = policies.versions(request.session(), category_named(category))
    return answer(RuleBookSchema(), {"rules": [_told(row) for row in found]})


@api.get("/machines/exceptions")
@request.allowed()
@api.gives(200, RulesSetAsideSchema, "ETag")
def list_exceptions() -> Response:
    """Where the office set a rule aside, the newest first, fifty at a time."""
    found = exceptions.set_aside(request.session(), page=written.page())
    told = [
        {
            "booking_id": one.booking.id,
            "member_id": one.member.id,
            "by_id": one.by.id if one.by else None,
            "at": one.at,
            "reason": one.booking.override_reason,
            "says": [words.say(line) for line in one.lines],
        }
        for one in found[: exceptions.A_PAGE]
    ]
    return answer(RulesSetAsideSchema(), {"exceptions": told})


def _told(row: MachinePolicy) -> dict[str, Any]:
    names = ("code", "value", "days", "opens", "closes", "weekdays", "role", "is_hard")
    lines = [
        {name: getattr(line, name) for name in names}
        | {"line": place, "says": " ".join(words.say(one) for one in in_words(line))}
        for place, line in enumerate(policies.lines_of(row), start=1)
    ]
    return {
        **{name: getattr(row, name) for name in ("id", "version", "state", "reason")},
        "category": row.category or ALL_NAME,
        "in_force_at": row.in_force_at,
        "old_at": row.old_at,
        "lines": lines,
    }
