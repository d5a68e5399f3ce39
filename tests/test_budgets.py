"""Budgets: how many queries each page may ask, with a dozen bids and with a thousand more.

Each cell is a role and the number of queries its page asks of the database at most. One of them says
who is signed in and what they hold. The numbers are those of today: a page that needs more may have
more, if somebody says so here, up to its bar; a page whose number grows with its rows may not. A page
with a bar asks no question twice.
"""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.impact import Rag
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make
from tests.growth import Growth
from tests.test_bad_requests import wider_council

TABLE = """
/work                                     leader=8 officer=12 clerk=7 chair=5 authorised=2 finance=12
/work                                     impact=5 reviewer=2 auditor=3 board=6 administrator=9
/work/checks                              administrator=2
/work/start-the-review                    leader=2 officer=3
/bids?after=5                             officer=7
/bids                                     leader=3 officer=7 chair=3 finance=7 auditor=7 board=6
/bids?q=reading&state=at_panel            leader=2 officer=6
/bids?sort=-age&turn=school&officer=covered&due=overdue officer=6
/bids?sort=deadline&q=zed&phase=2&patch=none&age=5 officer=7
/bids.csv?q=bid&sort=-amount              leader=2 officer=2
/bids.xlsx?state=closed&state=draft       leader=2 officer=2
/desk/cover                               officer=3 administrator=3
/desk/hand-over                           officer=2 administrator=3
/desk/hand-over/{officer}/{person}        officer=16 administrator=17
/bids/{D}                                 leader=12
/bids/{S}                                 leader=7 officer=9 provider=5
/bids/{R}                                 leader=7 officer=9
/bids/{P}                                 leader=7 officer=9 clerk=8 chair=12 member=8
/bids/{O}                                 leader=10 officer=11 finance=6
/bids/{B}                                 leader=9 officer=12 finance=6
/bids/{N}                                 leader=10 officer=12 reviewer=11
/bids/{F}                                 leader=9 officer=11 impact=10
/bids/{D}/application                     leader=20
/bids/{P}/application                     leader=15 officer=15 chair=15
/bids/{S}/application/versions/1          leader=8 officer=9
/bids/{S}/application/versions/1/compare/1 leader=7 officer=8
/bids/{S}/start-correction                leader=2
/bids/enter                               officer=5
/bids/{R}/review                          officer=19 auditor=19
/bids/{P}/review                          officer=19 chair=18
/bids/{R}/need                            officer=8 auditor=8
/bids/{P}/people                          officer=9
/bids/{P}/notes                           officer=14 auditor=9
/bids/{P}/panel                           officer=11 clerk=11 chair=11
/bids/{F}/panel                           officer=13
/bids/{P}/decide                          chair=15
/bids/{B}/days                            leader=13 provider=15 officer=15
/bids/{B}/claims/new                      leader=12
/bids/{B}/money                           leader=26 officer=26 finance=26
/bids/{B}/claims/{b_claim}                leader=23 officer=31 finance=31
/bids/{B}/impact                          leader=14
/bids/{F}/impact                          leader=16 provider=17 impact=17
/bids/{F}/follow-up                       leader=10 impact=11
/bids/{F}/follow-up/new                   impact=4
/bids/{F}/visits/new                      officer=4
/bids/{W}/report                          leader=17
/bids/{F}/report/versions/1               leader=12
/impact                                   impact=13
/impact?kind=final&school=zed             impact=5
/impact/waiting/held                      impact=13
/impact/measures                          impact=3
/bids/{F}/feedback                        leader=5
/bids/{F}/report/steps/accept             impact=19
/bids/{F}/report/review                   impact=27 officer=27
/bids/{P}/history                         leader=7 officer=8
/bids/{P}/letters                         leader=7 officer=8
/bids/new                                 leader=9
/bids/{D}/form                            leader=15
/bids/{D}/form/schools                    leader=7
/bids/{D}/form/need                       leader=13
/bids/{D}/form/costs                      leader=10
/bids/{D}/form/costs/backfill/add         leader=8
/bids/{D}/form/schools/schools/add        leader=9
/bids/{D}/form/check                      leader=16
/bids/{S}/confirmations/{s_confirmation}  provider=4
/approve/approves                         nobody=5
/bids/{R}/steps/return-for-changes        officer=6
/bids/{T}/steps/approve                   small_chair=17
/bids/{P}/steps/withdraw                  leader=2
/bids/{O}/steps/accept-offer              leader=8
/bids/{R}/assign                          officer=9
/meetings                                 clerk=4 chair=4
/meetings/{meeting}                       clerk=9 chair=8 officer=6
/meetings/{meeting}/items/{item}          clerk=18 chair=17 officer=17 member=16
/meetings/{meeting}/meeting.ics           clerk=3
/calendar                                 clerk=1 chair=1
/meetings/{meeting}/ranking               clerk=18 chair=18
/ranking                                  clerk=19 officer=19
/meetings/{meeting}/change                clerk=2
/meetings/{meeting}/order                 clerk=17
/meetings/{meeting}/waiting               chair=15 member=15
/panel                                    clerk=5 member=5
/panel/register                           clerk=5 member=5
/interests                                member=2
/funds/{fund}/rules                       administrator=4 member=4
/funds/{fund}/rules/history               administrator=4
/funds/{fund}/rules/change                administrator=3
/money/ledger                             finance=5 officer=5
/money/ledger?fund={fund}&year=2026       finance=6 officer=6
/money/ledger?fund={fund}&kind=paid&after=9 finance=6
/money/ledger.csv                         finance=4
/money/ledger.xlsx?year=2026              finance=5
/money/schools/{urn}                      finance=11 leader=11
/money/schools/{urn}.csv                  finance=5 leader=5
/bids/{B}/money/statement                 leader=10 officer=12 finance=10
/bids/{B}/money/statement.xlsx?year=2026  leader=5 finance=5
/our-staff                                leader=12 provider=12
/dashboard                                officer=28 finance=28 board=30
/dashboard?year=2026&phase=2&tier=3       officer=28
/dashboard.xlsx                           officer=28 board=30
/dashboard/value/value.csv                officer=8 board=8
/board                                    officer=6 chair=6 board=6
/board/papers/new                         officer=3
/board/papers/{paper}                     officer=12 board=12
/board/papers/{draft}                     officer=12
/board/papers/{draft}/head                officer=5
/board/papers/{draft}/sections/1          officer=5
/board/papers/{paper}/exempt/print        board=6
/board/papers/{paper}/exempt.docx         board=6
/board/papers/{paper}/exempt.xlsx         board=6
/board/recommendations/new                officer=6
/board/recommendations.csv                officer=4 board=4
/board/recommendations/{recommendation}   officer=8 impact=8 board=8
/case-studies                             nobody=4 leader=5
/case-studies?need=early_reading&phase=2&q=phonics nobody=4
/case-studies/{case_public}               nobody=2 leader=3
/bids/{F}/case-study                      leader=8 officer=9
/bids/{A}/case-study/{case_draft}/edit    officer=12
/bids/{F}/case-study/{case_asked}/steps/agree leader=4
/papers                                   leader=6
/papers/{public}                          leader=6
/papers/{public}/report/print             leader=6
/papers/{public}/report.docx              leader=6
/bids/{B}/value                           leader=5 officer=6
/bids/{F}/value                           leader=5 officer=6
/money                                    officer=6 finance=6 board=6
/money/waiting/{fund}/to-check            officer=3 finance=3
/money/waiting/{fund}/held                officer=3 finance=3
/money/waiting/{fund}/runs-to-approve     finance=3
/money/waiting/{fund}/back-to-approve     officer=3 finance=3
/money/forecast                           finance=16 auditor=16
/money/forecast.csv                       finance=16
/money/years/2026                         finance=22
/money/years/2026.csv                     finance=22
/money/years/2026.xlsx                    finance=22
/money/payees                             finance=3 officer=3
/money/payees/{urn}                       finance=7
/money/openings                           finance=4 officer=4
/money/openings/{opening}                 finance=10
/money/openings/enter/{fund}              finance=4
/money/runs                               finance=4 auditor=3
/money/runs/{run}                         finance=8 auditor=5
/money/layouts/{fund}                     finance=3
/schools                                  leader=5
/schools?where=england&q=zed              leader=3
/schools/{urn}                            leader=16 officer=27
/schools/{urn}/succession                 officer=10
/schools/tiers                            officer=9 auditor=9
/schools/tiers?sort=-tier&never=yes&q=zed officer=9
/schools/tiers.csv                        officer=7
/schools/caseloads                        officer=12 auditor=12
/schools/caseloads?show=to_raise           officer=16
/schools/caseloads.csv                    officer=12
/schools/concerns/{concern}               officer=8
/schools/{urn}/term-review                officer=14
/schools/targets                          officer=7 auditor=7
/schools/targets?stands=behind&sort=due&q=zed officer=4
/schools/targets.csv                      officer=5
/schools/{urn}/targets/{target}           officer=6
/schools/{urn}/targets/add                officer=6
/schools/changes                          officer=3
/schools/patches                          officer=3
/schools/clusters                         officer=3
/schools/organisations                    officer=3
/register                                 leader=7 nobody=6
/register?q=reading                       leader=7
/register/{A}                             leader=4
/fund/{fund}                              nobody=6
/transparency.csv                         nobody=4
/register.csv                             leader=3
/people                                   administrator=5
/people/{person}                          administrator=9
/people/{person}/add/seat                 administrator=8
/data-protection                          administrator=7
/bids/{P}/audit-pack                      administrator=7
/audit/acts/decisions                     administrator=3
/audit/acts/grants                        administrator=3
/audit/views/bids                         administrator=3
/audit/views/people                       administrator=3
/audit/seals                              administrator=3
/audit/sample?seed=a                      administrator=4
/data-protection/complaints/{complaint}   administrator=4
/data-protection/removals/{removal}       administrator=6
/data-protection/people/{person}/restriction administrator=5
/privacy/complain                         nobody=1 leader=2
/data-protection/due                      administrator=7
/data-protection/export?q=lee             administrator=40
/directory                                leader=11 officer=6 chair=6
/support                                  leader=2
/support/{support}                        leader=4 officer=4
/support/{support}/match                  officer=9
/brokering                                officer=3 auditor=3
/brokering/match?school={urn}&expertise=maths  officer=10
/brokering/contacts                       officer=4 auditor=4
/good-practice                            leader=6 officer=6
/good-practice?need=send&phase=2&q=deaf   leader=4
/good-practice/{practice}                 leader=3 officer=4
/good-practice/entries                    officer=3 auditor=3
/engagement                               officer=3 auditor=3
/engagement/{urn}                         officer=4
/advisers                                 officer=3 auditor=3
/advisers/{adviser}                       officer=6
/advisers/visits                          leader=2 officer=2
/advisers/visits/{advised}                leader=3 officer=3
/services                                 leader=4
/services?q=support                       officer=4
/services/{service}                       leader=4 officer=5
/services/orders                          leader=4 officer=4 finance=4
/services/orders/{order}                  leader=6 officer=6
/services/charges                         officer=4 finance=4
/surveys                                  leader=2 officer=2
/surveys/{survey}                         leader=5 officer=8
/surveys/{survey}/schools/{urn}           leader=6 officer=6
/surveys/{survey_shared}/summary          leader=5 officer=5
/surveys/{survey}/schools/{urn}/answer    leader=8
/letters                                  administrator=2
/letters/{letter}                         administrator=3
/funds                                    administrator=4
/funds/{fund}                             administrator=11 auditor=11
/funds/{fund}/grades                      administrator=3 auditor=3
/rounds                                   nobody=4 leader=5
/rounds/{round}                           nobody=5 officer=7 administrator=7
/funds/{fund}/settings                    administrator=3
/funds/{fund}/letter-words                administrator=2
/funds/brand                              administrator=5
/brand/0b4f4a.css                         nobody=0 leader=0
/                                         nobody=3
/sign-in                                  nobody=0
/me                                       leader=3
/me/address                               leader=1
/accessibility                            nobody=1
"""


