"""Africa's Talking: a form with an API key; reports name its own id of the message."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

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

_TAKEN: Final = (100, 101, 102)  # processed, sent, queued
_STATES: Final = {
    "Success": "delivered",
    "Sent": "sent",
    "Submitted": "sent",
    "Buffered": "sent",
    "Rejected": "failed",
    "Failed": "failed",
    "AbsentSubscriber": "failed",
    "Expired": "failed",
}


@dataclass(frozen=True, slots=True)
class AfricasTalking:
    line: Line
    name: str = "africas-talking"
    reply: tuple[str, str] = ("text/plain", "")

    def send(self, message: Outgoing) -> Call:
        base = self.line.url or "https://api.africastalking.com"
        form = {"username": self.line.user, "to": message.to, "message": message.text}
        if self.line.sender:
            form["from"] = self.line.sender
        return Call(
            "POST",
            f"{base}/version1/messaging",
            {
                "apiKey": self.line.secret,
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            urlencode(form).encode(),
        )

    def outcome(self, answer: Answer) -> Outcome:
        by_status = outcome_by_status(answer)
        if by_status is not None:
            return by_status
        try:
            one = json.loads(answer.body)["SMSMessageData"]["Recipients"][0]
            code, status = int(one["statusCode"]), str(one.get("status", ""))
        except (ValueError, KeyError, IndexError, TypeError):
            return Outcome.refused("Africa's Talking: no recipient was taken")
        if code not in _TAKEN:
            return Outcome.refused(f"Africa's Talking {code}: {status}")
        return Outcome.accepted(str(one.get("messageId", "")))

    def is_genuine(self, heard: Heard) -> bool:
        """It signs nothing: the secret in the address of the hook has to do."""
        return heard.is_form

    def report(self, heard: Heard) -> Report | None:
        state = _STATES.get(heard.fields.get("status", ""))
        if heard.hook != "report" or state is None:
            return None
        return Report(heard.fields.get("id", ""), state, heard.fields.get("failureReason", ""))

    def received(self, heard: Heard) -> Incoming | None:
        if heard.hook != "receive" or "from" not in heard.fields:
            return None
        told = heard.fields
        return Incoming(told["from"], told.get("text", ""), told.get("id", ""))
