"""The money of a report, against sums over the ledger's rows."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.reports.cut import Cut
from fundflow.reports.money import money
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make

SIGNS = {
    "allocated": {K.ALLOCATED: 1, K.CUT: -1},
    "committed": {K.AWARDED: 1, K.RELEASED: -1, K.RECOVERED: -1, K.UNRECOVERED: 1},
    "paid": {K.PAID: 1, K.REVERSED: -1, K.RECOVERED: -1, K.UNRECOVERED: 1},
    "reserved": {K.RESERVED: 1, K.UNRESERVED: -1},
}


def by_hand(session: Session, fund_id: int, before: datetime) -> dict[str, int]:
    rows = [e for e in session.query(LedgerEntry).all() if e.fund_id == fund_id and e.at < before]
    found = {name: sum(signs.get(e.kind, 0) * e.pence for e in rows) for name, signs in SIGNS.items()}
    found["outstanding"] = found["committed"] - found["paid"]
    found["uncommitted"] = found["allocated"] - found["committed"]
    return found


def test_the_money_stands_as_the_ledgers_rows_add_up_to_on_any_day(make: Make, session: Session) -> None:
    fund, year_ago = make.fund(), NOW - timedelta(days=365)
    for state, at in ((S.CLOSED, year_ago), (S.IN_DELIVERY, NOW), (S.OFFERED, NOW), (S.NOT_TAKEN_UP, NOW)):
        make.bid(state=state, fund=fund, now=at)
    make.bid(state=S.IN_DELIVERY)  # of another fund
    for end in (date(2026, 1, 1), date(2027, 3, 31)):
        cut = Cut(fund, date(2025, 4, 1), end)
        hand = by_hand(session, fund.id, cut.until(NOW + timedelta(days=1)))
        standing, by_line, moved = money(cut, NOW + timedelta(days=1)).tables
        free = hand["uncommitted"] - hand["reserved"]
        amounts = [row[1] for row in standing.all_rows]
        assert amounts == [hand["paid"], hand["outstanding"], hand["reserved"], free, hand["allocated"]]
        assert sum(amounts[:-1]) == amounts[-1]
        names = ("allocated", "committed", "paid", "outstanding", "uncommitted", "reserved")
        assert by_line.totals[3:] == tuple(hand[name] for name in names)
        assert by_line.totals[3:] == tuple(
            sum(column) for column in zip(*(row[3:] for row in by_line.rows), strict=True)
        )
    assert hand["reserved"] == 300_000
    assert dict(moved.rows)["Awarded"] == 600_000


def test_what_moved_is_of_the_period_alone(make: Make) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    later = money(Cut(bid.fund, date(2026, 11, 19), date(2027, 3, 31)), datetime(2027, 6, 1, tzinfo=UTC))
    assert all(pence == 0 for _, pence in later.tables[2].rows)
