"""Who did what, for whom, when, and what it was before: added to, never changed.

`record` writes an act down, `history` reads acts back. In the background `sealing` chains
them by hash, a chain for each cooperative; `verify` names the first row that was touched since.
"""

from coopfarm.store.audit.events import AuditEvent, history, record
from coopfarm.store.audit.seals import (
    APPEND_ONLY,
    AuditAnchor,
    AuditSeal,
    AuditWaiting,
    Root,
    root,
)

__all__ = [
    "APPEND_ONLY",
    "AuditAnchor",
    "AuditEvent",
    "AuditSeal",
    "AuditWaiting",
    "Root",
    "history",
    "record",
    "root",
]
