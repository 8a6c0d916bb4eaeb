"""Short messages as values: how long they are, and how each gateway wants them."""

from collections.abc import Callable, Mapping

from coopfarm.sms.rules.africas_talking import AfricasTalking
from coopfarm.sms.rules.console import Console
from coopfarm.sms.rules.gammu import Gammu
from coopfarm.sms.rules.gammu import received as received_by_gammu
from coopfarm.sms.rules.gateway import (
    Answer,
    Call,
    Command,
    Errand,
    Gateway,
    Heard,
    Incoming,
    Jotting,
    Line,
    NotGenuine,
    Outcome,
    Outgoing,
    Report,
)
from coopfarm.sms.rules.kannel import Kannel
from coopfarm.sms.rules.outbox import (
    FOLLOWS,
    LOST_AFTER,
    MOST_TRIES,
    PURPOSES,
    STATES,
    Purpose,
    pause,
)
from coopfarm.sms.rules.rapidpro import RapidPro
from coopfarm.sms.rules.segments import bound, is_gsm, parts, segments
from coopfarm.sms.rules.twilio import Twilio

GATEWAYS: Mapping[str, Callable[[Line], Gateway]] = {
    "console": Console,
    "twilio": Twilio,
    "africas-talking": AfricasTalking,
    "rapidpro": RapidPro,
    "kannel": Kannel,
    "gammu": Gammu,
}


def gateway(name: str, line: Line) -> Gateway | None:
    """The gateway of that name on this line; None where none is set."""
    kind = GATEWAYS.get(name)
    return kind(line) if kind else None


__all__ = [
    "FOLLOWS",
    "GATEWAYS",
    "LOST_AFTER",
    "MOST_TRIES",
    "PURPOSES",
    "STATES",
    "Answer",
    "Call",
    "Command",
    "Errand",
    "Gateway",
    "Heard",
    "Incoming",
    "Jotting",
    "Line",
    "NotGenuine",
    "Outcome",
    "Outgoing",
    "Purpose",
    "Report",
    "bound",
    "gateway",
    "is_gsm",
    "parts",
    "pause",
    "received_by_gammu",
    "segments",
]
