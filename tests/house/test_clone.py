"""What the repository holds, as whoever clones it finds it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = "120000"
"""How git marks a symbolic link."""


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_in_a_clone_points_elsewhere():
    git = shutil.which("git")
    assert git, "git is needed to look at a checkout"

    tracked = subprocess.run(
        [git, "-C", str(ROOT), "ls-files", "--stage"], capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert len(tracked) > 100
    assert [line for line in tracked if line.startswith(LINK)] == []
