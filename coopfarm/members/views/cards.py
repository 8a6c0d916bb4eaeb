"""Cards for members who cannot sign in yet, or forgot their PIN: made, printed."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import segno
from flask import make_response
from flask import request as http
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries
from coopfarm.members.actions import cards as actions
from coopfarm.members.queries import enrolment as known
from coopfarm.members.rules import enrolment as policy
from coopfarm.members.views import door
from coopfarm.members.views.door import bp
from coopfarm.web import pages, paper, problems, request, tongue, words

CARDS_MADE = Phrase(
    "cards-made",
    N_("Cards were made: %(count)s. Print them within an hour; cards from before are void."),
)
_QUIET_MODULES = 2


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """One card as it stands on the sheet."""

    name: str
    number: str
    code: str
    qr: Markup
    until: datetime


@bp.get("/cards")
@request.allowed("manager", "agent")
def cards() -> ResponseReturnValue:
    return _cards_page()


@bp.post("/cards")
@request.allowed("manager", "agent")
def make_cards() -> ResponseReturnValue:
    """For everybody who cannot sign in yet, or for the one whose number was sent."""
    session, number = request.session(), request.form().get("number", "").strip()
    if number:
        found = known.member_numbered(session, number[:20])
        if found is None:
            refusal = policy.NobodyNumbered(field="number", number=number[:20])
            return _cards_page(words.say(refusal.sentence)), problems.status_of(refusal)
        members = [found]
    else:
        members = [one.member for one in known.without_account(session, request.now())]
    made = actions.make_cards(
        session,
        members,
        actor_id=request.me().by or request.me().member_id,
        pepper=door.settings().pepper,
        now=request.now(),
        may_replace="manager" in request.me().roles,
    )
    return pages.done(CARDS_MADE(count=len(made)), "members.cards")


@bp.get("/cards/sheet")
@request.allowed("manager", "agent")
def card_sheet() -> ResponseReturnValue:
    return _sheet()


@bp.get("/cards/sheet.pdf")
@request.allowed("manager", "agent")
def card_sheet_pdf() -> ResponseReturnValue:
    response = make_response(paper.pdf(_sheet()))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="cards.pdf"'
    return response


def _cards_page(error: str = "") -> str:
    session = request.session()
    return pages.show(
        "members/enrol_cards.html",
        waiting=known.without_account(session, request.now()),
        to_print=len(_sheet_of_mine()),
        typed=request.form().get("number", "") or request.asked("number"),
        errors={"number": error} if error else {},
    )


def _sheet_of_mine() -> list[PrintedCard]:
    """The cards of the last hour: later nobody can read their codes again."""
    me, latin = request.me(), tongue.reads_latin()
    found = known.sheet(request.session(), me.by or me.member_id, request.now())
    address = door.settings().public_url or http.host_url.rstrip("/")
    made = []
    for card, member in found:
        code = actions.card_code(card, door.settings().pepper)
        made.append(
            PrintedCard(
                name=member.called(latin=latin),
                number=member.number,
                code=policy.grouped(code),
                qr=_qr(f"{address}/enrol/card#{urlencode({'n': member.number, 'c': code})}"),
                until=card.ends_at,
            )
        )
    return made


def _sheet() -> str:
    made = _sheet_of_mine()
    address = (door.settings().public_url or http.host_url).rstrip("/").partition("://")[2]
    here = queries.cooperative(request.session(), request.me().cooperative_id)
    return pages.show(
        "members/enrol_sheet.html",
        rows=[made[place : place + 2] for place in range(0, len(made), 2)],
        address=f"{address}/enrol",
        cooperative=here.name,
    )


def _qr(address: str) -> Markup:
    """What follows the # never leaves the phone: no server and no log sees it."""
    code = segno.make_qr(address, error="m")
    drawn = code.svg_inline(border=_QUIET_MODULES, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 (squares only: nothing of the address is in it as text)
