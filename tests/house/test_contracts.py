"""The storeys of the house, and where each door may be opened from."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_keeps_the_dependency_rule() -> None:
    # In a process of its own: the linter turns off the loggers of whoever calls it.
    lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    said = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout
    assert "0 broken" in said.stdout
