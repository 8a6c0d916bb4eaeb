"""A page as it is typed: the grid, what it is understood as, and entering it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.notebook import actions
from coopfarm.notebook.rules import ENTERERS
from coopfarm.notebook.rules.heading import Heading
from coopfarm.notebook.rules.lines import CELLS, KINDS, MOST_LINES, Typed
from coopfarm.notebook.rules.pasting import Pasted, TooManyLines, read_pasted
from coopfarm.notebook.views.door import bp
from coopfarm.web import pages, request, tongue, words

ENTERED = Phrase(
    "done-notebook-entered",
    N_("Notebook %(notebook)s, page %(page)s is entered. Lines: %(lines)s."),
)
ROWS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it came: the head of the page, its lines, and what was pasted."""

    heading: Heading = field(default_factory=Heading)
    typed: tuple[Typed, ...] = ()
    pasted: str = ""
    ignored: tuple[str, ...] = ()

    def with_pasted(self, read: Pasted) -> "Sent":
        """The pasted lines below those that were typed. Raises TooManyLines."""
        filled = tuple(line for line in self.typed if not line.is_blank)
        lines = (*filled, *read.lines) if read.lines else self.typed
        if len(lines) > MOST_LINES:
            raise TooManyLines(field="pasted", most=MOST_LINES, count=len(lines))
        return replace(self, typed=lines, pasted="", ignored=read.ignored)


@bp.get("/new")
@request.allowed(*ENTERERS)
def new() -> ResponseReturnValue:
    return _form(Sent(), rows=ROWS_AT_ONCE)


@bp.post("/check")
@request.allowed(*ENTERERS)
def check() -> ResponseReturnValue:
    """What the page would be entered as; nothing of it is stored."""
    sent = _sent()
    if request.form().get("more"):
        shown = _form(sent, rows=len(sent.typed) + ROWS_AT_ONCE)
    else:
        shown = _checked(sent)
    request.keep_nothing()
    return shown


@bp.post("")
@request.allowed(*ENTERERS)
def enter() -> ResponseReturnValue:
    """Enter the page; with anything in the way it is shown again as it was typed."""
    sent = _sent()
    if sent.pasted.strip():
        return _checked(sent), 422
    session, now = request.session(), request.now()
    understood = actions.look(
        session, sent.heading, sent.typed, now=now, latin=tongue.reads_latin()
    )
    if understood.problems:
        return _form(sent, rows=len(sent.typed), understood=understood), 422
    page = actions.enter(session, understood, actor_id=request.me().member_id, now=now)
    said = ENTERED(lines=page.lines, notebook=page.notebook, page=page.page)
    return pages.done(said, "notebook.entered")


def _sent() -> Sent:
    form = request.form()
    rows = whole(form.get("rows", ""), MOST_LINES) or 0
    typed = [Typed(**{cell: form.get(f"{cell}-{n}", "") for cell in CELLS}) for n in range(rows)]
    head = (form.get(name, "").strip() for name in ("notebook", "page", "told_by"))
    return Sent(Heading(*head), tuple(typed), form.get("pasted", ""))


def _checked(sent: Sent) -> str:
    try:
        sent = sent.with_pasted(read_pasted(sent.pasted))
    except Invalid as refusal:
        return _form(sent, rows=len(sent.typed), amiss=(refusal,))
    session, now = request.session(), request.now()
    understood = actions.look(
        session, sent.heading, sent.typed, now=now, latin=tongue.reads_latin()
    )
    return _form(sent, rows=len(sent.typed), understood=understood)


def _form(
    sent: Sent,
    *,
    rows: int,
    understood: actions.Understood | None = None,
    amiss: Sequence[Refusal] = (),
) -> str:
    shown = max(rows, ROWS_AT_ONCE)
    blank = (Typed(),) * (min(shown, MOST_LINES) - len(sent.typed))
    amiss = (*amiss, *(understood.amiss if understood else ()))
    return pages.show(
        "notebook/enter.html",
        sent=sent,
        typed=(*sent.typed, *blank),
        read={row.place: row for row in understood.rows} if understood else {},
        understood=understood,
        errors={problem.field: words.say(problem.sentence) for problem in amiss},
        kinds=[*KINDS],
        most=MOST_LINES,
    )
