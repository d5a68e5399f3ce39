"""A real mail server on loopback, and letters to send to it."""

import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from fundflow.models.letter import Letter, LetterStatus
from tests.factories import NOW

numbers = count(1)


class Office:
    """Keeps what it takes; refuses addresses the test names, with the answer it names."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        self.data_answer = "250 OK"
        self.on_message: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.data_answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.on_message()
        return self.data_answer

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    def text(self, n: int = -1) -> str:
        return self.messages[n].get_content()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    server = Controller(office, hostname="127.0.0.1", port=free_port())
    office.port = server.port  # type: ignore[attr-defined]
    server.start()
    yield office
    server.stop()


@pytest.fixture
def posted(app: Flask, office: Office) -> Iterator[Office]:
    """The mail server, and the application pointed at it."""
    state = app.extensions["mail"]
    before, state.port = state.port, office.port  # type: ignore[attr-defined]
    yield office
    state.port = before


def a_letter(email: str = "", **values: Any) -> Letter:
    """A letter that is due."""
    n = next(numbers)
    return Letter(
        **{
            "key": f"test:{n}",
            "recipient": "school",
            "name": "Sam",
            "outside": True,
            "email": email or f"sam{n}@school.example",
            "subject": f"LSIF-0031: letter {n}",
            "body": "Dear Sam\n\nIt’s about £3,000.\n",
            "status": LetterStatus.QUEUED,
            "written_at": NOW,
            "due": NOW,
            **values,
        }
    )


@pytest.fixture
def write(session: Session) -> Callable[..., Letter]:
    """Put a letter into the outbox."""

    def put(email: str = "", **values: Any) -> Letter:
        letter = a_letter(email, **values)
        session.add(letter)
        session.commit()
        return letter

    return put
