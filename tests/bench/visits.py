"""What the bench looks at: pages with the role that opens them, and steps that are taken."""

from typing import NamedTuple

WORK, LIST, BID, REVIEW, REPORT, SOME = 16, 6, 6, 14, 16, None
DASHBOARD = 36  # ten reports on one page, with some 28 tables and their drawings
WAITS = "it counts what waits for the person, of each kind up to a hundred"
ROOM = "with a thousand bids its list has room for more"
ALL_AWARDS = "it is every award"


class Visit(NamedTuple):
    """A page as one person opens it, or a file.

    most   how many times the floor it may cost with a thousand bids; None: no bar
    live   why its content grows with the bids under way: its growth is asked where few are
    grows  why it grows with all bids there ever were, though no faster than they
    """

    name: str
    path: str
    who: str
    most: float | None = None
    live: str = ""
    grows: str = ""


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
    Visit("My work, officer", "/work", PRIYA, WORK, live=WAITS),
    Visit("My work, head", "/work", AMARA, WORK, live=WAITS),
    Visit("My work, chair", "/work", MARCUS, WORK, live=WAITS),
    Visit("My work, clerk", "/work", GRACE, WORK, live=WAITS),
    Visit("My work, finance", "/work", OWEN, WORK, live=WAITS),
    Visit("My work, impact", "/work", HELEN, WORK, live=WAITS),
    Visit("My work, administrator", "/work", IAN, WORK),
    Visit("bids", "/bids", PRIYA, LIST),
    Visit("bids, last page", "/bids?after=30", PRIYA, LIST),
    Visit("bids, head", "/bids", AMARA, LIST, live=ROOM),
    Visit("bids, chair", "/bids", MARCUS, LIST, live=ROOM),
    Visit("bids, auditor", "/bids", JOAN, LIST),
    Visit("bids, search", "/bids?q=reading", PRIYA, LIST),
    Visit("bids, rare search", "/bids?q=zed", PRIYA, LIST),
    Visit("bids, filter", "/bids?state=in_review&officer=mine", PRIYA, LIST, live=ROOM),
    Visit("bids by deadline", "/bids?sort=deadline", PRIYA, LIST),
    Visit("bids by amount", "/bids?sort=-amount", PRIYA, LIST),
    Visit("bids by school", "/bids?sort=school", PRIYA, LIST),
    Visit("bids by age", "/bids?sort=-age", PRIYA, LIST),
    Visit("a bid, officer", "/bids/{at_panel}", PRIYA, BID),
    Visit("a bid, chair", "/bids/{at_panel}", MARCUS, BID),
    Visit("a bid, head", "/bids/{own}", AMARA, BID),
    Visit(
        "review",
        "/bids/{at_panel}/review",
        PRIYA,
        REVIEW,
        live="it looks through its schools’ bids under way",
    ),
    Visit("panel tab, clerk", "/bids/{at_panel}/panel", GRACE, REVIEW),
    Visit("item, clerk", "/meetings/{meeting}/items/{item}", GRACE, REVIEW),
    Visit("meeting, clerk", "/meetings/{meeting}", GRACE, SOME),
    Visit("meetings", "/meetings", GRACE, SOME, live="it lists the meetings that are to come"),
    Visit(
        "ranking", "/ranking", GRACE, SOME, grows="it ranks every bid of its rounds, also those that ended"
    ),
    Visit("money", "/money", OWEN, SOME, live="it counts and adds up every claim and recovery that waits"),
    Visit("ledger", "/money/ledger", OWEN, SOME),
    Visit("register of awards", "/register", AMARA, LIST, grows="it orders and adds up its year’s awards"),
    Visit("register, an award", "/register/{award}", AMARA, LIST),
    Visit("fund page", "/fund/{fund}", AMARA, LIST),
    Visit("case studies", "/case-studies", AMARA, LIST),
    Visit("services", "/services", AMARA, LIST),
    Visit("orders, officer", "/services/orders", PRIYA, LIST),
    Visit("charges", "/services/charges", OWEN, SOME),
    Visit("advisers", "/advisers", PRIYA, SOME),
    Visit("advisers’ visits", "/advisers/visits", PRIYA, LIST),
    Visit(
        "quality checks", "/quality-checks", PRIYA, LIST, grows="it compares kinds of provider by every check"
    ),
    Visit("surveys", "/surveys", PRIYA, LIST),
    Visit("good practice", "/good-practice", AMARA, LIST),
    Visit("caseloads", "/schools/caseloads", PRIYA, SOME),
    Visit("taking no part", "/engagement", PRIYA, SOME),
    Visit("letters", "/letters", IAN, SOME),
    Visit("people", "/people", IAN, SOME),
    Visit("schools", "/schools", PRIYA, SOME),
    Visit("a school", "/schools/{urn}", PRIYA, SOME, live=ROOM),
    Visit("form section", "/bids/{draft}/form/need", AMARA, SOME),
    Visit("history", "/bids/{at_panel}/history", PRIYA, SOME),
    Visit("my account", "/me", AMARA, SOME),
    Visit("dashboard", "/dashboard", PRIYA, DASHBOARD, grows="it adds up a year’s bids, awards and results"),
    Visit("board papers", "/board", PRIYA, LIST),
    Visit("a paper", "/board/papers/{paper}", PRIYA, REPORT),
    Visit("a paper to print", "/board/papers/{paper}/report/print", PRIYA, REPORT),
    Visit("a paper, Word", "/board/papers/{paper}/report.docx", PRIYA, SOME),
    Visit("a paper, tables", "/board/papers/{paper}/report.xlsx", PRIYA, SOME),
    Visit(
        "value for money",
        "/bids/{delivered}/value",
        PRIYA,
        REPORT,
        grows="beside every bid that has delivered",
    ),
    Visit("360Giving, JSON", "/fund/{fund}/360giving.json", AMARA, SOME, grows=ALL_AWARDS),
    Visit("360Giving, CSV", "/fund/{fund}/360giving.csv", AMARA, SOME, grows=ALL_AWARDS),
    Visit("transparency, CSV", "/transparency.csv", AMARA, SOME, grows=ALL_AWARDS),
    Visit("register, CSV", "/register.csv", AMARA, SOME, grows=ALL_AWARDS),
)
STEPS = (
    Step("take up", "/bids/{bid}/steps/take-up", "submitted", PRIYA, 7.5),
    Step("accept the offer", "/bids/{bid}/steps/accept-offer", "offered", None, 16),
)
MIX = ("bids", "My work, officer", "a bid, officer", "a bid, head", "review", "form section", "my account")
