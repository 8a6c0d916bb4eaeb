"""The outbox: written with the act, sent once, retried where that cannot send it twice."""

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from coopfarm.config import Settings
from coopfarm.sms import actions, rules
from coopfarm.sms.actions import Carry, NotCarried, OutcomeUnknown
from coopfarm.sms.models import Message
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.sms.conftest import Asked

Send = Callable[[str], Message]
NUMBER = "+201530000001"


@pytest.fixture
def write(database: Database, cooperative_id: int, clock: Clock) -> Callable[..., str]:
    """Write a message and commit; the argument of its job."""

    def post(text: str = "Code 123456", purpose: str = "code") -> str:
        with database.transaction(cooperative_id) as session:
            message = actions.post(
                session,
                to=NUMBER,
                text=text,
                purpose=purpose,
                now=clock.now,
                good_until=clock.now + timedelta(minutes=10),
            )
            return actions.job_argument(message)

    return post


@pytest.fixture
def kept(database: Database, cooperative_id: int) -> Callable[[], Message]:
    def read() -> Message:
        with database.reading() as session:
            session.cooperative_id = cooperative_id
            return session.scalars(select(Message)).one()

    return read


@pytest.fixture
def send(database: Database, clock: Clock, listening: Asked) -> Callable[..., None]:
    """Do the job, through a gateway that speaks to the listening server."""

    def perform(argument: str, carry: Carry | None = None) -> None:
        gateway = rules.gateway("rapidpro", rules.Line(url=listening.url))
        by_hand: Carry = carry or (lambda e: actions.carry(e, handset=Path("/nowhere")))
        actions.perform(database, argument, clock, gateway, by_hand)

    return perform


def test_a_message_is_sent_once_however_often_its_job_is_done(
    write: Callable[..., str],
    send: Callable[..., None],
    kept: Callable[..., Message],
    listening: Asked,
) -> None:
    argument = write()

    for _ in range(3):
        send(argument)

    assert len(listening.bodies) == 1
    assert (kept().state, kept().tries) == ("sent", 1)


def test_the_text_of_a_code_is_wiped_once_it_was_sent_and_of_a_notice_is_not(
    write: Callable[..., str],
    send: Callable[..., None],
    database: Database,
    cooperative_id: int,
) -> None:
    for argument in (write(), write("Your turn is at 01:40", "notice")):
        send(argument)

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        texts = set(session.scalars(select(Message.text)))
    assert texts == {"", "Your turn is at 01:40"}


def test_who_surely_did_not_take_it_is_asked_again_later_and_later(
    write: Callable[..., str],
    send: Callable[..., None],
    kept: Callable[..., Message],
    listening: Asked,
    clock: Clock,
) -> None:
    argument = write(purpose="notice")
    listening.answers = [(503, ""), (429, "")]

    states = []
    for seconds in (0, 29, 1, 59, 1):
        clock.forward(seconds=seconds)
        send(argument)
        states.append((kept().state, len(listening.bodies)))

    assert states == [("queued", 1), ("queued", 1), ("queued", 2), ("queued", 2), ("sent", 3)]


def test_a_gateway_that_is_away_is_tried_five_times(
    write: Callable[..., str], send: Callable[..., None], kept: Callable[..., Message], clock: Clock
) -> None:
    argument, tries = write(purpose="notice"), []

    def away(_: rules.Errand) -> rules.Answer:
        tries.append(clock.now)
        raise NotCarried("ConnectionRefusedError")

    for _ in range(13):
        send(argument, away)
        clock.forward(seconds=45)

    assert len(tries) == 5
    assert (kept().state, kept().problem) == ("failed", "not reached: ConnectionRefusedError")


def test_who_may_have_taken_it_is_not_asked_again(
    write: Callable[..., str],
    send: Callable[..., None],
    kept: Callable[..., Message],
    listening: Asked,
) -> None:
    argument = write()

    def lost(_: rules.Errand) -> rules.Answer:
        raise OutcomeUnknown("TimeoutError")

    send(argument, lost)
    send(argument)

    assert listening.bodies == []
    assert (kept().state, kept().problem, kept().text) == ("failed", "no answer: TimeoutError", "")


def test_a_code_is_not_sent_when_it_is_no_longer_good(
    write: Callable[..., str],
    send: Callable[..., None],
    kept: Callable[..., Message],
    listening: Asked,
    clock: Clock,
) -> None:
    argument = write()
    clock.forward(minutes=10)

    send(argument)

    assert listening.bodies == []
    assert (kept().state, kept().problem, kept().text) == ("failed", "too late", "")


def test_what_was_cut_off_is_given_up_and_what_waits_is_found(
    write: Callable[..., str],
    send: Callable[..., None],
    database: Database,
    cooperative_id: int,
    clock: Clock,
) -> None:
    waiting = write(purpose="notice")
    cut = write()

    def killed(_: rules.Errand) -> rules.Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(cut, killed)
    clock.forward(minutes=6)

    due = [*actions.due(database, lambda _: [cooperative_id], clock.now)]

    assert due == [waiting]
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        states = {m.purpose: (m.state, m.problem) for m in session.scalars(select(Message))}
    assert states == {"notice": ("queued", ""), "code": ("failed", "cut off")}


def test_an_act_that_was_undone_leaves_nothing_to_send(
    database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.writing() as session:
        session.cooperative_id = cooperative_id
        actions.post(session, to=NUMBER, text="x", purpose="notice", now=clock.now)
        session.rollback()

    assert [*actions.due(database, lambda _: [cooperative_id], clock.now)] == []


def test_redirects_are_not_followed(listening: Asked) -> None:
    listening.answers = [(307, "")]

    answer = actions.carry(rules.Call("POST", listening.url, {}, b"a=1"), handset=Path("/nowhere"))

    assert answer.status == 307
    assert listening.bodies == ["a=1"]


def test_nobody_there_is_not_carried_and_silence_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        call = rules.Call("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(OutcomeUnknown):
            actions.carry(call, handset=Path("/nowhere"), wait_seconds=0.2)
    with pytest.raises(NotCarried):
        actions.carry(call, handset=Path("/nowhere"), wait_seconds=0.2)


def test_a_program_gets_the_text_on_its_standard_input() -> None:
    good = rules.Command(("sh", "-c", 'read line; test "$line" = hello'), b"hello\n")
    bad = rules.Command(("sh", "-c", "exit 3"), b"")
    none = rules.Command(("no-such-program-here",), b"")

    assert actions.carry(good, handset=Path("/nowhere")).status == 200
    assert actions.carry(bad, handset=Path("/nowhere")).status == 500
    with pytest.raises(NotCarried):
        actions.carry(none, handset=Path("/nowhere"))


def test_the_handset_keeps_messages_for_its_owner_alone(tmp_path: Path) -> None:
    handset = tmp_path / "handset.jsonl"
    console = rules.gateway("console", rules.Line())
    assert console is not None

    actions.carry(console.send(rules.Outgoing("r", NUMBER, "ماء\n1")), handset=handset)

    assert json.loads(handset.read_text("utf-8")) == {"to": NUMBER, "text": "ماء\n1"}
    assert handset.stat().st_mode & 0o077 == 0


def test_each_setting_opens_its_gateway(settings: Settings) -> None:
    office = actions.open_post_office(settings)

    assert office.gateway is not None
    assert office.gateway.name == "console"
    assert office.secret in office.hooks
    assert office.secret not in repr(office)
