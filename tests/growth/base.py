"""Inserting many rows at once."""

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from fundflow import balances
from fundflow.extensions import Base, db
from fundflow.models.bid import Bid
from fundflow.models.bid_words import BidWord, words_of
from fundflow.models.fund import Allocation
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.panel import Meeting
from fundflow.models.person import User
from tests.factories import Make


def analyze(session: Session) -> None:
    """Let the database count rows for its plans: on PostgreSQL of our tables alone, as those that all
    databases share are locked by who counts them."""
    ours = ", ".join(table.name for table in Base.metadata.sorted_tables)
    session.execute(text(f"ANALYZE {ours}" if db.engine.dialect.name == "postgresql" else "ANALYZE"))


class Rows:
    """Inserts rows for one fund, whose bids have the same lead, provider, officer and meeting."""

    def __init__(self, make: Make, like: Bid, meeting: Meeting, officer: User) -> None:
        self.session, self.like, self.meeting = make.session, like, meeting
        self.fund_id, self.officer_id = like.fund_id, officer.id
        self.provider_id = like.partners[0].school_id
        self.line_id = self.session.query(Allocation).filter_by(fund_id=like.fund_id).first().id

    def put(self, kind: Any, rows: list[dict[str, Any]]) -> list[int]:
        """Insert rows and return their ids, in their order."""
        made = self.session.scalars(insert(kind).returning(kind.id, sort_by_parameter_order=True), rows)
        ids = list(made)
        if kind is LedgerEntry:
            balances.rebuild()
        if kind is Bid:
            texts = self.session.execute(select(Bid.id, Bid.search_text).where(Bid.id.in_(ids)))
            self.session.execute(insert(BidWord), words_of((number, text) for number, text in texts))
        if len(ids) >= 1000:  # as autovacuum would by itself, once they are committed
            analyze(self.session)
        return ids
