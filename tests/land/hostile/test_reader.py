"""The reader's own walls: no network, no programs, nothing left behind, two at once."""

import subprocess
import sys
from pathlib import Path

import pytest

import coopfarm
from coopfarm.kernel.spreadsheet import cell
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from tests.land.hostile.corpus import CORPUS

pytestmark = pytest.mark.xdist_group("hostile")

_TRIES = """
import os, socket, subprocess
from coopfarm.land.schemas import confinement
confinement.confine()
for harm in (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.socket(socket.AF_UNIX),
    lambda: subprocess.run(["true"]),
    lambda: os.kill(os.getppid(), 0),
):
    try:
        harm()
        print("done")
    except PermissionError:
        print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters system calls")
def test_the_reader_has_no_network_and_starts_no_program():
    tried = subprocess.run(
        [sys.executable, "-c", _TRIES], capture_output=True, text=True, check=True
    )

    assert tried.stdout.split() == ["refused"] * 4


def test_a_third_reader_at_once_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(files.tempfile, "tempdir", None)
    whole = CORPUS["formulas for names"].make()

    with files._one_of_few(), files._one_of_few(), pytest.raises(files.ReadersBusy):
        files.read(whole, Ask("plots"))

    assert files.read(whole, Ask("plots")).records


def test_the_reader_knows_no_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("COOPFARM_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("SOME_TOKEN", "y")

    told = files.surroundings(tmp_path)

    assert not {"COOPFARM_SECRET_KEY", "SOME_TOKEN"} & {*told}


def test_no_code_gives_out_csv_without_thinking_of_formulas():
    package = Path(coopfarm.__file__).parent
    texts = {path.name: path.read_text("utf-8") for path in package.rglob("*.py")}
    careless = {
        name
        for name, text in texts.items()
        if ("csv.writer" in text or "text/csv" in text) and "spreadsheet import cell" not in text
    }

    # Of pests only days, hours and numbers that were read as such come out again.
    assert careless == {"pests.py"}


@pytest.mark.parametrize("typed", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_code_that_a_spreadsheet_would_reckon_with_comes_out_as_text(typed):
    assert cell(typed) == f"'{typed}"
    assert cell("W3-12") == "W3-12"
    assert cell(-1) == -1
