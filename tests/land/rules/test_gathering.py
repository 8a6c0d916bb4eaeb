from shapely import MultiLineString

from coopfarm.land.rules import flaws, gathering, misdrawn
from coopfarm.land.rules.drafts import Deeds, Draft
from tests.land.making import line, square


def drafts(*features):
    return [Draft(n, values, shape) for n, (values, shape) in enumerate(features, start=1)]


def told(deeds):
    return [(finding.said.code, finding.features) for finding in deeds.findings()]


def test_pieces_of_one_code_are_one_canal_with_what_either_says():
    deeds = Deeds()
    pieces = drafts(
        ({"code": "C1", "name": ""}, line((0, 0), (100, 0))),
        ({"code": "C2", "name": "other"}, line((0, 50), (100, 50))),
        ({"code": "C1", "name": "Main"}, line((200, 0), (100, 0))),
    )

    found = gathering.canals(pieces, "code", deeds)

    assert [draft.number for draft in found] == [1, 2]
    assert found[0].values == {"code": "C1", "name": "Main"}
    assert found[0].shape.length > 1.9 * found[1].shape.length
    assert told(deeds) == [("import-same-code-joined", (1, 3))]


def test_lines_of_one_code_that_do_not_meet_or_are_the_same_stay_apart():
    apart = [({"code": "A"}, line((0, 0), (9, 0))), ({"code": "A"}, line((50, 0), (90, 0)))]
    alike = [({"code": "B"}, line((0, 5), (9, 5))), ({"code": "B"}, line((9, 5), (0, 5)))]
    deeds = Deeds()

    found = gathering.canals(drafts(*apart, *alike), "code", deeds)

    assert len(found) == 4
    assert told(deeds) == []


def test_dashes_become_canals_numbered_from_the_longest():
    dashes = [
        ({}, line((east, north), (east + 8, north)))
        for north, far in ((0, 300), (90, 900))
        for east in range(0, far, 12)
    ]
    deeds = Deeds()

    found = gathering.canals(drafts(*dashes, ({}, square(0))), None, deeds)

    assert [draft.number for draft in found] == [1, 2, 3]
    assert found[0].shape.length > found[1].shape.length
    assert told(deeds) == [("import-dashes-joined", (1, 2))]


def test_canals_without_codes_that_are_no_dashes_stay_as_they_are_drawn():
    canals = drafts(({}, line((0, 0), (400, 0))), ({}, MultiLineString([line((0, 9), (9, 9))])))

    assert gathering.canals(canals, None, Deeds()) == canals


def test_what_says_the_same_twice_is_left_out_once_and_only_then():
    deeds = Deeds()
    features = drafts(
        ({"code": "A"}, square(0)),
        ({"code": "A"}, square(0)),
        ({"code": "B"}, square(0)),
        ({"code": None}, square(300)),
        ({"code": None}, square(300)),
    )

    found = gathering.wanted(features, [3], deeds)

    assert [draft.number for draft in found] == [1, 4, 5]
    assert told(deeds) == [("import-left-out", (3,)), ("import-said-twice", (2,))]


def test_a_flawed_feature_takes_no_part():
    flaw = misdrawn.EmptyShape(**flaws.Feature(1, "A").facts)
    features = [Draft(1, {"code": "A"}, None, flaw), *drafts(({"code": "A"}, line((0, 0), (9, 0))))]

    assert gathering.canals(features, "code", Deeds()) == features
