"""More schools, people, meetings and letters."""

from sqlalchemy import insert

from fundflow.models.fund import Allocation
from fundflow.models.history import HistoryEntry, HistoryWords
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import Membership, RoleGrant, RoleName, Standing, User
from fundflow.models.round import Priority, Round
from fundflow.models.school import School
from tests.factories import LONG_AGO, NOW
from tests.growth.base import Rows


class MoreTown(Rows):
    """More of what stands around the bids."""

    def town(self, count: int) -> None:
        """So many schools and heads more, and staff, lines and rounds."""
        schools = self.put(
            School,
            [
                {
                    "urn": f"{900_000 + n}",
                    "name": f"Zed {n}",
                    "la_code": "899",
                    "la_name": "Brackenford",
                    "type_code": 1,
                    "type_name": "Community",
                    "phase_code": 2,
                    "status_code": 1,
                    "establishment_number": f"{n:04}",
                }
                for n in range(count)
            ],
        )
        heads = self.put(
            User,
            [{"name": f"Head {n}", "email": f"head{n}@zed.example", "created_at": NOW} for n in range(count)],
        )
        self.put(
            Membership,
            [
                {"user_id": head, "school_id": school, "standing": Standing.LEADER, "starts_on": LONG_AGO}
                for head, school in zip(heads, schools, strict=True)
            ],
        )
        self.put(
            RoleGrant,
            [
                {"user_id": head, "role": RoleName.AUDITOR, "fund_id": self.fund_id, "starts_on": LONG_AGO}
                for head in heads[:20]
            ],
        )
        rounds = self.put(Round, [{"fund_id": self.fund_id, "name": f"Round {n}"} for n in range(20)])
        self.put(Priority, [{"round_id": r, "title": "Reading"} for r in rounds])
        lines = self.put(
            Allocation,
            [
                {
                    "fund_id": self.fund_id,
                    "source": "Forum",
                    "minute_reference": f"Minute {n}",
                    "financial_year": 2020 + n,
                    "pays": ["academy"],
                    "carries_forward": False,
                }
                for n in range(15)
            ],
        )
        self.put(
            LedgerEntry,
            [
                {
                    "fund_id": self.fund_id,
                    "allocation_id": line,
                    "kind": EntryKind.ALLOCATED,
                    "pence": 5,
                    "at": NOW,
                }
                for line in lines
            ],
        )

    def told(self, bid_id: int, count: int) -> None:
        """History and letters of a bid."""
        entry = {
            "bid_id": bid_id,
            "record_id": bid_id,
            "process": "application",
            "step": "submit",
            "from_state": "draft",
            "to_state": "submitted",
            "user_id": self.officer_id,
            "at": NOW,
            "words_hash": "",
        }
        words = {
            "salt": "",
            "label": "Submitted the bid",
            "actor_name": "Olly",
            "reason": "",
            "given": {},
        }
        letter = {
            "bid_id": bid_id,
            "recipient": "school",
            "name": "Ann",
            "email": "a@b.example",
            "outside": True,
            "subject": "Your bid",
            "body": "Dear Ann",
            "written_at": NOW,
            "due": NOW,
            "status": LetterStatus.QUEUED,
            "user_id": self.officer_id,
        }
        entries = self.put(HistoryEntry, [entry] * count)
        self.session.execute(insert(HistoryWords), [{**words, "entry_id": number} for number in entries])
        self.put(Letter, [{**letter, "key": f"growth:{bid_id}:{n}"} for n in range(count)])
