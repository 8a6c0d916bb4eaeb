"""Each gateway: what is asked of it, to the byte, and what is made of its answers."""

import json
from pathlib import Path

import pytest

from coopfarm.sms import rules
from coopfarm.sms.rules import Answer, Call, Command, Heard, Incoming, Line, Outgoing, Report

GOLDEN = Path(__file__).parent / "golden"
TEXTS = {
    "en": "Your turn: tonight 01:40. Outlet [W3] & nakka 7 = €0",
    "ar": "دورك الليلة ٠١:٤٠، مسقى ٣ + نكّة ٧",
}
LINES = {
    "console": Line(),
    "twilio": Line("", "AC0123", "auth token", "+15005550006", "https://water.example.org/h/s"),
    "africas-talking": Line("", "coop", "api key", "ALNUR", "https://water.example.org/h/s"),
    "rapidpro": Line(
        "https://aggregator.example/send", "chan-1", "tok", "+2015", "https://water.example.org/h/s"
    ),
    "kannel": Line(
        "http://127.0.0.1:13013", "kannel user", "p&ss", "3311", "https://water.example.org/h/s"
    ),
    "gammu": Line("/etc/gammu-smsdrc"),
}


def gateway(name: str) -> rules.Gateway:
    found = rules.gateway(name, LINES[name])
    assert found is not None
    return found


def as_told(errand: rules.Errand) -> dict[str, object]:
    if isinstance(errand, Call):
        body = errand.body.decode("ascii")
        return {
            "method": errand.method,
            "url": errand.url,
            "headers": dict(errand.headers),
            "body": body,
        }
    if isinstance(errand, Command):
        return {"words": list(errand.words), "text": errand.text.decode()}
    return {"line": errand.line}


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("name", rules.GATEWAYS)
def test_what_is_sent_is_what_the_gateway_wants_to_the_byte(name: str, language: str) -> None:
    message = Outgoing("ref-42_x", "+201530000001", TEXTS[language])

    errand = gateway(name).send(message)

    kept = json.loads((GOLDEN / f"{name}.{language}.json").read_text("utf-8"))
    assert as_told(errand) == kept


@pytest.mark.parametrize(
    ("name", "answer", "state", "provider_id"),
    [
        ("twilio", Answer(201, '{"sid": "SM1", "status": "queued"}'), "sent", "SM1"),
        ("twilio", Answer(400, '{"code": 21211, "message": "Invalid To"}'), "failed", ""),
        ("twilio", Answer(401, "no json"), "failed", ""),
        ("twilio", Answer(429, ""), "queued", ""),
        ("twilio", Answer(503, ""), "queued", ""),
        ("twilio", Answer(500, ""), "failed", ""),
        (
            "africas-talking",
            Answer(
                201,
                '{"SMSMessageData": {"Recipients": [{"statusCode": 101, "messageId": "ATX1"}]}}',
            ),
            "sent",
            "ATX1",
        ),
        (
            "africas-talking",
            Answer(
                201,
                '{"SMSMessageData": {"Recipients": [{"statusCode": 403, "status": "Invalid"}]}}',
            ),
            "failed",
            "",
        ),
        ("africas-talking", Answer(201, '{"SMSMessageData": {"Recipients": []}}'), "failed", ""),
        ("africas-talking", Answer(503, ""), "queued", ""),
        ("rapidpro", Answer(200, "ok"), "sent", ""),
        ("rapidpro", Answer(404, ""), "failed", ""),
        ("kannel", Answer(202, "0: Accepted for delivery"), "sent", ""),
        ("kannel", Answer(403, "Authorization failed"), "failed", ""),
        ("kannel", Answer(503, "Temporal failure"), "queued", ""),
        ("gammu", Answer(200), "sent", ""),
        ("gammu", Answer(500), "failed", ""),
        ("console", Answer(200), "delivered", ""),
    ],
)
def test_an_answer_says_what_became_of_the_message(
    name: str, answer: Answer, state: str, provider_id: str
) -> None:
    outcome = gateway(name).outcome(answer)

    assert (outcome.state, outcome.provider_id) == (state, provider_id)
    assert bool(outcome.problem) == (state in ("failed", "queued"))


