"""Pages as PDF. The press is another process: it is heavy, and Pango may be absent."""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence

from coopfarm.kernel.refusal import TryLater
from coopfarm.kernel.words import N_

PRESS = (sys.executable, "-m", "coopfarm.web.press")
WALL_SECONDS = 60

_log = logging.getLogger(__name__)


class PdfUnavailable(TryLater):
    """WeasyPrint or the Pango library it needs is not there, or did not end in time."""

    code = "pdf-unavailable"
    words = N_(
        "This server cannot make the PDF at the moment. Open the print page and print it from "
        "the browser instead: it is the same sheet."
    )


def pdf(html: str, *, press: Sequence[str] = PRESS, seconds: float = WALL_SECONDS) -> bytes:
    """The page as a PDF, with the styles and fonts of our own static folder.

    Raises PdfUnavailable, and writes down why.
    """
    try:
        done = subprocess.run(  # noqa: S603 (our own program; what people wrote is its input)
            press,
            input=html.encode(),
            capture_output=True,
            timeout=seconds,
            env=_surroundings(),
            check=True,
        )
    except subprocess.TimeoutExpired as late:
        _log.warning("press: stopped after %s s", seconds)
        raise PdfUnavailable from late
    except subprocess.CalledProcessError as failed:
        _log.warning("press: %s", failed.stderr.decode("utf-8", "replace")[-2000:])
        raise PdfUnavailable from failed
    return done.stdout


def _surroundings() -> dict[str, str]:
    """Ours without our settings, and with the way to our package however it was started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COOPFARM_")}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
