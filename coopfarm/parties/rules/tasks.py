"""What work parties do, what members can do, and the states of both, in words."""

from typing import Final

from coopfarm.kernel.words import N_, Phrase

# Who calls work parties and speaks for the cooperative in them.
OFFICE: Final = ("manager", "water_master")

TASKS: Final = {
    "pest_control": Phrase("task:pest_control", N_("pest control")),
    "canal_cleaning": Phrase("task:canal_cleaning", N_("canal cleaning")),
    "harvest_help": Phrase("task:harvest_help", N_("help at the harvest")),
    "other": Phrase("task:other", N_("other work")),
}
# What takes a crop off its plot; the database names the same (`store.plot_locks`).
HARVESTS: Final = frozenset({"harvest_help"})
LEADING: Final = "leading"
SKILLS: Final = {
    LEADING: Phrase("skill:leading", N_("leading a crew")),
    "spraying": Phrase("skill:spraying", N_("spraying")),
    "pruning": Phrase("skill:pruning", N_("pruning")),
    "digging": Phrase("skill:digging", N_("digging")),
    "machines": Phrase("skill:machines", N_("driving machines")),
    "building": Phrase("skill:building", N_("building and mending")),
    "animals": Phrase("skill:animals", N_("looking after animals")),
    "first_aid": Phrase("skill:first_aid", N_("first aid")),
    "cooking": Phrase("skill:cooking", N_("cooking")),
}
STATES: Final = {
    "open": Phrase("party:open", N_("open")),
    "full": Phrase("party:full", N_("full")),
    "under_way": Phrase("party:under_way", N_("under way")),
    "done": Phrase("party:done", N_("done")),
    "credited": Phrase("party:credited", N_("credited")),
    "cancelled": Phrase("party:cancelled", N_("cancelled")),
}
AHEAD: Final = ("open", "full")
RUNS: Final = (*AHEAD, "under_way")
PLACES: Final = {
    "asked": Phrase("place:asked", N_("asked")),
    "joined": Phrase("place:joined", N_("comes")),
    "left": Phrase("place:left", N_("left")),
    "present": Phrase("place:present", N_("was there")),
    "absent": Phrase("place:absent", N_("did not come")),
    "excused": Phrase("place:excused", N_("excused")),
    "cash": Phrase("place:cash", N_("pays instead")),
}
ROLES: Final = {
    "leader": Phrase("crew:leader", N_("leads the crew")),
    "skill": Phrase("crew:skill", N_("with a skill")),
    "hand": Phrase("crew:hand", N_("one of the crew")),
}
EXCUSES: Final = {
    "illness": Phrase("excuse:illness", N_("illness in the house")),
    "hardship": Phrase("excuse:hardship", N_("hardship")),
    "other": Phrase("excuse:other", N_("something else")),
}
# Short enough to be one message or two in any script.
ASKED: Final = Phrase(
    "sms-party-asked",
    N_("You are asked to come: %(party)s, %(starts)s. Answer under Work parties."),
)
CALLED_OFF: Final = Phrase(
    "sms-party-off", N_("%(party)s, %(starts)s, is called off: %(why)s. Nobody is to come.")
)
