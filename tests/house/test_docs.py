"""Every refusal and every setting has its heading in the docs."""

import importlib
import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import coopfarm
from coopfarm.config import PREFIX, Settings
from coopfarm.kernel.refusal import all_refusals

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HEADING = re.compile(r"^#{2,3} (\S+)$", re.MULTILINE)


def headings(page: str) -> list[str]:
    return HEADING.findall((DOCS / page).read_text("utf-8"))


def import_everything() -> None:
    for module in pkgutil.walk_packages(coopfarm.__path__, "coopfarm."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def codes() -> set[str]:
    import_everything()
    return {kind.code for kind in all_refusals() if kind.__module__.startswith("coopfarm.")}


def test_every_refusal_has_its_heading() -> None:
    assert codes() - set(headings("refusals.md")) == set()


def test_no_heading_is_of_a_refusal_that_is_gone() -> None:
    named = {name for name in headings("refusals.md") if re.fullmatch("[a-z0-9-]+", name)}

    assert named - codes() == set()


def test_no_two_refusals_share_a_code() -> None:
    import_everything()
    every = [kind for kind in all_refusals() if kind.__module__.startswith("coopfarm.")]

    assert len({kind.code for kind in every}) == len(every)


def test_every_setting_has_its_heading_and_no_other_has() -> None:
    settings = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}

    assert set(headings("settings.md")) == settings | {f"{PREFIX}CONFIG"}


def test_links_between_the_pages_lead_somewhere() -> None:
    lost = [
        f"{page.name}: {target}"
        for page in sorted(DOCS.rglob("*.md"))
        for target in re.findall(r"\]\((?!https?:|#|/)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert lost == []


def test_every_test_that_the_page_on_security_names_is_there() -> None:
    page = (DOCS / "security.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", page)

    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or f"def {name}" not in (ROOT / file).read_text("utf-8")
    ]

    assert len(named) > 20
    assert missing == []
