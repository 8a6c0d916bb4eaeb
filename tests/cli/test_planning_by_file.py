import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from coopfarm.cli.planning_by_file import certify, solve

PROBLEM = {
    "supply": 30,
    "rule": "cea",
    "claims": [{"id": "أمينة", "amount": 10}, {"id": "Bashir", "amount": 40}],
}


@pytest.fixture
def files(tmp_path):
    """Writes a value to a file, as JSON or as it stands, and gives its path."""

    def write(name, value):
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        (tmp_path / name).write_bytes(text)
        return str(tmp_path / name)

    return write


def _run(command, *arguments, **more):
    return CliRunner().invoke(command, arguments, **more)


def test_solve_prints_plan_certificate_and_reasons(files):
    result = _run(solve, "rationing", files("problem.json", PROBLEM))

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["plan"] == {"awards": {"أمينة": 10.0, "Bashir": 20.0}, "level": 20.0}
    assert answer["certificate"] == {"holds": True, "findings": []}
    assert "If you had asked for more" in answer["explanations"]["Bashir"]
    assert "أمينة" in result.stdout


def test_a_dash_is_standard_input():
    result = _run(solve, "rationing", "-", input=json.dumps(PROBLEM))

    assert result.exit_code == 0
    assert json.loads(result.stdout)["plan"]["level"] == 20.0


def test_a_file_may_begin_with_a_byte_order_mark(files):
    text = b"\xef\xbb\xbf" + json.dumps(PROBLEM).encode()

    assert _run(solve, "rationing", files("problem.json", text)).exit_code == 0


def test_certify_ends_with_zero_when_the_answer_of_solve_holds(files):
    problem = files("problem.json", PROBLEM)
    answer = _run(solve, "rationing", problem).stdout_bytes

    result = _run(certify, "rationing", problem, files("plan.json", answer))

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"holds": True, "findings": []}


def test_certify_ends_with_one_and_prints_what_it_finds(files):
    problem = files("problem.json", PROBLEM)
    plan = {"awards": {"أمينة": 5, "Bashir": 25}, "level": 25}

    result = _run(certify, "rationing", problem, "-", input=json.dumps(plan))

    verdict = json.loads(result.stdout)
    assert result.exit_code == 1
    assert verdict["holds"] is False
    assert verdict["findings"][0].startswith("Bashir is above the floor and gets 25 for")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "problem is not JSON"),
        (b"\xff\xfe", "problem is not written in UTF-8"),
        (b'{"supply": 1e999}', "supply is not a finite number."),
        (b'{"supply": 1, "rule": "cea"}', "claims is missing."),
        (b'{"supply": 1, "rule": "cea", "claims": []}', "claims: There is no claim above 0"),
        (json.dumps({**PROBLEM, "su\nm": 3}).encode(), '["su\\nm"] is no field of this format'),
    ],
)
def test_a_problem_that_cannot_be_used_ends_with_two_and_one_line(files, text, words):
    result = _run(solve, "rationing", files("problem.json", text))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(words)
    assert result.stderr.count("\n") == 1


def test_a_plan_that_cannot_be_used_ends_with_two(files):
    problem = files("problem.json", PROBLEM)

    result = _run(certify, "rationing", problem, files("plan.json", {"awards": {}}))

    assert result.exit_code == 2
    assert result.stderr == "level is missing.\n"


@pytest.mark.parametrize(
    "arguments", [("knapsack", "-"), ("rationing", "no-such-file.json"), ("rationing", "/"), ()]
)
def test_what_click_refuses_ends_with_two(arguments):
    result = _run(solve, *arguments, input="{}")

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_planning_a_file_does_not_wait_for_the_web():
    loaded = "import sys, coopfarm.cli.planning_by_file; print(*sorted(sys.modules))"

    modules = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, check=True, text=True
    ).stdout.split()

    assert not {"flask", "sqlalchemy", "marshmallow", "shapely", "pyproj"} & set(modules)
