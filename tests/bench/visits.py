"""What the bench looks at: pages with the role that opens them, and steps that are taken."""

from typing import NamedTuple

WORK, LIST, BID, REVIEW, SOME = 16, 6, 6, 14, None


class Visit(NamedTuple):
    """A page as one person opens it.

    most   how many times the floor it may cost with a thousand bids; None: no bar
    grows  whether its content grows with the bids, so that nothing is asked of its growth
    """

    name: str
    path: str
    who: str
    most: float | None = None
    grows: bool = False


class Step(NamedTuple):
    """A step's form, sent for one bid after another in this state."""

    name: str
    path: str
    state: str
    who: str | None  # None: the head of the bid's school
    most: float | None = None


PRIYA, AMARA, MARCUS, GRACE = "Priya Raman", "Amara Nwosu", "Marcus Webb", "Grace Lin"
OWEN, JOAN, HELEN, IAN = "Owen Clarke", "Joan Baker", "Helen Abbott", "Ian Potts"

FLOOR = Visit("floor", "/floor", PRIYA)
VISITS = (
    Visit("My work, officer", "/work", PRIYA, WORK),
    Visit("My work, head", "/work", AMARA, WORK),
    Visit("My work, chair", "/work", MARCUS, WORK),
    Visit("My work, clerk", "/work", GRACE, WORK),
    Visit("My work, finance", "/work", OWEN, WORK),
    Visit("My work, impact", "/work", HELEN, WORK),
    Visit("My work, administrator", "/work", IAN, WORK),
    Visit("bids", "/bids", PRIYA, LIST),
    Visit("bids, last page", "/bids?after=30", PRIYA, LIST),
    Visit("bids, head", "/bids", AMARA, LIST),
    Visit("bids, chair", "/bids", MARCUS, LIST),
    Visit("bids, auditor", "/bids", JOAN, LIST),
    Visit("bids, search", "/bids?q=reading", PRIYA, LIST),
    Visit("bids, rare search", "/bids?q=zed", PRIYA, LIST),
    Visit("bids, filter", "/bids?state=in_review&officer=mine", PRIYA, LIST),
    Visit("bids by deadline", "/bids?sort=deadline", PRIYA, LIST),
    Visit("bids by amount", "/bids?sort=-amount", PRIYA, LIST),
    Visit("bids by school", "/bids?sort=school", PRIYA, LIST),
    Visit("bids by age", "/bids?sort=-age", PRIYA, LIST),
    Visit("a bid, officer", "/bids/{at_panel}", PRIYA, BID),
    Visit("a bid, chair", "/bids/{at_panel}", MARCUS, BID),
    Visit("a bid, head", "/bids/{own}", AMARA, BID),
    Visit("review", "/bids/{at_panel}/review", PRIYA, REVIEW),
    Visit("panel tab, clerk", "/bids/{at_panel}/panel", GRACE, REVIEW),
    Visit("item, clerk", "/meetings/{meeting}/items/{item}", GRACE, REVIEW),
    Visit("meeting, clerk", "/meetings/{meeting}", GRACE, SOME),
    Visit("meetings", "/meetings", GRACE, SOME),
    Visit("ranking", "/ranking", GRACE, SOME, grows=True),
    Visit("money", "/money", OWEN, SOME),
    Visit("ledger", "/money/ledger", OWEN, SOME),
    Visit("register of awards", "/register", AMARA, SOME, grows=True),
    Visit("case studies", "/case-studies", AMARA, SOME),
    Visit("letters", "/letters", IAN, SOME),
    Visit("people", "/people", IAN, SOME),
    Visit("schools", "/schools", PRIYA, SOME),
    Visit("a school", "/schools/{urn}", PRIYA, SOME),
    Visit("form section", "/bids/{draft}/form/need", AMARA, SOME),
    Visit("history", "/bids/{at_panel}/history", PRIYA, SOME),
    Visit("my account", "/me", AMARA, SOME),
)
STEPS = (
    Step("take up", "/bids/{bid}/steps/take-up", "submitted", PRIYA, 7.5),
    Step("accept the offer", "/bids/{bid}/steps/accept-offer", "offered", None, 16),
)
MIX = ("bids", "My work, officer", "a bid, officer", "a bid, head", "review", "form section", "my account")
