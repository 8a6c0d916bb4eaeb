"""The one place from which anything is sent: to the gateway that is set, and nowhere else."""

import http.client
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from coopfarm.sms.rules import Answer, Call, Command, Errand, Jotting

WAIT_SECONDS = 10.0
_MOST_BYTES = 65_536
_TAKEN, _NOT_TAKEN = 200, 500

Carry = Callable[[Errand], Answer]


class NotCarried(Exception):  # noqa: N818 (an outcome, as a refusal is)
    """The gateway could not be reached: it surely did not take the message."""


class OutcomeUnknown(Exception):  # noqa: N818 (an outcome, as a refusal is)
    """The gateway was reached and gave no answer: it may have taken the message, or not."""


def carry(errand: Errand, *, handset: Path, wait_seconds: float = WAIT_SECONDS) -> Answer:
    """Do what a gateway asked for. Raises NotCarried or OutcomeUnknown."""
    if isinstance(errand, Call):
        return _call(errand, wait_seconds)
    if isinstance(errand, Command):
        return _run(errand, wait_seconds)
    return _jot(errand, handset)


def _call(call: Call, wait_seconds: float) -> Answer:
    """One request; redirects and proxies are not followed."""
    where = urlsplit(call.url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=wait_seconds)
    try:
        connection.connect()
    except OSError as error:
        raise NotCarried(type(error).__name__) from error
    path = where.path + (f"?{where.query}" if where.query else "")
    try:
        connection.request(call.method, path or "/", body=call.body, headers=dict(call.headers))
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise OutcomeUnknown(type(error).__name__) from error
    finally:
        connection.close()
    return Answer(answer.status, body.decode("utf-8", "replace"))


def _run(command: Command, wait_seconds: float) -> Answer:
    try:
        done = subprocess.run(  # noqa: S603 (a fixed program; what people wrote is its input)
            command.words,
            input=command.text,
            capture_output=True,
            timeout=wait_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise OutcomeUnknown("TimeoutExpired") from late
    except OSError as error:
        raise NotCarried(type(error).__name__) from error
    return Answer(_NOT_TAKEN if done.returncode else _TAKEN)


def _jot(jotting: Jotting, handset: Path) -> Answer:
    handset.parent.mkdir(parents=True, exist_ok=True)
    handset.touch(mode=0o600)
    with handset.open("a", encoding="utf-8") as lines:
        lines.write(jotting.line + "\n")
    return Answer(_TAKEN)
