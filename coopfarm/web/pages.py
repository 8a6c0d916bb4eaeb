"""How a page is answered: shown, or done and what changed."""

from collections.abc import Callable
from uuid import uuid4

from flask import Flask, current_app, flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import get_domain, gettext, ngettext
from markupsafe import Markup

from coopfarm.config import LANGUAGES
from coopfarm.kernel.words import N_, Sentence
from coopfarm.web import request, times, tongue, words

_CONSOLE = (
    ("water.plans", N_("Water"), "drop", "/water"),
    ("maps.show", N_("Map"), "map", "/map"),
    ("maps.officer", N_("Map of the land"), "map", "/map/land"),
    ("land.overview", N_("Land"), "leaf", "/land"),
    ("equipment.inbox", N_("Requests"), "clock", "/machines/inbox"),
    ("equipment.machines", N_("Machines"), "tractor", "/machines"),
    ("equipment.campaigns", N_("Campaigns"), "map", "/machines/campaigns"),
    ("equipment.rounds", N_("Season"), "scale", "/machines/rounds"),
    ("equipment.not_returned", N_("Not returned"), "clock", "/machines/overdue"),
    ("equipment.office_slips", N_("Work slips"), "pencil", "/machines/slips"),
    ("ledger.accounts", N_("Given and received"), "scale", "/ledger/office"),
    ("pests.queue", N_("Pests"), "bug", "/pests"),
    ("parties.office", N_("Work parties"), "users", "/parties/office"),
    ("notebook.entered", N_("Notebook"), "pencil", "/notebook"),
    ("members.people", N_("Members"), "users", "/members"),
    ("members.cards", N_("Cards"), "print", "/cards"),
    ("sms.messages", N_("Short messages"), "phone", "/sms"),
)
_COUNTS: dict[str, Callable[[], int]] = {}
CONSOLE_ROLES = frozenset({"manager", "water_master", "agent", "officer", "treasurer", "auditor"})


say = words.say


def show(template: str, **answers: object) -> str:
    return render_template(template, **answers)


def is_part() -> bool:
    """Whether htmx asks for a part of a page that is open already."""
    return "HX-Request" in http.headers


def go(url: str) -> ResponseReturnValue:
    """Go to another page, also where only a part of this one was asked for."""
    if is_part():
        return "", 200, {"HX-Redirect": url}
    return redirect(url, 303)


def done(said: Sentence, endpoint: str, **values: object) -> ResponseReturnValue:
    """Say what changed on the next page, and go there."""
    flash(words.say(said))
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]


def counted(endpoint: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Have the console's menu say how much waits behind a section; asked only where it is shown."""

    def keep(count: Callable[[], int]) -> Callable[[], int]:
        _COUNTS[endpoint] = count
        return count

    return keep


def _console_sections() -> list[dict[str, object]]:
    known = request.who()
    if known is None or not known.roles & CONSOLE_ROLES:
        return []
    # Of sections that lie in each other the inner one is where somebody is.
    here = max((path for *_, path in _CONSOLE if request.path().startswith(path)), default="")
    return [
        {
            "endpoint": endpoint,
            "label": gettext(label),
            "icon": icon,
            "current": path == here,
            "count": _COUNTS.get(endpoint),
        }
        for endpoint, label, icon, path in _CONSOLE
        if _opens(endpoint, known.roles)
    ]


def _opens(endpoint: str, roles: frozenset[str]) -> bool:
    view = current_app.view_functions.get(endpoint)
    return view is not None and bool(roles & set(getattr(view, "allowed_roles", ())))


def _globals() -> dict[str, object]:
    return {
        "locale": tongue.locale(),
        "text_direction": tongue.text_direction(),
        "languages": list(LANGUAGES.items()),
        "me": request.who(),
        "console_sections": _console_sections(),
        "act_key": lambda: str(uuid4()),
        "server_now": request.now(),
        "say": words.say,
    }


def _counted(singular: str, plural: str, num: int, **facts: object) -> Markup:
    """As gettext's own, with the number in the reader's digits."""
    chosen = get_domain().get_translations().ungettext(singular, plural, num)
    return Markup(chosen) % {"num": tongue.number(num), **facts}  # noqa: S704 (our own words)


def init_app(app: Flask) -> None:
    """Give every template its words, its numbers and its times."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    # Else "unknown"|pest is worked out once for all, in the language of whoever comes first.
    app.jinja_env.optimized = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["ngettext"] = _counted
    app.jinja_env.filters.update(
        listed=tongue.listed,
        number=tongue.number,
        digits=tongue.digits,
        clock=times.clock,
        day=times.day,
        short_day=times.short_weekday,
        which_day=times.which_day,
        date_in_full=times.date_in_full,
        hijri=times.hijri,
        is_night=times.is_night,
        when=times.when,
        duration=times.duration,
        until=times.until,
        say=words.say,
        fact=words.shown,
    )
    app.context_processor(_globals)
