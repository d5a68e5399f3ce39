"""The files of a bid: attaching and removing them while its form is open, and who may read which."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.applications.queries import leads, why_not_editable
from fundflow.applications.sections import pages_of
from fundflow.extensions import db
from fundflow.files import Received, Sent, Unfit, files, receiving
from fundflow.files.kinds import kinds_taken
from fundflow.impact_readers import sees_report
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.person import User
from fundflow.models.review import Submission
from fundflow.permissions import costs_seen, is_open_to_school, sees_review
from fundflow.steps import lock
from fundflow.workflow.engine import Refused

SECTION_SLUG = "files"
MOST_FILES = 5
FULL = f"A bid can have at most {MOST_FILES} files. Remove one first"
SHORT_FORM = "Only bids that need the full form have attachments."


def attach(bid: Bid, *, sent: Sent, description: str, user: User, now: datetime) -> None:
    """Attach a file; the same one sent twice, as by a second click, is attached once.

    Raises Unfit where the file may not be attached, Refused where the bid takes none.
    """
    _require_room(bid, user, now)
    with receiving([sent], kinds_taken(bid.fund)) as (new,):
        lock(bid, None)
        _require_open(bid, user, now)
        if _is_there(bid, new, description):
            files().delete(new.store_key)
        else:
            _require_room(bid, user, now)
            db.session.add(
                Attachment(
                    bid_id=bid.id,
                    description=description,
                    uploaded_at=now,
                    uploaded_by_id=user.id,
                    **new._asdict(),
                )
            )
            bid.touch()
        db.session.commit()


def remove(bid: Bid, number: int, *, user: User, now: datetime) -> None:
    """Take a file off the bid; one that is gone already is no error.

    Its bytes are kept where a frozen version names them, else deleted.
    """
    lock(bid, None)
    _require_open(bid, user, now)
    found = next((one for one in bid.files if one.id == number), None)
    gone = None
    if found is not None:
        if _versions_naming(bid, found.sha256):
            found.removed_at = now
        else:
            gone = found.store_key
            db.session.delete(found)
        bid.touch()
    db.session.commit()
    if gone:
        files().delete(gone)


def _require_open(bid: Bid, user: User, now: datetime) -> None:
    why = why_not_editable(user, bid, now, SECTION_SLUG) or (None if takes_files(bid) else SHORT_FORM)
    if why:
        raise Refused(why)


def _require_room(bid: Bid, user: User, now: datetime) -> None:
    _require_open(bid, user, now)
    if len(bid.files) >= MOST_FILES:
        raise Unfit(FULL)


def _is_there(bid: Bid, new: Received, description: str) -> bool:
    same = next((one for one in bid.files if one.sha256 == new.sha256), None)
    if same is not None and (same.name, same.description) != (new.name, description):
        raise Unfit(f"This file is attached already, as “{same.name}”")
    return same is not None


def takes_files(bid: Bid) -> bool:
    """Whether the bid's form has a section for files."""
    return any(page.slug == SECTION_SLUG for page in pages_of(bid))


# -- reading ------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A file as a page lists it; `there` says whether its reader may open it."""

    file: Attachment
    there: bool = True


def listed(user: User, bid: Bid, now: datetime) -> list[Listed]:
    """The bid's files as this person reads the bid: unsent changes are the lead school's alone."""
    if bid.submitted_at is None or (is_open_to_school(bid) and leads(user, bid, now)):
        return [Listed(one) for one in bid.files]
    latest = next(iter(_named(bid)), None)
    return in_version(user, bid, latest, now) if latest is not None else []


def in_version(user: User, bid: Bid, answers: str, now: datetime) -> list[Listed]:
    """The files that a frozen version (its text) names, each once."""
    hashes = set(HASH.findall(answers))
    found = {one.sha256: one for one in bid.attachments if one.is_of_form and one.sha256 in hashes}
    return [Listed(one, may_read(user, bid, one, now)) for one in found.values()]


def may_read(user: User, bid: Bid, file: Attachment, now: datetime) -> bool:
    """Whether somebody who sees the bid may have this file of it.

    Late evidence and what the latest version names: everybody. What only an earlier one names was
    taken off the bid since: those who review. What was never sent: the school that leads, and who
    sees the draft. A receipt: who sees its cost. Evidence of a report: who
    sees the report; once removed, those who review, if it had been sent.
    """
    if file.spent_cost is not None:
        return bool(costs_seen(user, bid, [file.spent_cost], now))
    if file.report is not None:
        return sees_report(user, file.report, now) and (
            file.removed_at is None or (_was_sent(file) and sees_review(user, bid, now))
        )
    if file.late_evidence_id is not None:
        return True
    naming = [file.sha256 in text for text in _named(bid)]
    if any(naming):
        return naming[0] or sees_review(user, bid, now)
    return file.removed_at is None and (bid.submitted_at is None or leads(user, bid, now))


def _was_sent(file: Attachment) -> bool:
    """Whether evidence that was removed had gone to the council: it was there as its report was last sent."""
    sent = file.report.submitted_at if file.report else None
    return sent is not None and file.removed_at is not None and file.uploaded_at <= sent < file.removed_at


HASH = re.compile(r"\b[0-9a-f]{64}\b")


def _named(bid: Bid) -> Sequence[str]:
    """The texts of the bid's frozen versions, the newest first."""
    return db.session.scalars(
        select(Submission.answers).where(Submission.bid_id == bid.id).order_by(Submission.number.desc())
    ).all()


def _versions_naming(bid: Bid, sha256: str) -> Any:
    return db.session.scalar(
        select(Submission.id).where(Submission.bid_id == bid.id, Submission.answers.contains(sha256)).limit(1)
    )
