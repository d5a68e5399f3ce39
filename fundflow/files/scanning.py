"""The virus scanner, where the council runs one: ClamAV's clamd, by `FUNDFLOW_CLAMD`."""

import io
import logging

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from flask import current_app

from fundflow.files.unfit import Unfit
from fundflow.workflow.engine import Refused

TIMEOUT = 30  # seconds
DOWN = (
    "The file could not be checked for viruses just now, so it was not stored. "
    "Nothing else was lost: try again in a few minutes."
)

log = logging.getLogger(__name__)


def scan(data: bytes, name: str) -> bool:
    """True when a scanner found nothing, False where none is set.

    Raises Unfit where it found something, Refused where it can't be asked: what was not scanned is
    not stored.
    """
    place = current_app.config.get("CLAMD")
    if not place:
        return False
    try:
        answers = _scanner(place).instream(io.BytesIO(data))
    except (ClamdError, OSError, ValueError) as error:
        log.exception("clamd at %s can’t be asked", place)
        raise Refused(DOWN) from error
    status, found = answers.get("stream", ("ERROR", None))
    if status == "FOUND":
        log.warning("clamd found %s in an upload named %r", found, name)
        raise Unfit(
            "The virus scanner found something harmful in the file, so it was not stored. "
            "Tell your school’s IT support"
        )
    if status != "OK":
        log.error("clamd at %s answered %r", place, answers)
        raise Refused(DOWN)
    return True


def _scanner(place: str) -> ClamdNetworkSocket:
    if place.startswith(("/", "unix:")):
        return ClamdUnixSocket(place.removeprefix("unix:"), TIMEOUT)
    host, _, port = place.rpartition(":")
    return ClamdNetworkSocket(host or "127.0.0.1", int(port), TIMEOUT)