def heard(hook: str, fields: dict[str, str], **more: object) -> Heard:
    return Heard(hook, "https://water.example.org/h/s/" + hook, fields, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "told", "report"),
    [
        (
            "twilio",
            heard("report", {"MessageSid": "SM1", "MessageStatus": "delivered"}),
            Report("SM1", "delivered"),
        ),
        (
            "twilio",
            heard(
                "report",
                {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"},
                query={"id": "ref-42_x"},
            ),
            Report("ref-42_x", "failed", "Twilio 30003"),
        ),
        ("twilio", heard("report", {"MessageSid": "SM1", "MessageStatus": "queued"}), None),
        (
            "africas-talking",
            heard("report", {"id": "ATX1", "status": "Success"}),
            Report("ATX1", "delivered"),
        ),
        (
            "africas-talking",
            heard("report", {"id": "ATX1", "status": "Failed", "failureReason": "UserInBlackList"}),
            Report("ATX1", "failed", "UserInBlackList"),
        ),
        ("rapidpro", heard("delivered", {"id": "ref-42_x"}), Report("ref-42_x", "delivered")),
        ("rapidpro", heard("failed", {"uuid": "u-1"}), Report("u-1", "failed")),
        (
            "kannel",
            heard("report", {"id": "ref-42_x", "status": "1"}),
            Report("ref-42_x", "delivered"),
        ),
        (
            "kannel",
            heard("report", {"id": "ref-42_x", "status": "16"}),
            Report("ref-42_x", "failed"),
        ),
        ("kannel", heard("report", {"id": "ref-42_x", "status": "4"}), None),
        ("gammu", heard("report", {"id": "ref-42_x"}), None),
        ("console", heard("report", {"id": "ref-42_x"}), None),
    ],
)
def test_a_report_is_understood(name: str, told: Heard, report: Report | None) -> None:
    assert gateway(name).report(told) == report


@pytest.mark.parametrize(
    ("name", "fields", "incoming"),
    [
        (
            "twilio",
            {"From": "+20153", "Body": "دور", "MessageSid": "SM2"},
            Incoming("+20153", "دور", "SM2"),
        ),
        (
            "africas-talking",
            {"from": "+20153", "text": "TURN", "id": "in-1"},
            Incoming("+20153", "TURN", "in-1"),
        ),
        (
            "rapidpro",
            {"sender": "+20153", "text": "TURN", "time": "2026-07-01T08:00:00Z"},
            Incoming("+20153", "TURN", "+20153 2026-07-01T08:00:00Z"),
        ),
        (
            "kannel",
            {"sender": "20153", "message": "TURN", "id": "k-1"},
            Incoming("20153", "TURN", "k-1"),
        ),
    ],
)
def test_a_message_to_us_is_understood(
    name: str, fields: dict[str, str], incoming: Incoming
) -> None:
    assert gateway(name).received(heard("receive", fields)) == incoming
    assert gateway(name).received(heard("report", fields)) is None


def test_twilio_is_believed_by_its_signature_over_the_exact_address() -> None:
    # The example of https://www.twilio.com/docs/usage/security#validating-requests
    line = Line(secret="12345")
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    signature = {"X-Twilio-Signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="}
    twilio = rules.gateway("twilio", line)
    assert twilio is not None

    believed = [
        twilio.is_genuine(Heard("report", url, fields, headers=signature)),
        twilio.is_genuine(Heard("report", url.replace("https", "http"), fields, headers=signature)),
        twilio.is_genuine(Heard("report", url, fields | {"Digits": "1"}, headers=signature)),
        twilio.is_genuine(Heard("report", url, fields)),
    ]

    assert believed == [True, False, False, False]


def test_gammu_hands_over_one_long_message_or_several_short_ones() -> None:
    long = {
        "SMS_MESSAGES": "2",
        "SMS_1_NUMBER": "+20153",
        "SMS_1_TEXT": "half",
        "SMS_2_NUMBER": "+20153",
        "DECODED_PARTS": "1",
        "DECODED_0_TEXT": "half and half",
    }
    short = {
        "SMS_MESSAGES": "2",
        "SMS_1_NUMBER": "+20153",
        "SMS_1_TEXT": "TURN",
        "SMS_2_NUMBER": "+20154",
        "SMS_2_TEXT": "دور",
        "DECODED_PARTS": "0",
    }

    assert [*rules.received_by_gammu(long)] == [Incoming("+20153", "half and half")]
    assert [*rules.received_by_gammu(short)] == [
        Incoming("+20153", "TURN"),
        Incoming("+20154", "دور"),
    ]
    assert [*rules.received_by_gammu({})] == []
    assert [*rules.received_by_gammu({"SMS_MESSAGES": "-1", "DECODED_PARTS": "x"})] == []


def test_no_secret_and_no_text_shows_where_a_value_is_written_down() -> None:
    message = Outgoing("ref", "+20153", "code 123456")

    shown = [repr(gateway(name)) + repr(gateway(name).send(message)) for name in rules.GATEWAYS]

    for line in shown:
        assert "123456" not in line
        assert "auth token" not in line
