"""Short messages at the workbench: the hook of a modem, and the addresses for gateways."""

from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import select

from coopfarm.cli import main
from coopfarm.members.models import Cooperative, Member
from coopfarm.sms.models import ReceivedMessage
from coopfarm.store.db import Database
from tests.factories.members import make_member

NUMBER = "+201530000678"


def run(folder: Path, *words: str, **environ: str) -> Result:
    settings = {"COOPFARM_DATA_DIR": str(folder), "COOPFARM_DATABASE_URL": None, **environ}
    return CliRunner().invoke(main, ["sms", *words], env=settings)


def test_a_modem_hands_over_what_a_member_sent(tmp_path: Path) -> None:
    founded = ["init", "--cooperative", "Al-Nur", "--locale", "ar_EG", "--timezone", "UTC"]
    CliRunner().invoke(main, founded, env={"COOPFARM_DATA_DIR": str(tmp_path)})
    database = Database(f"sqlite:///{tmp_path / 'coopfarm.db'}")
    with database.transaction() as session:
        session.cooperative_id = session.scalars(select(Cooperative.id)).one()
        make_member(session, phone=NUMBER)

    said = run(tmp_path, "receive", SMS_MESSAGES="1", SMS_1_NUMBER=NUMBER, SMS_1_TEXT="دور")
    stranger = run(tmp_path, "receive", SMS_MESSAGES="1", SMS_1_NUMBER="+2099", SMS_1_TEXT="x")

    assert said.output == "1 received, 1 kept.\n"
    assert stranger.output == "1 received, 0 kept.\n"
    with database.reading() as session:
        session.cooperative_id = session.scalars(select(Cooperative.id)).one()
        assert session.scalars(select(ReceivedMessage.text)).all() == ["دور"]
        assert session.scalars(select(Member.phone)).one() == NUMBER
    database.dispose()


def test_the_addresses_of_the_hooks_are_secret_and_the_same_every_time(tmp_path: Path) -> None:
    public = {"COOPFARM_PUBLIC_URL": "https://water.example.org"}

    first, again = (run(tmp_path, "hooks", **public).output for _ in range(2))
    other = run(tmp_path / "other", "hooks", **public).output

    assert first == again
    assert first.splitlines()[0].startswith("https://water.example.org/sms/hooks/")
    assert first.splitlines()[0] != other.splitlines()[0]
