"""What is done about short messages. No function here commits but the worker's own."""

from coopfarm.sms.actions.carrying import Carry, NotCarried, OutcomeUnknown, carry
from coopfarm.sms.actions.hearing import Whose, keep_incoming, keep_report
from coopfarm.sms.actions.outbox import JOB, due, end, job_argument, perform, post
from coopfarm.sms.actions.post_office import PostOffice, open_post_office

__all__ = [
    "JOB",
    "Carry",
    "NotCarried",
    "OutcomeUnknown",
    "PostOffice",
    "Whose",
    "carry",
    "due",
    "end",
    "job_argument",
    "keep_incoming",
    "keep_report",
    "open_post_office",
    "perform",
    "post",
]