# Lists and a bid's front page, which people open first, and the four largest pages.
BARS = {
    r"/work|/bids(\?.*)?|/bids/\{.\}": 12,
    r"/bids/\{.\}/(review|panel)|/meetings/\{meeting\}/(items/\{item\}|ranking)|/ranking": 20,
}
TWICE = r".*/?ranking"  # reads the ledger for what may be offered, and for how far it reaches
# Where a list goes on after its first page, its rows are counted; records are read of so many bids at once.
COUNTED = r"/bids(\?.*)?|/meetings/{meeting}/order"


def lines() -> list[tuple[str, str, int]]:
    """(path, role, budget) of every cell of the table."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    cells = [(path, *cell.split("=")) for path, *cells in rows for cell in cells]
    return [(path, role, int(budget)) for path, role, budget in cells]


def bar_of(path: str) -> int | None:
    """The most that a page's budget may be, where it has a bar."""
    return next((most for pages, most in BARS.items() if re.fullmatch(pages, path)), None)


class Counter:
    """Asks for pages and counts their queries."""

    def __init__(self, client: FlaskClient, found: SimpleNamespace, seen: list[str]) -> None:
        self.client, self.values, self.seen = client, found.values, seen
        self.twice: set[str] = set()
        self.sessions = {name: user and user.get_id() for name, user in found.people.items()}

    def all(self) -> dict[tuple[str, str], int]:
        """The number of queries of every page of the table, by path and role."""
        return {(path, role): self.of(path, role) for path, role, _ in lines()}

    def of(self, path: str, role: str) -> int:
        """The queries of one page, for a session that holds nothing yet."""
        with self.client.session_transaction() as cookie:
            cookie.clear()
            if self.sessions[role]:
                cookie["_user_id"], cookie["_fresh"] = self.sessions[role], True
        db.session.rollback()
        db.session.expunge_all()
        self.seen.clear()
        with self.client.get(path.format(**self.values)) as response:
            assert response.status_code == 200, f"{path} as {role} answers {response.status_code}"
            assert response.data  # a file is written as it is read
        if bar_of(path) and not re.fullmatch(TWICE, path):
            again = {sql for sql in self.seen if self.seen.count(sql) > 1}
            self.twice |= {f"{path} as {role} asks twice: {sql}" for sql in again}
        return len(self.seen)


