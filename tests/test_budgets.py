"""Budgets: how many queries each page may ask, with a dozen bids and with a thousand more.

Each cell is a role and the number of queries its page asks of the database at most. Four of them say
who is signed in and what they hold. The numbers are those of today: a page that needs more may have
more, if somebody says so here; a page whose number grows with its rows may not.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.growth import Growth
from tests.test_bad_requests import wider_council

TABLE = """
/work                                     leader=20 officer=22 clerk=11 chair=11 authorised=9 finance=8
/work                                     impact=9 reviewer=7 auditor=6 board=6 administrator=10
/bids?after=5                             officer=11
/bids                                     leader=7 officer=11 chair=7 finance=11 auditor=11 board=11
/bids?q=reading&state=at_panel            leader=7 officer=11
/bids?sort=-age&turn=school&officer=covered&due=overdue officer=11
/bids?sort=deadline&q=zed&phase=2&patch=none&age=5 officer=11
/bids.csv?q=bid&sort=-amount              leader=6 officer=6
/bids.xlsx?state=closed&state=draft       leader=6 officer=6
/desk/cover                               officer=7 administrator=7
/desk/hand-over                           officer=6 administrator=7
/desk/hand-over/{officer}/{person}        officer=20 administrator=20
/bids/{D}                                 leader=23
/bids/{S}                                 leader=18 officer=22 provider=16
/bids/{R}                                 leader=18 officer=22
/bids/{P}                                 leader=18 officer=22 clerk=20 chair=32 member=21
/bids/{O}                                 leader=22 officer=24 finance=20
/bids/{B}                                 leader=21 officer=25 finance=20
/bids/{N}                                 leader=22 officer=24 reviewer=24
/bids/{F}                                 leader=22 officer=26 impact=24
/bids/{D}/application                     leader=23
/bids/{P}/application                     leader=18 officer=19 chair=19
/bids/{S}/application/versions/1          leader=14 officer=15
/bids/{S}/application/versions/1/compare/1 leader=13 officer=14
/bids/{S}/start-correction                leader=6
/bids/enter                               officer=8
/bids/{R}/review                          officer=31 auditor=31
/bids/{P}/review                          officer=33 chair=32
/bids/{P}/people                          officer=15
/bids/{P}/notes                           officer=18 auditor=14
/bids/{P}/panel                           officer=26 clerk=26 chair=26
/bids/{F}/panel                           officer=29
/bids/{P}/decide                          chair=30
/bids/{B}/money                           leader=19 officer=18 finance=18
/bids/{B}/claims/{b_claim}                leader=19 officer=19 finance=19
/bids/{B}/impact                          leader=16
/bids/{F}/impact                          leader=16 provider=13 impact=17
/bids/{W}/report                          leader=11
/bids/{F}/feedback                        leader=8
/bids/{F}/report/steps/accept             impact=12
/bids/{P}/history                         leader=10 officer=12
/bids/{P}/letters                         leader=10 officer=12
/bids/new                                 leader=6
/bids/{D}/form                            leader=17
/bids/{D}/form/schools                    leader=8
/bids/{D}/form/need                       leader=7
/bids/{D}/form/costs                      leader=11
/bids/{D}/form/costs/backfill/add         leader=11
/bids/{D}/form/schools/schools/add        leader=8
/bids/{D}/form/check                      leader=18
/bids/{S}/confirmations/{s_confirmation}  provider=7
/approve/approves                         nobody=5
/bids/{R}/steps/return-for-changes        officer=11
/bids/{T}/steps/approve                   small_chair=32
/bids/{P}/steps/withdraw                  leader=5
/bids/{O}/steps/accept-offer              leader=7
/bids/{R}/assign                          officer=13
/meetings                                 clerk=7 chair=7
/meetings/{meeting}                       clerk=13 chair=12 officer=10
/meetings/{meeting}/items/{item}          clerk=31 chair=30 officer=30 member=30
/meetings/{meeting}/meeting.ics           clerk=6
/calendar                                 clerk=4 chair=4
/meetings/{meeting}/ranking               clerk=22 chair=22
/ranking                                  clerk=23 officer=23
/meetings/{meeting}/change                clerk=5
/panel                                    clerk=8 member=8
/panel/register                           clerk=8 member=8
/interests                                member=5
/funds/{fund}/rules                       administrator=7 member=7
/funds/{fund}/rules/history               administrator=7
/funds/{fund}/rules/change                administrator=6
/money                                    officer=10 finance=9 board=9
/money/ledger                             finance=6 officer=6
/money/ledger.csv                         finance=6
/schools                                  leader=8
/schools?where=england&q=zed              leader=6
/schools/{urn}                            leader=11 officer=14
/schools/{urn}/succession                 officer=15
/schools/changes                          officer=6
/schools/patches                          officer=6
/schools/clusters                         officer=6
/schools/organisations                    officer=6
/register                                 leader=9
/register.csv                             leader=6
/people                                   administrator=8
/people/{person}                          administrator=11
/people/{person}/add/seat                 administrator=10
/directory                                leader=14 officer=9 chair=9
/support                                  leader=5
/support/{support}                        leader=8 officer=9
/support/{support}/match                  officer=15
/brokering                                officer=7 auditor=7
/brokering/match?school={urn}&expertise=maths  officer=15
/brokering/contacts                       officer=8 auditor=8
/letters                                  administrator=5
/letters/{letter}                         administrator=6
/funds                                    administrator=7
/funds/{fund}                             administrator=13 auditor=13
/funds/{fund}/grades                      administrator=6 auditor=6
/rounds                                   nobody=4 leader=8
/rounds/{round}                           nobody=5 officer=10 administrator=10
/funds/{fund}/settings                    administrator=5
/                                         nobody=3
/sign-in                                  nobody=0
/me                                       leader=5
/me/address                               leader=4
/accessibility                            nobody=1
"""


def lines() -> list[tuple[str, str, int]]:
    """(path, role, budget) of every cell of the table."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    cells = [(path, *cell.split("=")) for path, *cells in rows for cell in cells]
    return [(path, role, int(budget)) for path, role, budget in cells]


class Counter:
    """Asks for pages and counts their queries."""

    def __init__(self, client: FlaskClient, found: SimpleNamespace, seen: list[str]) -> None:
        self.client, self.values, self.seen = client, found.values, seen
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
        return len(self.seen)


def budgets_council(make: Make) -> SimpleNamespace:
    """The council of the bad requests, with a report still to be written."""
    found = wider_council(make)
    draft = found.bids["D"]
    found.bids["W"] = make.bid(
        state=S.IN_MONITORING, fund=draft.fund, lead=draft.lead_school, leader=found.people["leader"]
    )
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
        if not few[path, role] == many[path, role] <= budget
    ]
    assert not wrong, "\n".join(wrong)
