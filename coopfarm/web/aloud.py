"""Sentences for somebody who does not ask: a short message in their language."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g
from flask_babel import Babel, force_locale

from coopfarm import assets
from coopfarm.kernel.words import Sentence
from coopfarm.web import tongue, words


def say_to(sentence: Sentence, locale: str, zone: ZoneInfo) -> str:
    """The sentence for a reader of this locale, moments in this zone; within a request."""
    with _as_read_in(locale, zone):
        return words.say(sentence)


class Speaker:
    """Says sentences where no request is: a worker has no pages."""

    def __init__(self) -> None:
        self._app = Flask("coopfarm")
        self._app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(assets.folder("translations"))
        Babel(self._app, locale_selector=tongue.locale)

    def say(self, sentence: Sentence, locale: str, zone: ZoneInfo) -> str:
        with self._app.app_context():
            return say_to(sentence, locale, zone)


@contextmanager
def _as_read_in(locale: str, zone: ZoneInfo) -> Iterator[None]:
    """As if the reader of the sentence asked for the page."""
    before = {name: g.pop(name) for name in ("locale", "zone") if name in g}
    g.locale, g.zone = str(Locale.parse(locale)), zone
    try:
        with force_locale(locale):
            yield
    finally:
        for name in ("locale", "zone"):
            g.pop(name)
        for name, value in before.items():
            setattr(g, name, value)
