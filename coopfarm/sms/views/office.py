"""The manager's page: what was sent, what became of it, and whether the gateway works."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.sms import actions, queries
from coopfarm.sms.views.door import bp, post_office
from coopfarm.store import audit
from coopfarm.web import pages, problems, request, words

TEST_SENT = Phrase("sms-test-written", N_("The test is on its way. Its state shows here."))
_COUNTRY_FIRST = 8


class NumberUnusable(Invalid):
    code = "sms-number-unusable"
    words = N_("Write the number with its country, as in +20 10 1234 5678.")


@bp.get("/sms")
@request.allowed("manager")
def messages() -> ResponseReturnValue:
    return _page()


@bp.post("/sms/test")
@request.allowed("manager")
def test() -> ResponseReturnValue:
    session, me, now = request.session(), request.me(), request.now()
    typed = plain_digits(request.form().get("number", ""))[:40]
    number = "+" + "".join(sign for sign in typed if sign.isdecimal())
    if not typed.strip().startswith("+") or not _COUNTRY_FIRST <= len(number) <= 16:
        refusal = NumberUnusable(field="number")
        said = words.say(refusal.sentence)
        return _page({"number": said}), problems.status_of(refusal)
    text = gettext("A test from coopfarm: short messages arrive here.")
    message = actions.post(session, to=number, text=text, purpose="test", now=now)
    audit.record(session, "sms-tested", message, actor_id=me.member_id, at=now)
    request.enqueue(actions.JOB, actions.job_argument(message))
    return pages.done(TEST_SENT(), "sms.messages")


def _page(errors: dict[str, str] | None = None) -> str:
    session, now = request.session(), request.now()
    gateway = post_office().gateway
    return pages.show(
        "sms/messages.html",
        gateway=gateway.name if gateway else "",
        messages=queries.recent(session, now),
        received=queries.received(session, now),
        typed=request.form().get("number", ""),
        errors=errors or {},
    )
