"""Kannel: sendsms of its smsbox; Arabic as UCS-2, reports by dlr-url."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from coopfarm.sms.rules.gateway import (
    Answer,
    Call,
    Heard,
    Incoming,
    Line,
    Outcome,
    Outgoing,
    Report,
    outcome_by_status,
)
from coopfarm.sms.rules.segments import is_gsm

# Kannel user guide, 6.3, delivery reports: 1 delivered + 2 not delivered + 8 at the centre
# + 16 refused by the centre.
_MASK: Final = "27"
_STATES: Final = {"1": "delivered", "2": "failed", "8": "sent", "16": "failed"}


@dataclass(frozen=True, slots=True)
class Kannel:
    line: Line
    name: str = "kannel"
    reply: tuple[str, str] = ("text/plain", "")

    def send(self, message: Outgoing) -> Call:
        asked = {
            "username": self.line.user,
            "password": self.line.secret,
            "from": self.line.sender,
            "to": message.to,
            "text": message.text,
            "charset": "UTF-8",
            "coding": "0" if is_gsm(message.text) else "2",
            "dlr-mask": _MASK,
            "dlr-url": f"{self.line.hooks}/report?id={quote(message.reference)}&status=%d",
        }
        return Call("GET", f"{self.line.url}/cgi-bin/sendsms?{urlencode(asked)}")

    def outcome(self, answer: Answer) -> Outcome:
        return outcome_by_status(answer) or Outcome.accepted()

    def is_genuine(self, heard: Heard) -> bool:
        """It signs nothing: the secret in the address of the hook has to do."""
        return bool(heard.fields)

    def report(self, heard: Heard) -> Report | None:
        state = _STATES.get(heard.fields.get("status", ""))
        if heard.hook != "report" or state is None:
            return None
        return Report(heard.fields.get("id", ""), state)

    def received(self, heard: Heard) -> Incoming | None:
        if heard.hook != "receive" or "sender" not in heard.fields:
            return None
        told = heard.fields
        return Incoming(told["sender"], told.get("message", ""), told.get("id", ""))
