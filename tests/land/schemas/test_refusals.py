"""What is said of a damaged file or an unsafe zip is said in the reader's language."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from coopfarm.kernel.words import Fact, Sentence, all_phrases
from coopfarm.land import schemas
from coopfarm.land.rules import misdrawn
from coopfarm.land.schemas import refusals
from coopfarm.web import words

FOLDER = Path(schemas.__path__[0])
# Names that no language has other words for.
NAMES = {"FeatureCollection", "Feature", "geometry", "shp", "shx", "dbf", "prj", "cpg", "zip"}
NAMES |= {"kB", "Shapefile"}


def given_to(kind: str, fact: str) -> Iterator[str]:
    """Every text of ours that the schemas give to a refusal as this fact."""
    for file in sorted(FOLDER.glob("*.py")):
        module = importlib.import_module(f"coopfarm.land.schemas.{file.stem}")
        tree = ast.parse(file.read_text())
        said = {
            ast.unparse(a.targets[0]): a.value for a in ast.walk(tree) if isinstance(a, ast.Assign)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = ast.unparse(call.func).split(".")[-1]
            values = [k.value for k in call.keywords if k.arg == fact] if name == kind else []
            values += call.args if name == "_refuse" and kind == "FileBroken" else []
            for value in (said.get(ast.unparse(one), one) for one in values):
                if isinstance(value, ast.Constant | ast.JoinedStr):
                    code = compile(ast.Expression(value), file.name, "eval")
                    yield eval(code, vars(module))  # noqa: S307 (a text of our own)


@pytest.mark.parametrize(("kind", "fact"), [("FileBroken", "reason"), ("UnsafeArchive", "what")])
def test_each_fact_of_ours_about_a_file_has_words(kind: str, fact: str) -> None:
    given = set(given_to(kind, fact))

    assert len(given) > 5
    assert {text for text in given if f"{fact}:{text}" not in all_phrases()} == set()


def test_what_a_library_says_of_a_file_is_kept_for_programs_and_not_told_to_people() -> None:
    refusal = refusals.FileBroken(reason="Expecting value: line 1 column 1 (char 0)")

    assert "Expecting" not in str(refusal)
    assert refusal.facts["detail"] == "Expecting value: line 1 column 1 (char 0)"


def sentences() -> Iterator[Sentence]:
    codes = all_phrases()
    where: dict[str, Fact]
    for code in codes:
        fact, _, value = code.partition(":")
        if fact == "what":
            yield refusals.UnsafeArchive(what=value).sentence
        elif fact == "reason" and value in codes[code]:
            yield refusals.FileBroken(reason=value).sentence
        elif fact == "reason":
            where = {"feature": 1, "name": "١", "lon": "31", "lat": "30"}
            yield misdrawn.InvalidShape(field="geometry", reason=value, **where).sentence
        elif fact == "drawn":
            where = {"feature": 1, "name": "١"}
            yield misdrawn.PlotNotAnArea(field="geometry", drawn=value, **where).sentence


def test_no_latin_word_of_ours_stands_in_an_arabic_sentence_about_a_file(app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "language=ar"}):
        said = [words.say(sentence) for sentence in sentences()]

    left = {text: set(re.findall(r"[A-Za-z]{2,}", text)) - NAMES for text in said}
    assert len(said) > 30
    assert {text: latin for text, latin in left.items() if latin} == {}
