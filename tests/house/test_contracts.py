"""The storeys of the house, and where each door may be opened from."""

from importlinter.cli import lint_imports


def test_every_import_keeps_the_dependency_rule() -> None:
    assert lint_imports(no_cache=True) == 0
