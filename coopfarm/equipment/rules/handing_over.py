"""A machine goes out and comes back: at which moments, and with which meter readings."""

from datetime import datetime, timedelta
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid, Missing
from coopfarm.kernel.words import N_, Phrase

# A phone's clock may be this much ahead of the cooperative's.
SKEW: Final = timedelta(minutes=5)
METER_UNITS: Final = {
    "hours": Phrase("meter:hours", N_("engine hours")),
    "hectares": Phrase("meter:hectares", N_("hectares")),
    "kilometres": Phrase("meter:kilometres", N_("kilometres")),
    "none": Phrase("meter:none", N_("no meter")),
}


class MeterBackwards(Conflict):
    """A meter only counts up."""

    code = "meter-backwards"
    words = N_(
        "The meter of %(machine)s said %(before)s before, and you read %(reading)s. Read it once "
        "more; if it is so, tell the office."
    )


class WhichMeter(Invalid):
    """Several machines have a meter, and one number came."""

    code = "which-meter"
    words = N_("%(field)s: of which machine is this reading? Choose one of: %(machines)s.")


class TooEarly(Invalid):
    """Before the booking, the machine is still somebody else's."""

    code = "handed-over-too-early"
    words = N_("%(field)s: this booking begins %(starts)s. It can be taken out from %(opens)s on.")


class FromTheFuture(Invalid):
    code = "handed-over-in-the-future"
    words = N_("%(field)s: %(at)s has not come yet. Set the clock of the phone, and try again.")


class BackBeforeOut(Invalid):
    code = "back-before-out"
    words = N_("%(field)s: it went out %(out)s, and cannot have come back before.")


class NotOut(Conflict):
    code = "machine-not-out"
    words = N_("%(machine)s was not handed out for this booking, so it cannot come back.")


class StillOut(Conflict):
    """The one before has not brought it back yet."""

    code = "machine-still-out"
    words = N_("%(machine)s is not back yet: %(who)s has it. Call them, or tell the office.")


class NotOfThisBooking(Missing):
    code = "machine-not-of-booking"
    words = N_("That machine does not belong to this booking.")


class NoSuchCode(Missing):
    """Six digits that belong to no booking of these hours."""

    code = "no-such-booking-code"
    words = N_("No booking of today has this code. Look at the six digits again.")


class NothingHere(Missing):
    code = "nothing-to-hand-over"
    words = N_("Nobody has this machine now, and you have no booking of it at this time.")


def check_moment(at: datetime, now: datetime, starts_at: datetime, grace: timedelta) -> None:
    """Raise what is wrong with when a machine went out, as a phone tells it."""
    check_past(at, now)
    if at < starts_at - grace:
        raise TooEarly(field="at", starts=starts_at, opens=starts_at - grace)


def check_past(at: datetime, now: datetime) -> None:
    if at > now + SKEW:
        raise FromTheFuture(field="at", at=at)


def check_meter(machine: str, reading: float | None, before: float | None) -> None:
    if reading is not None and before is not None and reading < before:
        raise MeterBackwards(machine=machine, before=before, reading=reading)
