"""Twilio: REST with basic authentication; what it tells us is signed."""

import base64
import hashlib
import hmac
import json
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

_STATES: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


@dataclass(frozen=True, slots=True)
class Twilio:
    line: Line
    name: str = "twilio"
    reply: tuple[str, str] = ("text/xml", "<Response/>")

    def send(self, message: Outgoing) -> Call:
        base = self.line.url or "https://api.twilio.com"
        service = self.line.sender.startswith("MG")
        form = {
            "To": message.to,
            "MessagingServiceSid" if service else "From": self.line.sender,
            "Body": message.text,
            "StatusCallback": f"{self.line.hooks}/report?id={quote(message.reference)}",
        }
        pair = base64.b64encode(f"{self.line.user}:{self.line.secret}".encode()).decode()
        return Call(
            "POST",
            f"{base}/2010-04-01/Accounts/{quote(self.line.user)}/Messages.json",
            {
                "Authorization": f"Basic {pair}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            urlencode(form).encode(),
        )

    def outcome(self, answer: Answer) -> Outcome:
        try:
            said = json.loads(answer.body)
        except ValueError:
            said = {}
        by_status = outcome_by_status(answer)
        if by_status is None:
            return Outcome.accepted(str(said.get("sid", "")))
        if by_status.state == "failed" and said.get("code"):
            return Outcome.refused(f"Twilio {said['code']}: {said.get('message', '')}")
        return by_status

    def is_genuine(self, heard: Heard) -> bool:
        """HMAC-SHA1 over the exact public URL and the sorted fields of the form."""
        # https://www.twilio.com/docs/usage/security#validating-requests
        signed = heard.url
        if heard.is_form:
            signed += "".join(f"{name}{heard.fields[name]}" for name in sorted(heard.fields))
        digest = hmac.new(self.line.secret.encode(), signed.encode(), hashlib.sha1).digest()
        given = heard.headers.get("X-Twilio-Signature", "")
        return hmac.compare_digest(base64.b64encode(digest), given.encode())

    def report(self, heard: Heard) -> Report | None:
        state = _STATES.get(heard.fields.get("MessageStatus", ""))
        if heard.hook != "report" or state is None:
            return None
        code = heard.fields.get("ErrorCode", "")
        problem = f"Twilio {code}" if code and state == "failed" else ""
        name = heard.query.get("id") or heard.fields.get("MessageSid", "")
        return Report(name, state, problem)

    def received(self, heard: Heard) -> Incoming | None:
        if heard.hook != "receive" or "From" not in heard.fields:
            return None
        told = heard.fields
        return Incoming(told["From"], told.get("Body", ""), told.get("MessageSid", ""))
