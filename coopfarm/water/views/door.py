"""The blueprint of the water pages, and who may come in."""

from flask import Blueprint

from coopfarm.water import rules
from coopfarm.web import words

bp = Blueprint("water", __name__, url_prefix="/water")


@bp.app_template_filter("rule")
def rule_in_words(rule: str) -> str:
    return words.say(rules.RULES[rule]())


@bp.app_template_filter("basis")
def basis_in_words(basis: str) -> str:
    return words.say(rules.BASES[basis]())


@bp.app_template_filter("state")
def state_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())