def budgets_council(make: Make) -> SimpleNamespace:
    """The council of the bad requests, with a report still to be written and a bid to close."""
    found = wider_council(make)
    draft = found.bids["D"]
    ended = {"state": S.IN_MONITORING, "fund": draft.fund, "lead": draft.lead_school}
    found.bids["W"] = make.bid(**ended, leader=found.people["leader"])
    (report,) = make.bid(**ended, leader=found.people["leader"]).returns
    report.state, report.rag, report.bid.due_on = ReturnState.ACCEPTED, Rag.GREEN, None
    found.values["W"] = found.bids["W"].reference
    make.session.commit()
    return found


def grow(make: Make, found: SimpleNamespace) -> None:
    """A thousand bids more, and more of everything in the bids that are looked at."""
    bids = {name: make.session.merge(bid) for name, bid in found.bids.items()}
    officer = make.session.merge(found.people["officer"])
    growth = Growth(make, bids["P"], bids["P"].items[0].meeting, officer)
    for bid in bids.values():
        growth.in_bid(bid)
    growth.in_panel(bids["P"].items[0])
    growth.in_claim(bids["B"].claims[0])
    growth.in_report(bids["F"].report)
    growth.town(1000)
    growth.bids(1000)
    growth.beside(1000)
    make.session.commit()


@pytest.mark.postgresql_first
def test_every_page_keeps_its_budget_with_a_thousand_bids_as_with_a_dozen(
    client: FlaskClient, make: Make, count_queries: list[str], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    found = budgets_council(make)
    counter = Counter(client, found, count_queries)
    few = counter.all()
    grow(make, found)
    assert db.session.scalar(select(func.count(Bid.id))) > 1000
    many = counter.all()
    wrong = [
        f"{path} as {role} asks {few[path, role]}, then {many[path, role]}; its budget is {budget}"
        for path, role, budget in lines()
        if not few[path, role]
        <= many[path, role]
        <= min(budget, few[path, role] + bool(re.fullmatch(COUNTED, path)))
    ]
    wrong += sorted(counter.twice)
    assert not wrong, "\n".join(wrong)


@pytest.mark.one_database
def test_no_budget_is_above_its_bar() -> None:
    above = [f"{path} as {role}: {n}" for path, role, n in lines() if n > (bar_of(path) or n)]
    assert not above, "\n".join(above)
    assert {bar_of(path) for path, _, _ in lines()} >= {12, 20}
