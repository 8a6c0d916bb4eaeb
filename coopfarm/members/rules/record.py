"""What was done, in words; and what is kept about a member, by what it is."""

from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence

_FALLBACK: Final = Phrase("did", N_("something else (%(verb)s)"))
# Every act that is written down, as it is told after "Omar for Fatima:".
VERBS: Final = {
    verb: Phrase(f"did:{verb}", told)
    for verb, told in {
        "applied": N_("applied to become a member"),
        "canal.change": N_("changed a canal"),
        "canal.draw": N_("drew a canal"),
        "canal.draw-undo": N_("took the drawing of a canal back"),
        "canal.redraw": N_("changed a canal on the map"),
        "canal.redraw-undo": N_("took a change of a canal back"),
        "canal.remove": N_("removed a canal"),
        "canal.remove-undo": N_("brought a removed canal back"),
        "canals.import": N_("imported canals"),
        "canals.undo-import": N_("took an import of canals back"),
        "card-made": N_("made a card to sign in with for %(subject)s"),
        "consent.end": N_("ended a consent of %(subject)s to a helper"),
        "consent.give": N_("entered a consent of %(subject)s to a helper"),
        "household.make": N_("made a household"),
        "household.move": N_("changed the household of %(subject)s"),
        "household.name": N_("renamed a household"),
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
        "nakka.draw": N_("drew a nakka"),
        "nakka.draw-undo": N_("took the drawing of a nakka back"),
        "nakka.redraw": N_("changed a nakka on the map"),
        "nakka.redraw-undo": N_("took a change of a nakka back"),
        "nakka.remove": N_("removed a nakka"),
        "nakka.remove-undo": N_("brought a removed nakka back"),
        "nakka.carry": N_("moved a nakka along with its outlet"),
        "notebook.enter": N_("entered a page of a notebook"),
        "notebook.undo": N_("took a page of a notebook back"),
        "outlet.carry": N_("moved an outlet along with its canal"),
        "outlet.change": N_("changed an outlet"),
        "outlet.compute-order": N_("gave an outlet the order of the network again"),
        "outlet.draw": N_("drew an outlet"),
        "outlet.draw-undo": N_("took the drawing of an outlet back"),
        "outlet.order": N_("put the plots of an outlet in order"),
        "outlet.redraw": N_("changed an outlet on the map"),
        "outlet.redraw-undo": N_("took a change of an outlet back"),
        "outlet.remove": N_("removed an outlet"),
        "outlet.remove-undo": N_("brought a removed outlet back"),
        "outlets.import": N_("imported outlets"),
        "outlets.undo-import": N_("took an import of outlets back"),
        "plan.ask": N_("asked for a water plan"),
        "plan.draft": N_("drafted a water plan"),
        "plan.drop": N_("dropped a water plan"),
        "plan.in-force": N_("put a water plan in force"),
        "plan.notice": N_("gave notice of a water plan"),
        "plan.restored": N_("put the water plan before it in force again"),
        "plan.stop": N_("stopped the work on a water plan"),
        "plan.superseded": N_("ended a water plan by putting another in force"),
        "plan.undo": N_("took back a step of a water plan"),
        "plan.use-best": N_("took the best water plan there was"),
        "plot.change": N_("changed a plot"),
        "plots.import": N_("imported plots"),
        "plots.undo-import": N_("took an import of plots back"),
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


# What is kept about a member, as their record shows it.
SECTIONS: Final = {
    section: Phrase(f"kept:{section}", words)
    for section, words in {
        "application": N_("My application"),
        "calendar": N_("My calendar"),
        "cards_to_sign_in": N_("Cards to sign in with"),
        "consents": N_("Helpers I named, and whom I help"),
        "history": N_("What was done, by me or for me"),
        "membership": N_("My membership"),
        "messages_to_me": N_("Short messages to me"),
        "notebook_entries": N_("Lines of notebooks about me"),
        "notebook_entries_i_entered": N_("Lines of notebooks that I entered"),
        "notebook_pages": N_("Pages of notebooks that I told or that were entered for me"),
        "notebook_pages_i_entered": N_("Pages of notebooks that I entered"),
        "plots": N_("My plots"),
        "requests_answered": N_("Requests of mine that were answered"),
        "roles": N_("My roles"),
        "second_factor": N_("My second step of signing in"),
        "sessions": N_("Where I am signed in"),
        "sign_in": N_("What I sign in with"),
        "turns": N_("My turns"),
        "water_awarded": N_("Water awarded to my plots"),
    }.items()
}
