"""Gammu SMSD: a modem in the village office, spoken to by a program of this machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coopfarm.sms.rules.gateway import (
    Answer,
    Command,
    Heard,
    Incoming,
    Line,
    Outcome,
    Outgoing,
    Report,
)
from coopfarm.sms.rules.segments import is_gsm

_LONGEST = "1000"
_MOST_AT_ONCE = 255  # parts of one message: the header that joins them counts in one octet


@dataclass(frozen=True, slots=True)
class Gammu:
    """`line.url` is the configuration file of SMSD; its own default where it is empty."""

    line: Line
    name: str = "gammu"
    reply: tuple[str, str] = ("text/plain", "")

    def send(self, message: Outgoing) -> Command:
        """The text goes by standard input: arguments of programs are seen by everybody."""
        config = ("-c", self.line.url) if self.line.url else ()
        letters = () if is_gsm(message.text) else ("-unicode",)
        words = ("gammu-smsd-inject", *config, "TEXT", message.to, *letters, "-len", _LONGEST)
        return Command(words, message.text.encode())

    def outcome(self, answer: Answer) -> Outcome:
        if answer.status != 200:
            return Outcome.refused("gammu-smsd-inject did not take it")
        return Outcome.accepted()

    def is_genuine(self, heard: Heard) -> bool:
        """Messages come by `coopfarm sms receive`, never by HTTP."""
        del heard
        return False

    def report(self, heard: Heard) -> Report | None:
        del heard
        return None

    def received(self, heard: Heard) -> Incoming | None:
        del heard
        return None


def received(environ: Mapping[str, str]) -> Iterator[Incoming]:
    """What SMSD tells the program of its `RunOnReceive`, by environment variables.

    Parts of a long message come decoded into one, or each for itself.
    """
    # gammu-smsd-run(7): DECODED_PARTS, DECODED_n_TEXT; SMS_MESSAGES, SMS_n_NUMBER, SMS_n_TEXT.
    sender = environ.get("SMS_1_NUMBER", "")
    decoded = _texts(environ, "DECODED_PARTS", "DECODED_{}_TEXT", 0)
    if sender and decoded:
        yield Incoming(sender, "".join(decoded))
        return
    for number in range(1, _count(environ, "SMS_MESSAGES") + 1):
        whose = environ.get(f"SMS_{number}_NUMBER", "")
        if whose:
            yield Incoming(whose, environ.get(f"SMS_{number}_TEXT", ""))


def _texts(environ: Mapping[str, str], count: str, name: str, first: int) -> list[str]:
    found = range(first, first + _count(environ, count))
    return [environ.get(name.format(number), "") for number in found]


def _count(environ: Mapping[str, str], name: str) -> int:
    told = environ.get(name, "")
    return min(int(told), _MOST_AT_ONCE) if told.isdecimal() else 0
