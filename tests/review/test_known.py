"""The checklist comes with what the bid and our records answer; the officer checks, changes and saves it."""

import html
import re
from typing import Any

from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, CostLine, Part
from fundflow.models.confirmation import Confirmation
from fundflow.models.person import User
from fundflow.models.review import Verdict
from fundflow.review.evidence import weighed
from fundflow.workflow.confirmation import ConfirmationState
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn

SETTLED = {"area", "parties", "priority", "dates", "costs", "duplicate", "reports", "rates", "capacity"}


def known(bid: Bid, officer: User) -> dict[str, Verdict]:
    return weighed(bid, officer, NOW)[1]


def test_what_the_facts_settle_passes(case: Case, officer: User, make: Make) -> None:
    bid = case().bid
    make.confirmed(bid)
    make.session.flush()
    assert known(bid, officer) == dict.fromkeys(SETTLED, Verdict.PASS) | {"brokering": Verdict.NOT_APPLICABLE}
    assert "overlap" not in known(bid, officer)  # national support is not in our data


def test_what_speaks_against_the_bid_is_left_to_the_officer(
    case: Case, officer: User, session: Session
) -> None:
    bid = case().bid
    bid.lead_school.la_code = "871"
    bid.other_funding, bid.other_funding_note = True, "The trust pays."
    bid.cost_lines.append(CostLine(kind=CostKind.MATERIALS, description="Books", pence=90_000))
    bid.backfill_lines[0].day_rate_pence, bid.backfill_lines[0].rate_reason = 50_000, "She leads."
    bid.end_on = bid.start_on
    bid.why_odd = ""
    session.flush()
    left = SETTLED - set(known(bid, officer))
    assert left >= {"area", "duplicate", "costs", "rates", "capacity"}
    assert Verdict.FAIL not in known(bid, officer).values()


def test_capacity_is_settled_once_every_provider_confirmed(case: Case, officer: User, make: Make) -> None:
    bid = case().bid
    make.confirmed(bid)
    other = make.school("Elm Grove Academy")
    asked = Confirmation(school=other, part=Part.PROVIDER, asked_at=NOW, due_on=NOW.date())
    bid.confirmations.append(asked)
    make.session.flush()
    assert "capacity" not in known(bid, officer)
    asked.state, asked.answered_at = ConfirmationState.CONFIRMED, NOW
    make.session.flush()
    assert "capacity" in known(bid, officer)


def test_an_answer_from_the_bid_counts_once_it_is_saved(
    case: Case, officer: User, sign_in: SignIn, session: Session
) -> None:
    bid = case().bid
    for check in bid.review.checks:
        session.delete(check)
    session.commit()
    session.expire_all()
    client, path = sign_in(officer), f"/bids/{bid.reference}/review"
    page = html.unescape(client.get(path).text)
    assert "Answered from the bid: 2 take part" in page
    assert "Pass: At least two schools take part" in page
    assert "from the bid, and save the review" in page
    session.expire_all()
    assert bid.review.checks == []  # nothing is saved by looking
    answers = chosen(page)
    assert answers["verdict_parties"] == "pass"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answers |= {"verdict_parties": "fail", "note_parties": "One is closing.", "version": version.group(1)}
    assert client.post(path, data={**answers, "later": "yes"}).status_code == 302
    session.expire_all()
    stored = {check.item: check.verdict for check in bid.review.checks if check.verdict}
    assert stored["parties"] is Verdict.FAIL
    assert stored["area"] is Verdict.PASS
    page = html.unescape(client.get(path).text)
    assert "Answered from the bid: 2 take part" not in page


def test_a_short_bid_folds_what_is_answered_and_a_large_one_shows_it(
    case: Case, officer: User, sign_in: SignIn, session: Session
) -> None:
    bid = case().bid
    for check in bid.review.checks:
        session.delete(check)
    session.commit()
    client, path = sign_in(officer), f"/bids/{bid.reference}/review"
    assert '<details class="govuk-details ff-check">' in client.get(path).text
    bid.requested_pence = bid.fund.full_from_pence
    session.commit()
    assert '<details class="govuk-details ff-check" open>' in client.get(path).text


def chosen(page: str) -> dict[str, Any]:
    """The verdicts that are chosen on the page."""
    boxes = re.findall(r'<input[^>]*name="(verdict_\w+)"[^>]*value="(\w+)"[^>]*checked', page)
    return dict(boxes)
