"""Factories: the smallest true rows a test needs, with names from the invented council.

`make.bid(state=…)` gives a complete short bid of the worked example (£3,000) in any state, with
the rows that state implies (an officer, an agenda item, an offer, an award in the ledger …).
"""

from tests.factories.advisers import Advisers
from tests.factories.base import LONG_AGO, NOW, TODAY
from tests.factories.bids import AWARDED, OFFERED_OR_LATER, Bids
from tests.factories.brokering import Brokering
from tests.factories.caseloads import Caseloads
from tests.factories.services import Services
from tests.factories.surveys import Surveys

__all__ = ["AWARDED", "LONG_AGO", "NOW", "OFFERED_OR_LATER", "TODAY", "Make"]


class Make(Bids, Brokering, Services, Advisers, Surveys, Caseloads):
    """Everything a test makes: `make.school()`, `make.seat(fund)`, `make.bid()` …"""
