"""The blueprint of the short messages, and what the factory lays ready for it."""

from typing import cast

from flask import Blueprint, current_app

from coopfarm.sms import rules
from coopfarm.sms.actions import PostOffice
from coopfarm.web import words

bp = Blueprint("sms", __name__)


def post_office() -> PostOffice:
    return cast(PostOffice, current_app.extensions["coopfarm_sms"])


@bp.app_template_filter("sms_state")
def state_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())


@bp.app_template_filter("sms_purpose")
def purpose_in_words(purpose: str) -> str:
    return words.say(rules.PURPOSES[cast(rules.Purpose, purpose)]())
