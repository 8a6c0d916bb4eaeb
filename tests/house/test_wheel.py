"""The program as it is installed: from a wheel, in an environment of its own, elsewhere."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBLEM = """{"supply": 100, "rule": "cea",
 "claims": [{"id": "a", "amount": 80}, {"id": "b", "amount": 40}]}"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `coopfarm` command of an empty environment that has nothing but our wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python)]
    locked = [*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")]
    subprocess.run(locked, check=True, capture_output=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True, capture_output=True)
    return python.parent / "coopfarm"


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of the checkout can be found."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    return kept | {"COOPFARM_DATA_DIR": str(tmp_path / "data")}


def test_the_wheel_plans_a_file(installed: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "dry.json").write_text(PROBLEM)

    answer = subprocess.run(
        [installed, "solve", "rationing", "dry.json"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )

    assert '"a": 60.0' in answer.stdout
    assert '"holds": true' in answer.stdout


def test_the_wheel_serves_the_village(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [installed, "run", "--port", str(port)], cwd=tmp_path, env=elsewhere, stdout=subprocess.PIPE
    )

    try:
        page, style = _fetch(port, "/sign-in"), _fetch(port, "/static/css/shared.css")
    finally:
        server.terminate()
        said = b"".join(_lines(server)).decode()

    assert 'name="csrf_token"' in page
    assert "--" in style
    assert "Settled 150 members" in said
    assert (tmp_path / "data" / "demo-sign-ins.txt").stat().st_mode & 0o777 == 0o600


def _lines(server: subprocess.Popen[bytes]) -> Iterator[bytes]:
    said, _ = server.communicate(timeout=20)
    yield said


def _fetch(port: int, path: str) -> str:
    """The page, once the server answers; it fills its village first."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the server did not answer at {path}")
