"""The handset of the demo: short messages as a phone would show them, in development alone."""

import json
from pathlib import Path

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Missing
from coopfarm.sms.views.door import bp, post_office
from coopfarm.web import pages, request

_SHOWN = 30
_LAST_BYTES = 65_536


@bp.get("/dev/phone")
@request.open_to_all
def phone() -> ResponseReturnValue:
    """Nothing is here unless messages go to the screen, which production refuses."""
    office = post_office()
    if office.gateway is None or office.gateway.name != "console":
        raise Missing
    return pages.show("sms/handset.html", messages=_last(office.handset))


def _last(handset: Path) -> list[dict[str, str]]:
    """The newest messages first."""
    if not handset.exists():
        return []
    with handset.open("rb") as lines:
        lines.seek(max(0, handset.stat().st_size - _LAST_BYTES))
        found = lines.read().decode("utf-8", "replace").splitlines()
    whole = [line for line in found if line.startswith("{") and line.endswith("}")]
    return [json.loads(line) for line in reversed(whole[-_SHOWN:])]
