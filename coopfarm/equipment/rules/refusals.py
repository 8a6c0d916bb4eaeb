"""How a booking is refused: what is in the way, the rule with its number, what would work."""

from coopfarm.kernel.refusal import Conflict, Invalid, Missing, NotAllowed
from coopfarm.kernel.words import N_


class MachineTaken(Conflict):
    """Somebody has the machine in those hours."""

    code = "machine-taken"
    words = N_("%(machine)s is taken from %(starts)s to %(ends)s: %(who)s.")


class MachineUnreachable(Conflict):
    """The machine cannot be there in time, or not at its next place afterwards."""

    code = "machine-unreachable"
    words = N_(
        "%(machine)s cannot be there in time: between this job and %(who)s (%(starts)s) it needs "
        "%(needed)s minutes for cleaning and the road, and there are %(there)s."
    )


class MachineNotInService(Conflict):
    """A broken machine, or one that was given up."""

    code = "machine-not-in-service"
    words = N_("%(machine)s cannot be booked: %(state)s.")


class NoSuchJob(Invalid):
    """The machine does not do this job."""

    code = "machine-does-not-do-this"
    words = N_("%(field)s: %(machine)s does not do this job. It does: %(jobs)s.")


class PlotUnderWater(Conflict):
    """Water stands on the plot, or something else happens there."""

    code = "plot-not-free"
    words = N_("Plot %(plot)s is not free from %(starts)s to %(ends)s: %(calendar)s.")


class InThePast(Invalid):
    """What has begun cannot be booked any more."""

    code = "booking-in-the-past"
    words = N_("%(field)s: that time has passed. Choose a later one.")


class NoLength(Invalid):
    """The end stands before the start."""

    code = "booking-without-length"
    words = N_("%(field)s: the end comes before the start. Give the end of the work.")


class NoMachine(Invalid):
    """A booking is of at least one machine, and of few enough to be watched."""

    code = "booking-without-machine"
    words = N_("%(field)s: choose from 1 to %(most)s machines.")


class NotYourPlot(NotAllowed):
    """A member books for the land they hold or work."""

    code = "not-your-plot"
    words = N_("Plot %(plot)s is not yours to book for. Choose one you hold or work.")


class NotYourBooking(Missing):
    """Of somebody else's booking a member learns nothing more than that it is there."""

    code = "not-your-booking"
    words = N_("There is no booking of yours under that name.")


class NotInThatState(Conflict):
    """The booking is past that step."""

    code = "booking-not-in-that-state"
    words = N_("This cannot be done any more: the booking is %(state)s.")


class RequestTooLate(Conflict):
    """A request whose hours have begun cannot be approved any more."""

    code = "request-too-late"
    words = N_("The hours that were asked for have begun. Decline it, or have it moved.")


class RivalsChanged(Conflict):
    """The office approves knowing whom it refuses."""

    code = "rivals-changed"
    words = N_(
        "Somebody else asked for these hours since you looked. Load the inbox again: it shows "
        "whom an approval refuses."
    )


class WhyMissing(Invalid):
    """Who is declined reads why."""

    code = "decline-reason-missing"
    words = N_("%(field)s: say why. The member reads it.")


class ReasonMissing(Invalid):
    """Who overrides a rule says why, and everybody reads it."""

    code = "override-reason-missing"
    words = N_("%(field)s: say why the rule is set aside. Every member can read it.")


class ByRule(Conflict):
    """A line of the rules of booking says no; the facts cite it."""

    code = "policy-line"
    words = N_("Rule %(line)s of version %(version)s (%(category)s) does not allow this.")

    def cite(self, line: int, version: int, category: str) -> None:
        """Name the line, from 1, of the version of the rules for a category; "" is for all."""
        self.facts |= {"line": line, "version": version, "category": category or "all"}


class TooShort(ByRule):
    code = "policy-too-short"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked for at least "
        "%(limit)s minutes; you asked for %(asked)s."
    )


class TooLong(ByRule):
    code = "policy-too-long"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked for at most "
        "%(limit)s minutes; you asked for %(asked)s."
    )


class TooSoon(ByRule):
    code = "policy-too-soon"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked at least "
        "%(limit)s hours ahead; this begins in %(asked)s."
    )


class TooFarAhead(ByRule):
    code = "policy-too-far-ahead"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked at most "
        "%(limit)s days ahead; this is in %(asked)s."
    )


class OutsideHours(ByRule):
    code = "policy-outside-hours"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked between "
        "%(opens)s and %(closes)s of one day."
    )


class OutsideDays(ByRule):
    code = "policy-outside-days"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is not booked on that "
        "day of the week."
    )


class OutsideSeason(ByRule):
    code = "policy-outside-season"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): %(machine)s is booked from "
        "%(opens)s to %(closes)s of each year."
    )


class TooManyOpen(ByRule):
    code = "policy-too-many-open"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): a member has at most %(limit)s "
        "open bookings, and there are %(asked)s already."
    )


class QuotaOfBookings(ByRule):
    code = "policy-quota-bookings"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): a member books at most %(limit)s "
        "times in %(days)s days; this would be number %(asked)s."
    )


class QuotaOfHours(ByRule):
    code = "policy-quota-hours"
    words = N_(
        "Rule %(line)s of version %(version)s (%(category)s): a member books at most %(limit)s "
        "hours in %(days)s days; this would make %(asked)s."
    )
