"""The gateway of the demo: messages appear on a handset on the screen, at /dev/phone."""

import json
from dataclasses import dataclass

from coopfarm.sms.rules.gateway import (
    Answer,
    Heard,
    Incoming,
    Jotting,
    Line,
    Outcome,
    Outgoing,
    Report,
)


@dataclass(frozen=True, slots=True)
class Console:
    line: Line
    name: str = "console"
    reply: tuple[str, str] = ("text/plain", "")

    def send(self, message: Outgoing) -> Jotting:
        return Jotting(json.dumps({"to": message.to, "text": message.text}, ensure_ascii=False))

    def outcome(self, answer: Answer) -> Outcome:
        del answer
        return Outcome.accepted(state="delivered")

    def is_genuine(self, heard: Heard) -> bool:
        del heard
        return False

    def report(self, heard: Heard) -> Report | None:
        del heard
        return None

    def received(self, heard: Heard) -> Incoming | None:
        del heard
        return None
