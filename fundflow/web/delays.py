"""What a page may promise of letters: “on its way” only where one goes, and while they go out."""

import re
from datetime import datetime
from typing import Any

from flask import Flask, g, has_request_context, message_flashed, session
from sqlalchemy import event

from fundflow.letters.troubles import Trouble, TroubleKind, troubles
from fundflow.models.letter import Letter, LetterStatus
from fundflow.web.access import now
from fundflow.workflow.date_words import moment_words

DELAYED = "Emails are delayed at the moment. They go by themselves as soon as that is put right."

# What a page says when it has written a letter, and what it says instead while none goes.
PROMISES = (
    (re.compile(r"\b(?:is|are) on (?:its|their) way\b"), "will go"),
    (re.compile(r"\b(?:is|are) being told\b"), "will be told"),
    (re.compile(r"\b(?:is|are) being asked\b"), "will be asked"),
    (re.compile(r"\bare emailing\b"), "will email"),
    (re.compile(r"(?:’re| are) telling\b"), " will tell"),
)
WRITTEN = "letter_written"  # among what is kept for a request: whether it put a letter into the queue
QUEUED = (LetterStatus.QUEUED, LetterStatus.IN_DIGEST)


def prepare(app: Flask) -> None:
    app.jinja_env.filters["promised"] = promised
    app.jinja_env.globals.update(letters_delayed=letters_delayed, letters_delayed_words=DELAYED)
    message_flashed.connect(_keep_to_the_truth, app)


@event.listens_for(Letter, "after_insert")
@event.listens_for(Letter, "after_update")
def _note(_mapper: Any, _connection: Any, letter: Letter) -> None:
    if has_request_context() and letter.status in QUEUED:
        setattr(g, WRITTEN, True)


def _keep_to_the_truth(_app: Flask, *, message: str, category: str) -> None:
    """What is said after an act promises no letter where none was written."""
    if promises(message) and not g.get(WRITTEN):
        session["_flashes"] = [*session["_flashes"][:-1], (category, without_promises(message))]


def without_promises(text: str) -> str:
    """The text without the sentences that promise a letter; “Done.” where no other is left."""
    kept = [sentence for sentence in re.split(r"(?<=[.!?]) ", text) if not promises(sentence)]
    return " ".join(kept) or "Done."


def promised(sentence: str) -> str:
    """A sentence as it may be said now: what it promises of letters is put off while they are held up."""
    if not promises(sentence) or not letters_delayed():
        return sentence
    for found, instead in PROMISES:
        sentence = found.sub(instead, sentence)
    return f"{sentence} {DELAYED}"


def promises(sentence: str) -> bool:
    """Whether a sentence says that a letter goes now."""
    return any(found.search(sentence) for found, _ in PROMISES)


def letters_delayed() -> bool:
    """Whether letters are held up; asked once a request."""
    if "letters_delayed" not in g:
        g.letters_delayed = not g.get("without_database") and bool(troubles(now()))
    return bool(g.letters_delayed)


def troubles_in_words(moment: datetime) -> list[tuple[str, str]]:
    """For an administrator: what holds letters up, and what to do about each."""
    return [_words(trouble) for trouble in troubles(moment)]


def _words(trouble: Trouble) -> tuple[str, str]:
    since = f" since {moment_words(trouble.since)}" if trouble.since else ""
    said = f" It says: {trouble.said}" if trouble.said else ""
    return {
        TroubleKind.WORKER: (
            f"The worker has been silent{since}" if since else "The worker has never run",
            "No letter goes and no date is kept until it runs. Ask IT to start “fundflow worker”.",
        ),
        TroubleKind.QUEUE: (
            f"Letters have waited{since}",
            "They wait longer than ten minutes. Ask IT whether the worker runs and the mail server answers.",
        ),
        TroubleKind.MAIL: (
            f"The mail server has refused letters{since}",
            f"They are kept and tried again.{said} Ask IT to run “fundflow mail test ADDRESS”.",
        ),
    }[trouble.kind]
