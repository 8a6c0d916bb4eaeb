"""Every string of the program, in every language it is read in."""

import gettext
import re
from collections import Counter, defaultdict
from pathlib import Path

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.plurals import get_plural

from coopfarm.config import LANGUAGES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "translations"
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
PLACE = re.compile(r"%\(\w+\)[a-z]|%%")
# On a page that runs the other way, "on the left" sends people to the wrong side.
SIDES = {"ar": re.compile(r"\b(?:ال|لل)?(?:يمين|يسار|أيمن|أيسر|يمنى|يسرى)\b")}
FOREIGN_MARKS = {"ar": re.compile(r"[!?;“”]")}


@pytest.fixture(params=TRANSLATED)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalog(language: str) -> polib.POFile:
    return polib.pofile(str(FOLDER / language / "LC_MESSAGES" / "messages.po"))


@pytest.fixture(scope="module")
def template() -> polib.POFile:
    return polib.pofile(str(FOLDER / "messages.pot"))


def _forms(entry: polib.POEntry) -> list[str]:
    """What an entry says, once or for each way of counting."""
    return [said for _, said in sorted(entry.msgstr_plural.items())] or [entry.msgstr]


def _of_the_program() -> set[str]:
    """Each string in the code and the templates; one that counts by its singular."""
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "NN_": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords=keywords)
    return {said[0] if isinstance(said, tuple) else said for _, _, said, _, _ in found}


def _identity(catalog: polib.POFile) -> set[tuple[str, str]]:
    return {(entry.msgid, entry.msgid_plural) for entry in catalog}


def test_the_template_holds_the_strings_of_the_program_and_no_others(
    template: polib.POFile,
) -> None:
    kept = {entry.msgid for entry in template}

    found = _of_the_program()

    assert found - kept == set(), "run .ci/translations"
    assert kept - found == set(), "run .ci/translations"


def test_each_language_has_the_strings_of_the_template(
    catalog: polib.POFile, template: polib.POFile
) -> None:
    assert _identity(catalog) == _identity(template)


def test_nothing_is_left_in_english(catalog: polib.POFile) -> None:
    left = [entry.msgid for entry in catalog if entry.fuzzy or not all(_forms(entry))]

    assert left == []


def test_each_language_counts_in_its_own_ways(language: str, catalog: polib.POFile) -> None:
    plural = get_plural(language)

    assert catalog.metadata["Plural-Forms"] == str(plural)
    for entry in catalog:
        if entry.msgid_plural:
            assert sorted(entry.msgstr_plural) == list(range(plural.num_plurals)), entry.msgid


def test_a_translation_has_the_places_of_its_original(catalog: polib.POFile) -> None:
    astray = [
        said
        for entry in catalog
        for said in ([entry.msgstr] if not entry.msgid_plural else ())
        if sorted(PLACE.findall(said)) != sorted(PLACE.findall(entry.msgid))
    ]

    assert astray == []


def _forms_of_one_number(language: str) -> set[int]:
    """The plural forms that one number alone takes, such as the Arabic dual."""
    form_of = gettext.c2py(get_plural(language).plural_expr)
    counts = Counter(form_of(number) for number in range(1000))
    return {form for form, numbers in counts.items() if numbers == 1}


def test_a_count_is_written_unless_its_form_means_one_number(
    language: str, catalog: polib.POFile
) -> None:
    may_be_words = _forms_of_one_number(language)

    for entry in catalog:
        known = sorted(PLACE.findall(entry.msgid_plural))
        for form, said in entry.msgstr_plural.items():
            places = sorted(PLACE.findall(said))
            assert places == known or (form in may_be_words and set(places) < set(known)), said


def test_every_string_can_be_filled(catalog: polib.POFile) -> None:
    for entry in catalog:
        for said in (entry.msgid, entry.msgid_plural, *_forms(entry)):
            filled = re.sub(r"\)d", ")s", said) % defaultdict(str)

            assert "%(" not in filled


def test_the_compiled_catalog_says_what_the_source_says(
    language: str, catalog: polib.POFile
) -> None:
    compiled = polib.mofile(str(FOLDER / language / "LC_MESSAGES" / "messages.mo"))

    assert {e.msgid: _forms(e) for e in compiled} == {e.msgid: _forms(e) for e in catalog}
    assert compiled.metadata == catalog.metadata


def test_no_translation_speaks_of_a_side_of_the_page(language: str, catalog: polib.POFile) -> None:
    sides = [said for e in catalog for said in _forms(e) if SIDES[language].search(said)]

    assert sides == []


def test_a_translation_is_punctuated_as_its_language_is(
    language: str, catalog: polib.POFile
) -> None:
    odd = [said for e in catalog for said in _forms(e) if FOREIGN_MARKS[language].search(said)]

    assert odd == []


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لا أعضاء"),
        (1, "عضو واحد"),
        (2, "عضوان"),
        (7, "%(num)s أعضاء"),
        (11, "%(num)s عضوًا"),
        (100, "%(num)s عضو"),
        (103, "%(num)s أعضاء"),
    ],
)
def test_arabic_counts_members_in_six_ways(count: int, words: str) -> None:
    arabic = gettext.translation("messages", FOLDER, ["ar"])

    said = arabic.ngettext("%(num)s member", "%(num)s members", count)

    assert said == words
