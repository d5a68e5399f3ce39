"""The outbox is emptied: due letters are claimed, handed to the mail server, and noted.

Claiming is one statement with a lease, so that any number of workers share the work. No
transaction is open while we talk to the mail server, and each letter's outcome has its own short
one. A worker that is killed loses nothing: its letters come due again when the lease ends, with
the same Message-ID.
"""

import hashlib
import logging
import smtplib
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import exists, select, update

from fundflow.extensions import db
from fundflow.letters import codes
from fundflow.letters.addresses import why_not_address
from fundflow.letters.links import AnsweredRecord, mint, mint_answer, url_of
from fundflow.letters.notify import NotifyPost
from fundflow.letters.post import PlainText, Post, is_permanent, is_the_servers, words_of
from fundflow.letters.troubles import note_refusal, note_taken
from fundflow.letters.writing import LINK
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose

log = logging.getLogger(__name__)

# How long after each failed attempt the next one comes; after the last, the letter has failed.
DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
MOST_ATTEMPTS = len(DELAYS) + 1
LEASE = timedelta(minutes=10)
BATCH_SECONDS = 30  # after this the rest of a batch is given back, long before its lease ends
SERVER_DOWN = timedelta(minutes=1)  # until the next try, when nobody answers at all

COLUMNS = (
    Letter.id,
    Letter.key,
    Letter.email,
    Letter.reply_to,
    Letter.subject,
    Letter.body,
    Letter.link_purpose,
    Letter.user_id,
    Letter.asked_process,
    Letter.asked_id,
    Letter.attempts,
    Letter.resends,
)
Claimed = Any  # a row of COLUMNS


def deliver(now: datetime, limit: int = 50) -> int:
    """Hand over up to `limit` letters that are due; returns how many the mail server took.

    Commits. While the mail server can't be reached no letter is claimed and no attempt counted.
    """
    if not _anything_due(now):
        return 0
    try:
        with post_office() as post:
            return _hand_over_all(post, _claim(now, limit), now)
    except (OSError, smtplib.SMTPException) as error:
        _wait_for_server(error, now)
        return 0


def post_office() -> Post | NotifyPost:
    """What letters go by: the mail server, or GOV.UK Notify where that is set."""
    return NotifyPost() if current_app.config.get("NOTIFY_KEY") else Post(current_app.extensions["mail"])


def message_id(key: str, resends: int) -> str:
    """The same letter always has the same Message-ID; an administrator's resend appends `.2` …"""
    sender, base = current_app.config["MAIL_DEFAULT_SENDER"], current_app.config["BASE_URL"]
    domain = sender.rpartition("@")[2].strip("<> ") or urlsplit(base).hostname
    again = f".{resends + 1}" if resends else ""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}{again}@{domain}>"


def _due(now: datetime) -> tuple[Any, ...]:
    return (Letter.status == LetterStatus.QUEUED, Letter.due <= now)


def _anything_due(now: datetime) -> bool:
    found = db.session.scalar(select(exists().where(*_due(now))))
    db.session.commit()
    return bool(found)


def _claim(now: datetime, limit: int) -> Sequence[Claimed]:
    chosen = (
        select(Letter.id)
        .where(*_due(now))
        .order_by(Letter.due, Letter.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    letters = db.session.execute(
        update(Letter)
        .where(Letter.id.in_(chosen))
        .values(due=now + LEASE, attempts=Letter.attempts + 1)
        .returning(*COLUMNS),
        execution_options={"synchronize_session": False},
    ).all()
    db.session.commit()
    return sorted(letters, key=lambda letter: letter.id)


def _hand_over_all(post: Post | NotifyPost, letters: Sequence[Claimed], now: datetime) -> int:
    sent, trouble = 0, ""
    ends = time.monotonic() + BATCH_SECONDS
    rest: Iterator[Claimed] = iter(letters)
    for letter in rest:
        error = _hand_over(post, letter, now)
        sent += error is None
        try:
            post.reopen()
        except (OSError, smtplib.SMTPException) as gone:
            error = gone
            _give_back(list(rest), now + SERVER_DOWN, words_of(gone))
        trouble = words_of(error) if error and is_the_servers(error) else trouble
        if time.monotonic() > ends:
            _give_back(list(rest), now, "")
    if trouble:
        note_refusal(trouble, now)
    elif letters:
        note_taken(now)
    return sent


def _hand_over(post: Post | NotifyPost, letter: Claimed, now: datetime) -> Exception | None:
    """None where the mail server took it, else why not; the outcome is recorded."""
    if letter.attempts > MOST_ATTEMPTS:  # only where workers died at it, again and again
        _note(letter, status=LetterStatus.FAILED, last_error="Given up: no attempt ever ended.")
        return ValueError("given up")
    body = _with_link(letter, now)
    try:
        post.send(_message(letter, body))
    except Exception as error:  # whatever is wrong with this letter must not stop the next
        _note_failure(letter, error, now)
        return error
    _note(letter, status=LetterStatus.SENT, sent_at=now, last_error="")
    return None


def _with_link(letter: Claimed, now: datetime) -> str:
    """The text to send, with a fresh one-time link where it has one; the stored text has none."""
    body: str = letter.body
    purpose: LinkPurpose | None = letter.link_purpose
    if purpose is None or LINK not in body:
        return body
    if letter.asked_process == codes.PROCESS:
        url = codes.mint_code(letter.asked_id, now)
    elif purpose is LinkPurpose.ANSWER:
        asked = AnsweredRecord(letter.asked_process, letter.asked_id)
        url = url_of(mint_answer(asked, letter.email, now), asked)
    else:
        url = url_of(mint(purpose, letter.user_id, now), purpose=purpose)
    db.session.commit()
    return body.replace(LINK, url)


def _message(letter: Claimed, body: str) -> PlainText:
    if why := why_not_address(letter.email):
        raise ValueError(f"{why}.")
    message = PlainText(
        letter.subject,
        recipients=[letter.email],
        body=body,
        reply_to=letter.reply_to or None,
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = message_id(letter.key, letter.resends)
    message.again = letter.attempts > 1
    return message


def _note_failure(letter: Claimed, error: Exception, now: datetime) -> None:
    log.warning("Letter %s, attempt %s: %s", letter.id, letter.attempts, words_of(error))
    if is_permanent(error) or letter.attempts >= MOST_ATTEMPTS:
        _note(letter, status=LetterStatus.FAILED, last_error=words_of(error))
    else:
        _note(letter, due=now + DELAYS[letter.attempts - 1], last_error=words_of(error))


def _note(letter: Claimed, **outcome: Any) -> None:
    """Record one letter's outcome, unless another worker has recorded one meanwhile."""
    db.session.execute(
        update(Letter).where(Letter.id == letter.id, Letter.status == LetterStatus.QUEUED).values(**outcome),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()


def _give_back(letters: Sequence[Claimed], due: datetime, why: str) -> None:
    """Letters that were claimed and never tried: no attempt counts."""
    if letters:
        db.session.execute(
            update(Letter)
            .where(Letter.id.in_([letter.id for letter in letters]))
            .values(due=due, attempts=Letter.attempts - 1, last_error=why),
            execution_options={"synchronize_session": False},
        )
        db.session.commit()


def _wait_for_server(error: Exception, now: datetime) -> None:
    note_refusal(words_of(error), now)
    free = select(Letter.id).where(*_due(now)).with_for_update(skip_locked=True)  # nobody waits
    db.session.execute(
        update(Letter).where(Letter.id.in_(free)).values(due=now + SERVER_DOWN, last_error=words_of(error)),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
