"""Any service that a RapidPro “external” channel can speak to: we speak as RapidPro does."""

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

_HOOKS: Final = ("sent", "delivered", "failed")


@dataclass(frozen=True, slots=True)
class RapidPro:
    """`line.user` is the name of the channel; `line.secret` is sent as a token where it is set."""

    line: Line
    name: str = "rapidpro"
    reply: tuple[str, str] = ("application/json", '{"message": "Accepted"}')

    def send(self, message: Outgoing) -> Call:
        form = {
            "id": message.reference,
            "text": message.text,
            "to": message.to,
            "to_no_plus": message.to.removeprefix("+"),
            "from": self.line.sender,
            "from_no_plus": self.line.sender.removeprefix("+"),
            "channel": self.line.user,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.line.secret:
            headers["Authorization"] = f"Token {self.line.secret}"
        return Call("POST", self.line.url, headers, urlencode(form).encode())

    def outcome(self, answer: Answer) -> Outcome:
        return outcome_by_status(answer) or Outcome.accepted()

    def is_genuine(self, heard: Heard) -> bool:
        """It signs nothing: the secret in the address of the hook has to do."""
        return bool(heard.fields)

    def report(self, heard: Heard) -> Report | None:
        name = heard.fields.get("id") or heard.fields.get("uuid", "")
        return Report(name, heard.hook) if heard.hook in _HOOKS else None

    def received(self, heard: Heard) -> Incoming | None:
        sender = heard.fields.get("from") or heard.fields.get("sender", "")
        if heard.hook != "receive" or not sender:
            return None
        at = heard.fields.get("date") or heard.fields.get("time", "")
        return Incoming(sender, heard.fields.get("text", ""), f"{sender} {at}" if at else "")
