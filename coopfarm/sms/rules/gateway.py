"""What every gateway can do: ask for a message to be sent, and understand what comes back.

A gateway only writes requests and reads answers; `sms.actions.carrying` is what carries them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from coopfarm.kernel.refusal import NotAllowed
from coopfarm.kernel.words import N_


class NotGenuine(NotAllowed):
    """Whoever sent this does not know what only our gateway knows."""

    code = "sms-not-genuine"
    words = N_("This did not come from the gateway that is set, and was not kept.")


@dataclass(frozen=True, slots=True)
class Line:
    """How to reach a gateway: its address, who we are there, and the number we send from.

    `hooks` is our own public address under which the gateway speaks to us.
    """

    url: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    sender: str = ""
    hooks: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one number (E.164); `reference` is what reports name it by."""

    reference: str
    to: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A request over HTTP, to the byte."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Command:
    """A program of this machine, with the text on its standard input."""

    words: tuple[str, ...]
    text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Jotting:
    """A line for the on-screen handset of the demo."""

    line: str = field(repr=False)


Errand = Call | Command | Jotting


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status, or 200 and 500 for a program's end."""

    status: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: accepted, to be tried again, or failed, and why."""

    state: str
    provider_id: str = ""
    problem: str = ""

    @classmethod
    def accepted(cls, provider_id: str = "", state: str = "sent") -> "Outcome":
        return cls(state, provider_id[:80])

    @classmethod
    def refused(cls, problem: str) -> "Outcome":
        return cls("failed", problem=problem[:200])

    @classmethod
    def later(cls, problem: str) -> "Outcome":
        """Only where the gateway surely did not take it: nobody gets a message twice."""
        return cls("queued", problem=problem[:200])


@dataclass(frozen=True, slots=True)
class Heard:
    """What a gateway told us at a hook: by which exact public URL, and with which fields.

    `fields` are those of the form where one was posted, else those of the query.
    """

    hook: str
    url: str
    fields: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_form: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """The later fate of a message: `name` is our reference or the gateway's own id."""

    name: str
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message somebody sent to us."""

    sender: str
    text: str = field(repr=False)
    provider_id: str = ""


class Gateway(Protocol):
    """One way for short messages out and in."""

    @property
    def name(self) -> str: ...

    @property
    def reply(self) -> tuple[str, str]:
        """What a hook is answered with: the type and the text."""

    def send(self, message: Outgoing) -> Errand: ...

    def outcome(self, answer: Answer) -> Outcome: ...

    def is_genuine(self, heard: Heard) -> bool: ...

    def report(self, heard: Heard) -> Report | None: ...

    def received(self, heard: Heard) -> Incoming | None: ...


# Whoever answers so has not taken the request: RFC 6585, 4 and RFC 9110, 15.6.4.
NOT_TAKEN = (429, 503)


def outcome_by_status(answer: Answer) -> Outcome | None:
    """What every HTTP gateway means by a status alone; None where its words decide."""
    if answer.status in NOT_TAKEN:
        return Outcome.later(f"HTTP {answer.status}")
    if not 200 <= answer.status < 300:
        return Outcome.refused(f"HTTP {answer.status}")
    return None
