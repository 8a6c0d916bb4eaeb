"""What was done, in words; and what is kept about a member, by what it is."""

from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence

_FALLBACK: Final = Phrase("did", N_("something else (%(verb)s)"))
# Every act that is written down, as it is told after "Omar for Fatima:".
VERBS: Final = {
    verb: Phrase(f"did:{verb}", told)
    for verb, told in {
        "applied": N_("applied to become a member"),
        "card-made": N_("made a card to sign in with for %(subject)s"),
        "consent.end": N_("ended a consent of %(subject)s to a helper"),
        "consent.give": N_("entered a consent of %(subject)s to a helper"),
        "household.make": N_("made a household"),
        "household.move": N_("changed the household of %(subject)s"),
        "household.name": N_("renamed a household"),
        "import.done": N_("imported land"),
        "member.forget": N_("removed the name of a former member"),
        "membership.accept": N_("accepted %(subject)s as a member"),
        "membership.add": N_("took %(subject)s in as a member"),
        "membership.decline": N_("declined the application of %(subject)s"),
        "membership.end": N_("entered that %(subject)s has left"),
        "membership.leave": N_("entered that %(subject)s is leaving"),
        "membership.resume": N_("ended the suspension of %(subject)s"),
        "membership.return": N_("took %(subject)s back in as a member"),
        "membership.stay": N_("entered that %(subject)s stays"),
        "membership.suspend": N_("suspended %(subject)s"),
        "officer.agree": N_("agreed to be the extension officer"),
        "officer.ask": N_("asked for an extension officer"),
        "officer.end": N_("ended being the extension officer"),
        "phone.share": N_("chose whether neighbours see the phone number"),
        "pin-chosen": N_("chose a PIN"),
        "plan.ask": N_("asked for a water plan"),
        "plan.draft": N_("drafted a water plan"),
        "plan.drop": N_("dropped a water plan"),
        "plan.stop": N_("stopped the work on a water plan"),
        "plan.use-best": N_("took the best water plan there was"),
        "plan.give-notice": N_("gave notice of a water plan"),
        "plan.put-in-force": N_("put a water plan in force"),
        "plan.undo": N_("took back a step of a water plan"),
        "plot.change": N_("changed a plot"),
        "reading.forget": N_("forgot how a file was read"),
        "record.take": N_("took a copy of their own record"),
        "roles.set": N_("changed the roles of %(subject)s"),
        "second-factor.reset": N_("reset the second factor of %(subject)s"),
        "secret.change": N_("changed the PIN or password"),
        "sessions.end": N_("ended the sessions of %(subject)s"),
        "sms-tested": N_("sent a short message to try it"),
        "standing-in.begin": N_("began to act for %(subject)s"),
        "standing-in.stop": N_("stopped acting for %(subject)s"),
        "weather.days": N_("entered weather"),
        "weather.station": N_("changed a weather station"),
    }.items()
}


def told(verb: str, subject: str) -> Sentence:
    """An act in words; one that has none yet is named."""
    phrase = VERBS.get(verb)
    return phrase(subject=subject) if phrase else _FALLBACK(verb=verb)
