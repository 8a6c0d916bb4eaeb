"""What is done about members and their way in. No function here commits."""

from coopfarm.members.actions.people import give_role
from coopfarm.members.actions.ways_in import open_account, sign_in, sign_out, token_hash

__all__ = ["give_role", "open_account", "sign_in", "sign_out", "token_hash"]
