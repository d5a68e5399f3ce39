"""The demonstration's mailbox: a real SMTP server on loopback, its letters kept in a Maildir."""

import email
import mailbox
import re
import socket
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from markupsafe import Markup, escape

from fundflow.web.paging import Page, cut

PAGE = 30
SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID")
LINK = re.compile(r"https?://[^\s<>\"]+")


class _Controller(Controller):  # type: ignore[misc]
    """Listens on a port the system chooses, bound before the server starts so that it is known."""

    def __init__(self, handler: Any) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self.socket.getsockname()[1])

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)


def start_mailbox(folder: Path) -> tuple[Controller, int]:
    """Take letters on a port of loopback until `controller.stop()`; returns it and the port."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    controller = _Controller(Mailbox(folder))
    controller.start()
    return controller, controller.port


class Delivered(NamedTuple):
    """One letter in a list."""

    key: str
    subject: str
    to: str
    sent: datetime | None


def letters(folder: Path, after: str | None = None) -> Page[Delivered]:
    """A page of delivered letters, newest first."""
    box = _open(folder)
    keys = sorted(box.keys(), key=_moment, reverse=True) if box is not None else []
    if after is not None:
        keys = [key for key in keys if _moment(key) < _moment(after)]
    return cut([_listed(key, _read(box, key)) for key in keys[: PAGE + 1]], PAGE, "key")


def letter(folder: Path, key: str) -> EmailMessage | None:
    """One delivered letter, or None."""
    box = _open(folder)
    return _read(box, key) if box is not None and key in box else None


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def with_links(text: str, base: str) -> Markup:
    """The text, escaped, in which addresses of this service (and no others) are links."""
    base = base.rstrip("/")
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(".,;:!?)”’")
        if not (address == base or address.startswith(f"{base}/")):
            continue
        parts += [
            escape(text[end : found.start()]),
            Markup('<a class="govuk-link" href="{0}">{0}</a>').format(address),
        ]
        end = found.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])


def _open(folder: Path) -> mailbox.Maildir | None:
    """The Maildir to read; None until the first letter. Reading never creates one."""
    if not (folder / "new").is_dir():
        return None
    return mailbox.Maildir(folder, create=False)


def _read(box: Any, key: str) -> EmailMessage:
    message: Any = email.message_from_bytes(box.get_bytes(key), policy=default)
    return message  # type: ignore[no-any-return]


def _listed(key: str, message: EmailMessage) -> Delivered:
    return Delivered(
        key,
        str(message["Subject"] or "(no subject)"),
        str(message["To"] or ""),
        getattr(message["Date"], "datetime", None),
    )


def _moment(key: str) -> tuple[int, ...]:
    """When a letter arrived, from its Maildir key `seconds.MmicrosecondsPprocessQcount.host`."""
    found = re.match(r"(\d{1,12})\.M(\d{1,9})P\d+Q(\d{1,12})", key)
    return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)
