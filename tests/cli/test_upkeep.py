"""Setting up an installation from an empty folder."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopfarm.app import create_app
from coopfarm.cli import main
from coopfarm.config import Settings

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `coopfarm …` with an installation of its own."""

    def command(*arguments: str, **environ: str) -> Result:
        # Each variable named, so that nothing of the desk's own settings reaches the test.
        settings = {"COOPFARM_DATA_DIR": str(folder), "COOPFARM_DATABASE_URL": None, **environ}
        return CliRunner().invoke(main, arguments, env=settings)

    return command


def _refused(result: Result) -> str:
    """What a command said that ended with a no and without a traceback."""
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return " ".join(result.stderr.split())


def test_an_empty_folder_becomes_an_installation(run: Run, folder: Path) -> None:
    first = run("init")
    again = run("init")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == again.output == "The database is ready: sqlite\n"
    assert (folder / "coopfarm.db").exists()
    assert (folder / "secret_key.txt").stat().st_mode & 0o077 == 0


def test_check_says_what_there_is(run: Run, folder: Path) -> None:
    empty = run("check")
    run("init", "--cooperative", "Kashkadarya", "--timezone", "Asia/Tashkent")

    founded = run("check")

    assert empty.output.startswith("coopfarm ")
    assert str(folder) in empty.output
    assert founded.output.endswith("Kashkadarya: 0 members\n")


def test_a_cooperative_is_founded_with_a_manager_who_can_sign_in(
    run: Run, folder: Path, database_url: str, owner_url: str
) -> None:
    founded = ("init", "--cooperative", "Kashkadarya", "--manager", "Salwa")
    told = run(*founded, COOPFARM_DATABASE_URL=database_url, COOPFARM_OWNER_URL=owner_url)

    password = re.search(r"Sign in as Salwa, password (\S+) \(shown this once\)", told.output)
    assert password is not None
    secrets = {name: (folder / f"{name}.txt").read_text() for name in ("secret_key", "pepper")}
    app = create_app(Settings(folder, database_url, **secrets, worker="at-once"))
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    sent = {"csrf_token": token[1], "idempotency_key": "1", "name": "salwa", "secret": password[1]}
    client.post("/sign-in", data=sent)
    page = client.get("/water/plan", follow_redirects=True).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    client.post("/sign-in/second-factor/later", data={"csrf_token": token[1]})
    seen = client.get("/water/plan")
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()
    assert seen.status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--cooperative", "Al-Nur", "--timezone", "Mars/North"), "Mars/North is no time zone"),
        (("--cooperative", "Al-Nur", "--timezone", "../../etc"), "../../etc is no time zone"),
        (("--cooperative", "Al-Nur", "--locale", "xx_YY"), "xx_YY is no locale"),
        (("--cooperative", "Al-Nur", "--locale", "fr_FR"), "fr_FR: the pages speak en, ar"),
        (("--cooperative", " "), "a cooperative has a name"),
        (("--cooperative", "x" * 121), "a cooperative has a name"),
        (("--cooperative", "Al-Nur", "--manager", " "), "a login has up to 120 letters"),
        (("--manager", "salwa"), "--manager needs --cooperative"),
    ],
)
def test_what_cannot_be_founded_is_named_and_nothing_is_kept(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    assert words in _refused(run("init", *arguments))
    assert "members" not in run("check").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--cooperative", "Al-Nur"), "Al-Nur is there already; nothing was changed"),
        (("--cooperative", "Other", "--manager", "SALWA"), "somebody signs in as SALWA already"),
    ],
)
def test_nothing_is_founded_twice(run: Run, arguments: tuple[str, ...], words: str) -> None:
    run("init", "--cooperative", "Al-Nur", "--manager", "salwa")

    assert words in _refused(run("init", *arguments))
    assert run("check").output.endswith("Al-Nur: 1 members\n")


def test_the_village_is_settled_once(run: Run) -> None:
    first = run("seed")

    assert first.exit_code == 0, first.output
    assert "Settled 150 members of 120 households on 158 plots." in first.output
    assert "there is a cooperative here already; nothing was changed" in _refused(run("seed"))
    assert "150 members" in run("check").output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COOPFARM_PORT", "eighty", "COOPFARM_PORT: Not a valid integer."),
        ("COOPFARM_COLOUR", "green", "COOPFARM_COLOUR: Unknown field."),
        ("COOPFARM_SECRET_KEY", "short", "COOPFARM_SECRET_KEY: "),
        ("COOPFARM_DATABASE_URL", "nonsense", "The database did not answer"),
        ("COOPFARM_DATABASE_URL", "postgresql://127.0.0.1:1/no", "The database did not answer"),
        ("COOPFARM_CONFIG", "/no/such/file.toml", "COOPFARM_CONFIG: /no/such/file.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    run: Run, name: str, value: str, words: str
) -> None:
    assert words in _refused(run("check", **{name: value}))


def test_production_does_not_start_on_secrets_left_to_chance(run: Run) -> None:
    said = _refused(run("check", COOPFARM_ENVIRONMENT="production"))

    assert said.startswith("COOPFARM_SECRET_KEY: must be set in production")


def test_an_unknown_command_is_told_so(run: Run) -> None:
    assert "No such command 'harvest'" in _refused(run("harvest"))


def test_every_command_has_its_help(run: Run) -> None:
    listed = re.findall(r"^  (\w+)  ", run("--help").output, flags=re.M)

    assert "plan" in listed
    for command in listed:
        assert run(command, "--help").exit_code == 0
