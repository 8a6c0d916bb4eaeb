"""Where the files that come with the program lie: in the wheel, or beside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `templates`, `static`, `migrations`, `translations` or `seed_data`.

    Raises FileNotFoundError when the installation lacks it.
    """
    for place in (_PACKAGE / "_assets" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the installation lacks its folder {name}")
