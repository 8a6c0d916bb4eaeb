import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "planning"
PAGES = (
    "rationing.md",
    "roster.md",
    "canal-tree.md",
    "campaign.md",
    "season.md",
    "parties.md",
    "pests.md",
    "planning-by-file.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_print_what_the_page_says(page, shared_data, tmp_path):
    text = (DOCS / page).read_text(encoding="utf-8")
    shown = re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "data").symlink_to(shared_data("."))
    (tmp_path / "main").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    printed = [
        subprocess.run(
            [shutil.which("bash"), "-ec", commands],
            capture_output=True,
            check=True,
            cwd=tmp_path / "main",
            env={**os.environ, "PATH": path},
            text=True,
        ).stdout
        for commands, _ in shown
    ]

    assert shown
    assert printed == [output for _, output in shown]
