"""The blueprint of the notebook's pages."""

from flask import Blueprint

from coopfarm.notebook.rules.lines import KINDS
from coopfarm.web import words

bp = Blueprint("notebook", __name__, url_prefix="/notebook")


@bp.app_template_filter("notebook_kind")
def kind_in_words(kind: str) -> str:
    return words.say(KINDS[kind]())
