"""What the cooperative says no to around work parties, and what would work."""

from coopfarm.kernel.refusal import Conflict, Invalid, Missing, NotAllowed
from coopfarm.kernel.words import N_


class PartyFull(Conflict):
    code = "party-full"
    words = N_("All %(places)s places of this work party are taken. Choose another one.")


class PartyClosed(Conflict):
    """After the cut-off, or when the party is over."""

    code = "party-closed"
    words = N_(
        "Joining and leaving was possible until %(cut_off)s. After it, send somebody in your "
        "place, or tell the office."
    )


class PartyNotInThatState(Conflict):
    code = "party-not-in-that-state"
    words = N_("This work party is past that step. Load the page again: it shows what can follow.")


class PartyTimes(Invalid):
    code = "party-times"
    words = N_(
        "%(field)s: a work party ends after it starts, on the same day or the next morning, and "
        "its cut-off is not after its start."
    )


class PartyInThePast(Invalid):
    code = "party-in-the-past"
    words = N_("%(field)s: this has passed already. Choose an hour to come.")


class PartyAtPrayer(Conflict):
    code = "party-at-prayer"
    words = N_(
        "On Friday nobody is called to work from %(from)s to %(until)s: it is the hour of prayer "
        "(rules of work parties, version %(version)s). Choose an hour before or after."
    )


class PartyInRamadanEvening(Conflict):
    code = "party-in-ramadan-evening"
    words = N_(
        "In Ramadan nobody is called to work after %(until)s (rules of work parties, version "
        "%(version)s). Choose an earlier hour."
    )


class PlotNotToBeEntered(Conflict):
    """A spray, its re-entry interval, a turn of water or a machine."""

    code = "party-plot-taken"
    words = N_(
        "On plot %(plot)s there is %(what)s from %(starts)s to %(ends)s. Choose another time for "
        "the work party, or leave this plot out."
    )


class PlotSprayed(Conflict):
    """Nobody is called to a plot that must not be entered, or harvested, after spraying."""

    code = "party-plot-sprayed"
    words = N_(
        "Plot %(plot)s was sprayed with %(product)s: nobody works there before %(until)s. The "
        "work party needs a later time, or another plot."
    )


class PartyCrew(Invalid):
    code = "party-crew"
    words = N_(
        "%(field)s: a crew has from %(least)s to %(most)s places: the leader, one for each skill "
        "that is needed, and those who joined already."
    )


class PartyAmount(Invalid):
    code = "party-amount"
    words = N_("%(field)s: give a number from %(least)s to %(most)s.")


class PartyChoice(Invalid):
    code = "party-choice"
    words = N_("%(field)s: choose one of the list.")


class PlaceNotYours(Conflict):
    code = "party-place-missing"
    words = N_("You have no place in this work party. Join it first.")


class SubstituteIsYou(Invalid):
    code = "party-substitute-self"
    words = N_("%(field)s: send somebody else than yourself, who has no place in this party yet.")


class NotLeading(NotAllowed):
    code = "party-not-leading"
    words = N_("This is for whoever leads the crew, and for the office.")


class NoSuchPartyCode(Missing):
    code = "party-code-wrong"
    words = N_("These are not the six digits of this work party. Look at the leader's screen.")


class NotTheDay(Conflict):
    code = "party-not-the-day"
    words = N_("Being there is counted from %(opens)s to %(closes)s. Tell the leader.")


class WitnessMissing(Invalid):
    """Nobody is marked absent on one person's word."""

    code = "party-witness-missing"
    words = N_(
        "%(field)s: that somebody did not come, two people say: whoever leads, and a witness who "
        "was there. Choose the witness."
    )


class NobodyThere(Conflict):
    code = "party-nobody-there"
    words = N_("Nobody of the crew was counted yet. Count who came, or cancel the work party.")


class PartyPlanFails(Conflict):
    code = "party-plan-fails"
    words = N_("This plan does not hold: its check finds fault with it. Make a new one.")


class NoRateForCash(Conflict):
    code = "party-no-rate"
    words = N_("The members agreed on no rate for money in place of work. Ask the office.")


class PartyReasonMissing(Invalid):
    code = "party-reason-missing"
    words = N_("%(field)s: say why. Everybody who is concerned reads it.")
