"""What is done about members and their way in. No function here commits."""

from coopfarm.members.actions.accounts import change_secret, open_account, random_pin, set_secret
from coopfarm.members.actions.people import give_role
from coopfarm.members.actions.programs import sign_in_at_once
from coopfarm.members.actions.pruning import prune
from coopfarm.members.actions.second_factor import (
    authenticator_address,
    authenticator_key,
    new_salt,
    recovery_codes,
    reset_by_keeper,
    reset_second_factor,
    set_up_second_factor,
    show_second_factor,
)
from coopfarm.members.actions.sessions import (
    begin_session,
    end_session,
    end_sessions,
    move_session,
    sign_out,
    token_hash,
)
from coopfarm.members.actions.ways_in import Admission, Choice, Origin, admit, sign_in

__all__ = [
    "Admission",
    "Choice",
    "Origin",
    "admit",
    "authenticator_address",
    "authenticator_key",
    "begin_session",
    "change_secret",
    "end_session",
    "end_sessions",
    "give_role",
    "move_session",
    "new_salt",
    "open_account",
    "prune",
    "random_pin",
    "recovery_codes",
    "reset_by_keeper",
    "reset_second_factor",
    "set_secret",
    "set_up_second_factor",
    "show_second_factor",
    "sign_in",
    "sign_in_at_once",
    "sign_out",
    "token_hash",
]
