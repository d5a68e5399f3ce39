"""The virus scanner, where the council runs one: ClamAV's clamd, by `FUNDFLOW_CLAMD`."""

import logging
import socket
import struct

from flask import current_app

from fundflow.files.unfit import Unfit
from fundflow.workflow.engine import Refused

TIMEOUT = 30  # seconds
CHUNK = 64 * 1024  # bytes of a stream at a time
LONGEST_ANSWER = 4096
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
        answer = _ask(place, data)
    except (OSError, ValueError) as error:
        log.exception("clamd at %s can’t be asked", place)
        raise Refused(DOWN) from error
    if answer.endswith(" FOUND"):
        log.warning("clamd found %s in an upload named %r", answer.removesuffix(" FOUND"), name)
        raise Unfit(
            "The virus scanner found something harmful in the file, so it was not stored. "
            "Tell your school’s IT support"
        )
    if answer != "stream: OK":
        log.error("clamd at %s answered %r", place, answer)
        raise Refused(DOWN)
    return True


def _ask(place: str, data: bytes) -> str:
    """clamd's answer to a stream (clamd's manual, INSTREAM): “stream: OK”, “stream: Eicar FOUND” …"""
    with _connected(place) as clamd:
        clamd.sendall(b"nINSTREAM\n")
        try:
            for start in range(0, len(data), CHUNK):
                chunk = data[start : start + CHUNK]
                clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
            clamd.sendall(struct.pack("!L", 0))
        except ConnectionError:
            log.warning("clamd stopped listening")  # it says why, where the stream was too long
        with clamd.makefile("rb") as said:
            return said.readline(LONGEST_ANSWER).decode("utf-8", "replace").strip()


def _connected(place: str) -> socket.socket:
    if place.startswith(("/", "unix:")):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(TIMEOUT)
        try:
            clamd.connect(place.removeprefix("unix:"))
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _, port = place.rpartition(":")
    return socket.create_connection((host or "127.0.0.1", int(port)), TIMEOUT)
