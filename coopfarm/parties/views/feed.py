"""Work parties for members: what is ahead, one party, joining, leaving, sending somebody."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.models import Member
from coopfarm.parties.actions import calling, day, joining
from coopfarm.parties.models import Place, WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.policy import attendance
from coopfarm.parties.rules.tasks import AHEAD, EXCUSES, LEADING, RUNS, SKILLS, STATES
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, request, tongue

_JOINED = Phrase("party-joined", N_("You have a place. Until %(cut_off)s you can give it up."))
_LEFT = Phrase("party-left", N_("Your place is open for others."))
_SENT = Phrase("party-sent", N_("%(name)s comes in your place: the duty counts as done."))
_ASKED = Phrase(
    "party-sent-member",
    N_("%(name)s was asked to come in your place. Until then you are expected."),
)
_STANDS_IN = Phrase("party-stands-in", N_("Your answer is kept."))
_PAYS = Phrase(
    "party-pays", N_("Kept. Bring the money to the office: then the duty counts as done.")
)
_EXCUSED = Phrase("party-excused", N_("Kept. The office alone reads it, and your standing stays."))
_HERE = Phrase("party-here", N_("You are counted. Thank you."))
_SKILLS = Phrase("party-skills-kept", N_("What you can do is kept."))
_BACK: Final = timedelta(days=60)
_SHOWN: Final = tuple(state for state in STATES if state != "cancelled")


@bp.get("/parties")
@request.allowed()
def feed() -> ResponseReturnValue:
    """Work parties ahead: when, where, what for, places left, hours credited"""
    session, who = request.session(), asking.who()
    ahead = known.parties(session, RUNS, who.now)
    past = known.parties(session, ("done", "credited", "under_way"), who.now - _BACK)
    ids = [one.id for one in (*ahead, *past)]
    mine = known.places_of(session, who.member_id, ids)
    return pages.show(
        "parties/feed.html",
        ahead=ahead,
        past=[one for one in past if one.id in mine and one not in ahead][::-1],
        mine=mine,
        taken=known.taken(session, ids),
        instead=_instead(who),
        may_join=[one.id for one in ahead if one.state in AHEAD and one.cut_off_at > who.now],
        is_office=who.is_office,
    )


@bp.get("/parties/<uuid:party_id>")
@request.allowed()
def party(party_id: UUID) -> ResponseReturnValue:
    """One work party: what is to be done, who comes, why you, and what you can do now"""
    return _page(party_id)


@bp.post("/parties/<uuid:party_id>/join")
@request.allowed()
def join(party_id: UUID) -> ResponseReturnValue:
    """Take a place in a work party"""
    joining.join(request.session(), party_id, asking.who(), did_at=request.acted_at())
    found = known.party(request.session(), party_id)
    return pages.done(_JOINED(cut_off=found.cut_off_at), "parties.party", party_id=party_id)


@bp.post("/parties/<uuid:party_id>/leave")
@request.allowed()
def leave(party_id: UUID) -> ResponseReturnValue:
    """Give a place in a work party up"""
    joining.leave(request.session(), party_id, asking.who())
    return pages.done(_LEFT(), "parties.party", party_id=party_id)


@bp.post("/parties/<uuid:party_id>/send")
@request.allowed()
def send(party_id: UUID) -> ResponseReturnValue:
    """Send somebody in one's place: a member by number, or a person by name"""
    session, name = request.session(), request.form().get("name", "").strip()
    member = session.scalar(select(Member).where(Member.number == name.upper())) if name else None
    joining.send(session, party_id, member.id if member else None, name, asking.who())
    if member is None:
        return pages.done(_SENT(name=name), "parties.party", party_id=party_id)
    called = member.called(latin=tongue.reads_latin())
    return pages.done(_ASKED(name=called), "parties.party", party_id=party_id)


@bp.post("/parties/places/<uuid:place_id>/stand-in")
@request.allowed()
def stand_in(place_id: UUID) -> ResponseReturnValue:
    """Agree to come in somebody's place, or say no"""
    agrees = request.form().get("agrees") == "yes"
    joining.stand_in(request.session(), place_id, agrees, asking.who())
    return pages.done(_STANDS_IN(), "parties.feed")


@bp.post("/parties/<uuid:party_id>/pay")
@request.allowed()
def pay(party_id: UUID) -> ResponseReturnValue:
    """Pay in place of the work, at the rate the members agreed on"""
    joining.pay_instead(request.session(), party_id, asking.who())
    return pages.done(_PAYS(), "parties.party", party_id=party_id)


