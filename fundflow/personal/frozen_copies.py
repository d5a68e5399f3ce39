"""Frozen copies of bids that stay, once removed people were taken out of them: their new hashes are noted."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from fundflow.applications.freezing import sha256
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.minutes import Paper
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.review import Submission
from fundflow.papers import fingerprint
from fundflow.rules.frozen_copies import COPIES, NAMES_TAKEN_OUT, Hashes, newest_hashes
from fundflow.steps import note

LABEL = "Names of people whose data was removed were taken out of frozen copies"


def note_hashes(submissions: Collection[int], papers: Collection[int], *, user: User, now: datetime) -> None:
    """Note in each bid’s history what its changed versions and papers hash to now. The caller commits."""
    found: dict[int, Hashes] = {}
    sent = select(Submission.bid_id, Submission.id, Submission.answers).where(Submission.id.in_(submissions))
    for bid_id, number, answers in db.session.execute(sent):
        found.setdefault(bid_id, {}).setdefault("submission", {})[str(number)] = sha256(answers)
    issued = (
        select(AgendaItem.bid_id, Paper, Submission)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .outerjoin(Submission, Submission.id == Paper.submission_id)
        .where(Paper.id.in_(papers))
    )
    for bid_id, paper, version in db.session.execute(issued):
        digest = fingerprint(version, paper.report, paper.figures)
        found.setdefault(bid_id, {}).setdefault("paper", {})[str(paper.id)] = digest
    earlier = select(Bid.id, newest_hashes()).where(Bid.id.in_(found)).order_by(Bid.id)
    for bid_id, facts in db.session.execute(earlier).all():
        known: Hashes = (facts or {}).get(COPIES, {})
        hashes = {
            table: {**known.get(table, {}), **found[bid_id].get(table, {})}
            for table in ("submission", "paper")
        }
        note(
            db.session.get_one(Bid, bid_id),
            NAMES_TAKEN_OUT,
            LABEL,
            user=user,
            now=now,
            internal=True,
            quietly=True,
            facts={COPIES: hashes},
        )
