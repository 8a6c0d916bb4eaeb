"""What the program refuses to start with."""

import re
from pathlib import Path

import pytest

from coopfarm.config import BadSettingError, read_settings, with_secrets
from tests.conftest import PEPPER

ROOT = Path(__file__).parents[2]
SECRET = "Wq7-vN2_kLp9sXc4TzRb8mYh3JdGf6Ae"
OTHER = "b1Ue-5Rk8_oZt3QwMx7Vn2LjHy9Sd4Fg"
GOOD = {
    "COOPFARM_ENVIRONMENT": "production",
    "COOPFARM_SECRET_KEY": SECRET,
    "COOPFARM_PEPPER": OTHER,
    "COOPFARM_HTTPS": "true",
    "COOPFARM_HOST": "192.0.2.10",
}


def refused(**environ: str) -> str:
    with pytest.raises(BadSettingError) as refusal:
        read_settings(GOOD | environ)
    return str(refusal.value)


def test_production_starts_with_secrets_of_its_own() -> None:
    assert read_settings(GOOD).environment == "production"


@pytest.mark.parametrize("name", ["COOPFARM_SECRET_KEY", "COOPFARM_PEPPER"])
@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "Shorter than minimum length 32"),
        ("x" * 31, "Shorter than minimum length 32"),
        ("x" * 40, "repeats itself"),
        ("0123456789" * 4, "repeats itself"),
        (PEPPER, "stands in the docs"),
        ("a secret for tests, long enough to be taken", "stands in the docs"),
        ("development-" + SECRET, "was made for development"),
    ],
)
def test_a_secret_that_others_know_is_named_with_what_to_do(
    name: str, secret: str, why: str
) -> None:
    said = refused(**{name: secret})

    assert said.startswith(f"{name}: ")
    assert why in said


@pytest.mark.parametrize("name", ["secret_key", "pepper"])
def test_production_does_not_start_with_what_a_first_start_made(tmp_path: Path, name: str) -> None:
    made = with_secrets(read_settings({"COOPFARM_DATA_DIR": str(tmp_path)}))
    of_old = tmp_path / f"{name}.txt"

    marked = refused(**{f"COOPFARM_{name.upper()}": getattr(made, name)})
    of_old.write_text(SECRET[::-1])
    unmarked = refused(
        **{f"COOPFARM_{name.upper()}": SECRET[::-1], "COOPFARM_DATA_DIR": str(tmp_path)}
    )

    assert "was made for development" in marked
    assert f"stands in {of_old}" in unmarked


def test_one_value_for_both_secrets_is_refused() -> None:
    assert "is the same as COOPFARM_SECRET_KEY" in refused(COOPFARM_PEPPER=SECRET)


def test_pins_are_not_sent_over_an_open_line() -> None:
    assert refused(COOPFARM_HTTPS="false").startswith("COOPFARM_HTTPS: ")
    assert read_settings(GOOD | {"COOPFARM_HTTPS": "false", "COOPFARM_HOST": "127.0.0.1"})


def test_no_secret_of_the_docs_would_be_taken() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    shown = {
        value
        for page in pages
        for value in re.findall(
            r"(?:secret_key|pepper|SECRET_KEY|PEPPER) ?= ?\"?([^\s\"]+)", page.read_text("utf-8")
        )
    }

    for value in shown:
        assert refused(COOPFARM_SECRET_KEY=value, COOPFARM_PEPPER=value)