@bp.post("/parties/<uuid:party_id>/excuse")
@request.allowed()
def excuse(party_id: UUID) -> ResponseReturnValue:
    """Tell the office, and nobody else, why one cannot come or could not"""
    form = request.form()
    kind, said = form.get("excuse", ""), form.get("excuse_words", "")
    joining.excuse(request.session(), party_id, kind, said, asking.who())
    return pages.done(_EXCUSED(), "parties.party", party_id=party_id)


@bp.post("/parties/<uuid:party_id>/here")
@request.allowed()
def here(party_id: UUID) -> ResponseReturnValue:
    """Count oneself as there, by what the leader shows"""
    shown = as_shown(request.form().get("code", ""))
    day.arrive(request.session(), party_id, shown, asking.who(), did_at=request.acted_at())
    return pages.done(_HERE(), "parties.party", party_id=party_id)


@bp.get("/parties/<uuid:party_id>/here/<secret>")
@request.allowed()
def at_the_square(party_id: UUID, secret: str) -> ResponseReturnValue:
    """Where the leader's square leads: one button that counts whoever scanned it"""
    return _page(party_id, secret)


@bp.get("/parties/skills")
@request.allowed()
def skills() -> ResponseReturnValue:
    """What I can do for a crew"""
    me = request.me().member_id
    has = known.skills(request.session(), [me])[me]
    offered = [one for one in SKILLS if one != LEADING]
    return pages.show("parties/skills.html", has=has, skills=offered, leads=LEADING in has)


@bp.post("/parties/skills")
@request.allowed()
def keep_skills() -> ResponseReturnValue:
    """Keep what I can do; who leads crews is for the office to say"""
    session, who = request.session(), asking.who()
    kept = known.skills(session, [who.member_id])[who.member_id] & {LEADING}
    wanted = frozenset(one for one in SKILLS if one != LEADING and request.form().get(one))
    calling.set_skills(session, who.member_id, wanted | kept, who)
    return pages.done(_SKILLS(), "parties.skills")


def as_shown(text: str) -> str:
    """Six digits in any script, or the secret of a square, as it was shown."""
    return "".join(plain_digits(text).split())[:60]


def _page(party_id: UUID, secret: str = "") -> str:
    session, who = request.session(), asking.who()
    found = known.party(session, party_id)
    place = known.place(session, party_id, who.member_id)
    standing = known.standing(session, found, who.now)
    open_for = attendance(found.starts_at, found.ends_at)
    is_the_day = open_for.start <= who.now < open_for.end
    is_ahead = place is not None and place.is_live and who.now < open_for.start
    can_come = found.state in (*RUNS, "done") and (is_the_day or is_ahead or bool(secret))
    return pages.show(
        "parties/party.html",
        party=found,
        place=place,
        standing=standing,
        crew=known.crew(session, party_id),
        plots=known.plots(session, party_id),
        titles=asking.titles([found]),
        can_join=standing.is_before_cut_off and standing.taken < standing.places,
        can_answer=place is not None and place.state == "asked" and found.state in AHEAD,
        can_leave=place is not None and place.is_live and standing.is_before_cut_off,
        can_send=_can_send(found, place, who),
        can_excuse=_can_excuse(found, place),
        can_come=can_come,
        counted_from=open_for.start if is_ahead else None,
        secret=secret,
        leads=who.is_office or known.leads(session, party_id, who.member_id),
        cash=known.terms(session).cash(found.credit_minutes),
        excuses=[(one, asking.in_words(one, "excuse")) for one in EXCUSES],
        instead=[one for one in _instead(who) if one[1].id == party_id],
    )


def _can_send(found: WorkParty, place: Place | None, who: Who) -> bool:
    has_place = place is not None and place.state in ("asked", "joined")
    return has_place and found.state in AHEAD and who.now < found.starts_at


def _can_excuse(found: WorkParty, place: Place | None) -> bool:
    has_place = place is not None and place.state in ("asked", "joined", "absent")
    return has_place and found.state in (*RUNS, "done")


def _instead(who: Who) -> list[tuple[Place, WorkParty, Member]]:
    """Where somebody asks this reader to come in their place, and where that is agreed."""
    session = request.session()
    found = []
    for place in known.as_substitute(session, who.member_id):
        told = known.party(session, place.party_id)
        if told.state in AHEAD and told.ends_at > who.now:
            owner = session.scalar(select(Member).where(Member.id == place.member_id))
            if owner is not None:
                found.append((place, told, owner))
    return found
