"""What members are trusted with, and how far their membership has come, in words."""

from coopfarm.kernel.words import N_, Phrase

ROLES = {
    "member": Phrase("role:member", N_("member")),
    "agent": Phrase("role:agent", N_("booking agent")),
    "caretaker": Phrase("role:caretaker", N_("caretaker of machines")),
    "water_master": Phrase("role:water_master", N_("water master")),
    "manager": Phrase("role:manager", N_("manager")),
    "treasurer": Phrase("role:treasurer", N_("treasurer")),
    "officer": Phrase("role:officer", N_("extension officer")),
    "auditor": Phrase("role:auditor", N_("auditor")),
}
STATES = {
    "applied": Phrase("membership:applied", N_("has applied")),
    "accepted": Phrase("membership:accepted", N_("accepted, not signed in yet")),
    "active": Phrase("membership:active", N_("active")),
    "suspended": Phrase("membership:suspended", N_("suspended")),
    "leaving": Phrase("membership:leaving", N_("leaving")),
    "left": Phrase("membership:left", N_("has left")),
}
# Who may sign in. A suspended member still reads what is theirs.
MAY_SIGN_IN = ("accepted", "active", "suspended", "leaving")
