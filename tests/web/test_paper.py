"""Pages as PDF: with our own styles and fonts, nobody else's files, and words when it fails."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from coopfarm.kernel.words import in_english
from coopfarm.web import paper

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="stylesheet" href="/static/css/print.css">{head}</head><body>{body}</body></html>"""


def page(body: str, head: str = "") -> str:
    return PAGE.format(body=body, head=head)


def words_of(pdf: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)


def test_a_page_becomes_a4_paper_with_the_fonts_it_brings_along() -> None:
    pdf = paper.pdf(page("<p>Amina 01:40</p><p>أمينة</p>"))

    (sheet,) = PdfReader(io.BytesIO(pdf)).pages
    fonts = [font["/BaseFont"] for font in sheet["/Resources"]["/Font"].values()]
    assert "Amina 01:40" in sheet.extract_text()
    assert [round(float(side) * 25.4 / 72) for side in sheet.mediabox[2:]] == [210, 297]
    assert all("Roster" in font or "Vazirmatn" in font for font in fonts)


@pytest.mark.parametrize(
    "address",
    ["file://{file}", "/static/../{file}", "/static/..%2f..%2f{file}", "{file}"],
)
def test_files_that_are_not_ours_are_not_read(tmp_path: Path, address: str) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text('body::after { content: "leaked" }')
    link = f'<link rel="stylesheet" href="{address.format(file=secret)}">'

    pdf = paper.pdf(page("<p>Amina</p>", link))

    assert words_of(pdf).count("leaked") == 0
    assert "Amina" in words_of(pdf)


def test_a_press_that_cannot_start_is_told_of_with_another_way() -> None:
    broken = (sys.executable, "-c", "raise SystemExit('no Pango')")

    with pytest.raises(paper.PdfUnavailable) as refusal:
        paper.pdf(page("<p>Amina</p>"), press=broken)

    assert "print it from the browser instead" in in_english(refusal.value.sentence)


def test_a_press_that_does_not_end_is_stopped() -> None:
    slow = (sys.executable, "-c", "import time; time.sleep(60)")

    with pytest.raises(paper.PdfUnavailable):
        paper.pdf(page("<p>Amina</p>"), press=slow, seconds=0.2)


def test_the_press_is_not_told_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOPFARM_SECRET_KEY", "a secret")
    telling = (sys.executable, "-c", "import os; print(sorted(os.environ))")

    told = paper.pdf("", press=telling).decode()

    assert "COOPFARM" not in told
    assert "PATH" in told


def test_the_program_starts_without_the_press() -> None:
    asks = "import coopfarm.app, sys; print('weasyprint' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
