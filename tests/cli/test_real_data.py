"""docs/real-data.md: its commands, typed as they stand, print what the page says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "real-data.md"


def test_the_commands_of_the_page_print_what_the_page_says(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    shown = re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "data").symlink_to(shared_data("."))
    (tmp_path / "main").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    printed = [
        subprocess.run(
            [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", commands],
            stdout=subprocess.PIPE,
            check=True,
            cwd=tmp_path / "main",
            env={**os.environ, "PATH": path},
            text=True,
        ).stdout
        for commands, _ in shown
    ]

    assert len(shown) == 8
    assert printed == [output for _, output in shown]
