"""Planning for whoever has a problem in a file: solve it, or judge a plan made by anyone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypedDict

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Sentence
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import open_object
from coopfarm.planning.fleet.campaign import certify as campaign_certify
from coopfarm.planning.fleet.campaign import explain as campaign_explain
from coopfarm.planning.fleet.campaign import file_form as campaign_form
from coopfarm.planning.fleet.campaign import solve as campaign_solve
from coopfarm.planning.fleet.season import certify as season_certify
from coopfarm.planning.fleet.season import explain as season_explain
from coopfarm.planning.fleet.season import file_form as season_form
from coopfarm.planning.fleet.season import solve as season_solve
from coopfarm.planning.json_text import read_json
from coopfarm.planning.parties import certify as parties_certify
from coopfarm.planning.parties import explain as parties_explain
from coopfarm.planning.parties import file_form as parties_form
from coopfarm.planning.parties import solve as parties_solve
from coopfarm.planning.rotation.canal_tree import certify as canal_tree_certify
from coopfarm.planning.rotation.canal_tree import explain as canal_tree_explain
from coopfarm.planning.rotation.canal_tree import file_form as canal_tree_form
from coopfarm.planning.rotation.canal_tree import solve as canal_tree_solve
from coopfarm.planning.rotation.rationing import certify as rationing_certify
from coopfarm.planning.rotation.rationing import explain as rationing_explain
from coopfarm.planning.rotation.rationing import file_form as rationing_form
from coopfarm.planning.rotation.rationing import solve as rationing_solve
from coopfarm.planning.rotation.roster import certify as roster_certify
from coopfarm.planning.rotation.roster import explain as roster_explain
from coopfarm.planning.rotation.roster import file_form as roster_form
from coopfarm.planning.rotation.roster import solve as roster_solve


class Verdict(TypedDict):
    """A certificate as it is printed."""

    holds: bool
    findings: list[str]
    report: NotRequired[dict[str, object]]


class Answer(TypedDict):
    """What is printed for a problem."""

    plan: dict[str, object]
    certificate: Verdict
    explanations: dict[str, str]
    report: NotRequired[dict[str, object]]


class UnknownKind(Invalid):
    """A kind of problem nobody here solves."""

    code = "unknown-kind"
    words = N_("%(kind)s is no kind of problem. Use one of: %(kinds)s.")


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be done with one kind of problem; the types of problem and plan are its own."""

    read_problem: Callable[[object], Any]
    solve: Callable[[Any], Any]
    certify: Callable[[Any, Any], Certificate]
    explain: Callable[[Any, Any], Mapping[str, tuple[Sentence, ...]]]
    plan_as_json: Callable[[Any], dict[str, object]]
    judge: Callable[[Any, object, str], Certificate]
    report: Callable[[Any, Any], dict[str, object]] | None = None
    report_of_plan: Callable[[Any, object, str], dict[str, object]] | None = None


KINDS: Final[Mapping[str, Kind]] = {
    "rationing": Kind(
        rationing_form.read_problem,
        rationing_solve.solve,
        rationing_certify.certify,
        rationing_explain.explain,
        rationing_form.plan_as_json,
        rationing_form.judge,
    ),
    "roster": Kind(
        roster_form.read_problem,
        roster_solve.solve,
        roster_certify.certify,
        roster_explain.explain,
        roster_form.plan_as_json,
        roster_form.judge,
    ),
    "canal-tree": Kind(
        canal_tree_form.read_problem,
        canal_tree_solve.solve,
        canal_tree_certify.certify,
        canal_tree_explain.explain,
        canal_tree_form.plan_as_json,
        canal_tree_form.judge,
    ),
    "campaign": Kind(
        campaign_form.read_problem,
        campaign_solve.solve,
        campaign_certify.certify,
        campaign_explain.explain,
        campaign_form.plan_as_json,
        campaign_form.judge,
        campaign_form.report,
    ),
    "season": Kind(
        season_form.read_problem,
        season_solve.solve,
        season_certify.certify,
        season_explain.explain,
        season_form.plan_as_json,
        season_form.judge,
        season_form.report,
        season_form.report_of_plan,
    ),
    "parties": Kind(
        parties_form.read_problem,
        parties_solve.solve,
        parties_certify.certify,
        parties_explain.explain,
        parties_form.plan_as_json,
        parties_form.judge,
        parties_form.report,
    ),
}


def read_problem(kind: str, text: str) -> Any:
    """The problem of a JSON text; refuses what cannot be used, naming the field."""
    return _kind(kind).read_problem(read_json(text, "problem"))


def solve_file(kind: str, text: str) -> Answer:
    """The plan of a problem, its certificate, and for each id why."""
    problem = read_problem(kind, text)
    plan = KINDS[kind].solve(problem)
    certificate = KINDS[kind].certify(problem, plan)
    reasons = KINDS[kind].explain(problem, plan)
    answer: Answer = {
        "plan": KINDS[kind].plan_as_json(plan),
        "certificate": verdict(certificate),
        "explanations": {name: " ".join(map(str, why)) for name, why in reasons.items()},
    }
    if (report := KINDS[kind].report) is not None:
        answer["report"] = report(problem, plan)
    return answer


def certify_file(kind: str, problem_text: str, plan_text: str) -> Certificate:
    """The certificate of a plan, given alone or within an answer of `solve_file`."""
    problem = read_problem(kind, problem_text)
    return KINDS[kind].judge(problem, *_read_plan(plan_text))


def judge_file(kind: str, problem_text: str, plan_text: str) -> Verdict:
    """The certificate of a plan as it is printed, with a report where the kind has one."""
    problem = read_problem(kind, problem_text)
    value, path = _read_plan(plan_text)
    judged = verdict(KINDS[kind].judge(problem, value, path))
    if (report := KINDS[kind].report_of_plan) is not None:
        judged["report"] = report(problem, value, path)
    return judged


def verdict(certificate: Certificate) -> Verdict:
    findings = [str(finding) for finding in certificate.findings]
    return {"holds": certificate.holds, "findings": findings}


def as_text(answer: Answer | Verdict) -> str:
    """JSON for people and programs: fixed order, floats so that they read back the same."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _read_plan(text: str) -> tuple[object, str]:
    """A plan, alone or within an answer, and its path there."""
    value = read_json(text, "plan")
    if isinstance(value, dict) and "plan" in value:
        answer = open_object(value, "", ("plan",), ("certificate", "explanations", "report"))
        return answer.values["plan"], "plan"
    return value, ""


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise UnknownKind(field="kind", kind=name, kinds=", ".join(KINDS))
    return KINDS[name]
