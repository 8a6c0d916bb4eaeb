"""What is sent to the phone: whole, small, legible, and nobody else's to change."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
SHEETS = sorted((STATIC / "css").glob("*.css"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
SCREEN_SHEETS = [sheet for sheet in SHEETS if sheet.name != "print.css"]
KINDS = ("water", "leaf", "wheat", "clay", "night")
FARMERS_SCRIPTS = ("js/farmer.js", "js/outbox.js", "js/waiting.js")
KB = 1000


def packages() -> list[dict[str, object]]:
    listed = json.loads((STATIC / "vendor" / "VENDOR.json").read_text())
    return list(listed["packages"])


def vendored() -> dict[str, str]:
    """Every vendored file and the SHA-256 it should have."""
    found: dict[str, str] = {}
    for package in packages():
        files = package["files"]
        assert isinstance(files, dict)
        found |= files
    return found


def packed(*names: str) -> int:
    """Bytes that travel when the files are sent with gzip."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def without_comments(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def theme(name: str) -> dict[str, str]:
    """The colours of a theme; what it does not set it has from the light one."""
    sheet = without_comments(STATIC / "css" / "shared.css")
    blocks = {
        "light": r":root \{(.*?)\}",
        "dark": r':root\[data-theme="dark"\] \{(.*?)\}',
        "dark by the device": r":root:not\(\[data-theme\]\) \{(.*?)\}",
        "sun": r':root\[data-theme="sun"\] \{(.*?)\}',
    }
    found: dict[str, str] = {}
    for block in ("light", name):
        body = re.search(blocks[block], sheet, re.DOTALL)
        assert body, block
        found |= dict(re.findall(r"--([\w-]+): (#\w+)", body.group(1)))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    # WCAG 2.2, "relative luminance".
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", sorted(vendored()))
def test_a_vendored_file_is_the_one_that_was_taken(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == vendored()[name]


def test_every_vendored_file_is_listed_with_a_licence() -> None:
    there = {
        str(path.relative_to(STATIC))
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }

    assert there <= vendored().keys()
    assert all(package["licence"] and package["version"] for package in packages())
    assert all((STATIC / str(package["licence_file"])).is_file() for package in packages())


def test_the_list_of_vendored_files_names_no_host() -> None:
    text = (STATIC / "vendor" / "VENDOR.json").read_text()

    assert not re.search(r"https?:|//|\.(com|org/|net|io)\b", text)


def test_the_farmers_first_load_leaves_room_for_the_page_itself() -> None:
    names = ("css/shared.css", "css/farmer.css", *FARMERS_SCRIPTS, "icons.svg", "favicon.svg")

    unpacked = sum((STATIC / name).stat().st_size for name in names)

    assert unpacked <= 55 * KB
    assert packed(*names) <= 17 * KB


@pytest.mark.parametrize(
    ("names", "most_kb"),
    [
        (("css/shared.css", "css/farmer.css"), 8),
        (("css/shared.css", "css/console.css"), 12),
        (FARMERS_SCRIPTS, 10),
        (("js/worker.js", "js/photo.js"), 3),
        (("js/farmer.js", "js/console.js", "vendor/htmx/htmx.min.js"), 25),
        (("js/map.js", "vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css"), 50),
    ],
)
def test_styles_and_scripts_keep_to_their_budget(names: tuple[str, ...], most_kb: int) -> None:
    assert packed(*names) <= most_kb * KB


def test_the_icons_are_few_and_light() -> None:
    sprite = STATIC / "icons.svg"

    names = re.findall(r'<symbol id="([\w-]+)"', sprite.read_text())

    assert len(names) == len(set(names)) <= 30
    assert sprite.stat().st_size <= 6 * KB


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_every_icon_a_template_names_is_in_the_sprite(page: Path) -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))

    named = set(re.findall(r"""\bicon\(["']([\w-]+)["']""", page.read_text()))

    assert named <= drawn


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_no_template_needs_what_the_content_policy_forbids(page: Path) -> None:
    html = re.sub(r"\{#.*?#\}", "", page.read_text(), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<style\b", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    assert not re.search(r"javascript:", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_styles_know_no_left_and_right(sheet: Path) -> None:
    rules = without_comments(sheet)

    sides = re.findall(
        r"(?:^|[;{\s])((?:(?:margin|padding|border|inset)-)?(?:left|right|top|bottom)"
        r"|(?:border-(?:left|right|top|bottom)-\w+)|width|height|(?:min|max)-(?:width|height))\s*:",
        re.sub(r"@media[^{]*", "", rules),
        re.MULTILINE,
    )

    assert sides == []
    assert not re.search(r"(?:text-align|float|clear):\s*(?:left|right)", rules)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_whatever_a_sheet_points_to_is_there_and_ours(sheet: Path) -> None:
    targets = re.findall(r'url\("?([^")]+)', without_comments(sheet))

    assert all((sheet.parent / target).is_file() for target in targets)


@pytest.mark.parametrize("sheet", SCREEN_SHEETS, ids=lambda sheet: sheet.name)
def test_screens_use_the_phones_own_fonts(sheet: Path) -> None:
    assert "@font-face" not in sheet.read_text()


def test_paper_uses_no_flex() -> None:
    assert "flex" not in without_comments(STATIC / "css" / "print.css")


@pytest.mark.parametrize("name", ["light", "dark", "sun"])
def test_words_stand_out_seven_to_one_from_what_is_behind_them(name: str) -> None:
    colours = theme(name)
    pairs = [(ink, ground) for ink in ("ink", "mute", *KINDS) for ground in ("paper", "card")]
    pairs += [(kind, f"{kind}-tint") for kind in KINDS]
    pairs += [("ink", f"{kind}-tint") for kind in KINDS] + [("on-water", "water")]

    faint = [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 7]

    assert faint == []


@pytest.mark.parametrize("name", ["light", "dark", "sun"])
def test_the_edges_of_what_can_be_filled_in_are_seen(name: str) -> None:
    colours = theme(name)

    assert min(contrast(colours["edge"], colours[ground]) for ground in ("card", "paper")) >= 3


def test_dark_is_the_same_whether_chosen_or_the_devices_own() -> None:
    assert theme("dark") == theme("dark by the device")


def test_the_steps_of_satisfaction_run_from_light_to_dark() -> None:
    sheet = (STATIC / "css" / "console.css").read_text()

    steps = [luminance(colour) for colour in re.findall(r"--step-\d: (#\w+)", sheet)]

    assert len(steps) == 5
    assert steps == sorted(steps, reverse=True)
