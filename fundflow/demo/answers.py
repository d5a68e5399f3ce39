"""A complete bid's answers, by the names of its columns: a line for every question that must be answered.

The demonstration's stories and the tests' bids begin with these, and then say what is theirs.
"""

from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import EvidenceStrength

SHORT: dict[str, Any] = {
    "title": "Reading recovery in Years 1 and 2",
    "contact_name": "Sam Okafor",
    "contact_role": "School business manager",
    "contact_email": "office@lead.example",
    "contact_phone": "01632 960 001",
    "need": "Only 58% of Year 1 pupils reached the phonics standard.",
    "pupils_benefiting": 112,
    "staff_benefiting": 6,
    "other_funding": False,
}
FULL: dict[str, Any] = {
    "phases": ["2"],
    "approach": "Two leaders coach every teacher of Years 1 and 2.",
    "evidence_strength": EvidenceStrength.EEF_4,
    "evidence_strength_source": "EEF toolkit: phonics",
    "value_for_money": "Training by a company would cost about twice as much and reach leaders only.",
    "sustainability": "Our own leaders run the coaching from the term after the project.",
    "sharing": "We invite the schools of the borough to an open morning in the last month.",
    "equality": "Pupils who are furthest behind gain most. Nobody is taken out of other lessons for it.",
    "approver_name": "Chris Chair",
    "approver_email": "chair@governors.example",
}


def answer(bid: Bid, answers: dict[str, Any]) -> None:
    """Write these answers into a bid."""
    for name, value in answers.items():
        setattr(bid, name, value)
