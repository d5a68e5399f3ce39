"""A fund, its allocation lines, rounds, questions and ledger entries."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from fundflow import balances, ledger
from fundflow.models.bid import Bid
from fundflow.models.board import BoardPaper, BoardPaperSection, Recommendation
from fundflow.models.fund import Allocation, Fund, StaffGrade
from fundflow.models.late_entry import LateEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.measure import Better, Measure
from fundflow.models.person import User
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.models.school import School
from fundflow.reports.tables import Column, Kind, Part, Table
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.recommendation import RecommendationState
from tests.factories.base import NOW, numbers
from tests.factories.people import People


class Funds(People):
    """Funds and their money."""

    def fund(self, *, allocated: int = 19_950_000, **values: Any) -> Fund:
        """A fund with one allocation line that may pay every kind of school; pence."""
        n = next(numbers)
        fund = Fund(
            **{
                "name": f"Fund {n}",
                "council": "Borough of Brackenford",
                "la_code": "899",
                "prefix": f"T{n}",
                "holds_decision_letters": False,
                **values,
            }
        )
        if allocated:
            self.allocation(fund, allocated)
        return self._add(fund)

    def allocation(
        self,
        fund: Fund,
        pence: int,
        *,
        year: int = 2026,
        pays: tuple[str, ...] = ("maintained", "academy", "other"),
        carries_forward: bool = False,
    ) -> Allocation:
        line = self._add(
            Allocation(
                fund=fund,
                source="Schools forum",
                minute_reference="Minute 12",
                financial_year=year,
                pays=list(pays),
                carries_forward=carries_forward,
            )
        )
        ledger.allocate(line, pence, user=None, now=NOW)
        self.session.flush()
        return line

    def round(self, fund: Fund, **values: Any) -> Round:
        priorities = [Priority(title="Early reading")]
        return self._add(Round(**{"fund": fund, "name": "Rolling round", "priorities": priorities, **values}))

    def question(self, round_: Round, **values: Any) -> RoundQuestion:
        """A question of the round’s own, which a bid may leave unanswered."""
        return self._add(
            RoundQuestion(**{"round_id": round_.id, "text": "Who else gains?", "required": False, **values})
        )

    def grade(self, fund: Fund, **values: Any) -> StaffGrade:
        return self._add(
            StaffGrade(**{"fund_id": fund.id, "title": "Head teacher", "cap_pence": 55_000, **values})
        )

    def measure(self, fund: Fund, **values: Any) -> Measure:
        """A measure of the fund's library, in percent, better when it rises."""
        kept = {"name": "Pupils at the phonics standard", "unit": "%", "better": Better.UP}
        return self._add(Measure(**{"fund": fund, "method": "Phonics check", **kept, **values}))

    def late_entry(self, round_: Round, school: School, **values: Any) -> LateEntry:
        """The school let into the round for a week from now."""
        return self._add(
            LateEntry(
                **{
                    "round": round_,
                    "school": school,
                    "until": NOW + timedelta(days=7),
                    "reason": "Ill",
                    "by": self.user(),
                    "at": NOW,
                    **values,
                }
            )
        )

    def board_paper(self, fund: Fund, by: User, *, issued: bool = False, **values: Any) -> BoardPaper:
        """A paper with one table and two headings, of which one is exempt; a draft unless `issued`."""
        columns = (Column("Money"), Column("Amount", Kind.PENCE))
        table = Table("money", "Money", "All is paid.", columns, (("Paid", 120_000),))
        paper = BoardPaper(
            fund=fund,
            starts_on=date(2026, 9, 1),
            ends_on=date(2026, 10, 31),
            figures={"money": Part("Money", (table,)).to_json()},
            drawn_at=NOW,
            contact="The team",
            exempt_paragraph="paragraph 3",
            public_interest="Prices.",
            begun_at=NOW,
            begun_by_id=by.id,
            state=PaperState.ISSUED if issued else PaperState.DRAFT,
            issued_at=NOW if issued else None,
            issued_by_id=by.id if issued else None,
            **values,
        )
        paper.sections = [
            BoardPaperSection(position=1, heading="Purpose", text="To report.", exempt=False),
            BoardPaperSection(position=2, heading="Money", text="A dispute.", exempt=True),
        ]
        return self._add(paper)

    def recommendation(self, fund: Fund, owner: User, **values: Any) -> Recommendation:
        """One of the schools forum that waits for its owner's answer."""
        return self._add(
            Recommendation(
                **{
                    "fund": fund,
                    "state": RecommendationState.OPEN,
                    "body": "Schools forum",
                    "what": "Tell every school of the next round.",
                    "owner": owner,
                    "owner_role": "The impact officer",
                    "due_on": date(2027, 3, 12),
                    "recorded_at": NOW,
                    "changed_at": NOW,
                    **values,
                }
            )
        )

    def entry(self, bid: Bid, kind: EntryKind, pence: int, now: datetime = NOW) -> LedgerEntry:
        return self._entries(bid, now, (kind,), pence)[0]

    def _entries(self, bid: Bid, now: datetime, kinds: Iterable[EntryKind], pence: int = 0) -> list[Any]:
        """One of each kind, of the amount asked for unless said otherwise."""
        line = self.session.query(Allocation.id).filter_by(fund_id=bid.fund_id).first()
        entries = [
            LedgerEntry(
                fund_id=bid.fund_id,
                allocation_id=line.id,
                bid_id=bid.id,
                kind=kind,
                pence=pence or bid.requested_pence,
                at=now,
            )
            for kind in kinds
        ]
        for entry in entries:
            balances.add_entry(entry)
        self.session.flush()
        return entries
