"""The pages of an award's other costs: what schools add, and what those who check a claim read."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.award import Award as Budget
from fundflow.models.award import AwardLine
from fundflow.models.files import Viewing
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import cost_log
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.files.kept import Kept, kept, send_form  # noqa: F401 (a fixture)
from tests.files.samples import pdf
from tests.payments.conftest import LATER, Award, SignIn, an_award, url

pytestmark = pytest.mark.usefixtures("today", "kept")


def costs_url(award: Award, rest: str = "/add") -> str:
    return f"/bids/{award.bid.reference}/days/costs{rest}"


def cost_form(award: Award, **changes: Any) -> dict[str, Any]:
    return {
        "line": str(cost_log.costs_of_award(award.bid)[0].id),
        "what": "Train tickets",
        "pence": "42.50",
        "spent_on-day": "6",
        "spent_on-month": "1",
        "spent_on-year": "2027",
        "receipt": ("ticket.pdf", pdf(b"one")),
        "version": str(award.bid.version),
        **changes,
    }


def receipt_of(award: Award, cost: SpentCost) -> str:
    return f"/bids/{award.bid.reference}/files/{cost.receipts[0].id}"


def days_page(client: FlaskClient, award: Award) -> str:
    return client.get(f"/bids/{award.bid.reference}/days").text


def test_a_cost_walks_from_its_receipt_to_the_payment(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.head)
    assert "No other costs in the log yet" in days_page(client, award)
    assert costs_url(award) in days_page(client, award)
    second = ("back.pdf", pdf(b"two"))
    added = send_form(client, costs_url(award), cost_form(award, second=second))
    assert added.status_code == 302
    shown = client.get(added.location).text
    assert "The cost is in the log, with its receipt" in shown
    assert "£42.50 of £60.00" in shown
    (cost,) = award.make.session.query(SpentCost).all()
    assert [receipt.name for receipt in cost.receipts] == ["ticket.pdf", "back.pdf"]
    asks = f"/bids/{award.bid.reference}/claims/new"
    assert receipt_of(award, cost) in client.get(asks).text
    client.post(asks, data={"agreement": "y", "version": award.bid.version})
    (claim,) = award.bid.claims
    assert "<dt>Other costs</dt><dd>£42.50" in client.get(f"/bids/{award.bid.reference}/money").text
    for user in (award.officer, award.finance):
        page = sign_in(user).get(url(claim)).text
        assert "Train tickets" in page
        assert receipt_of(award, cost) in page
    with sign_in(award.officer).get(receipt_of(award, cost)) as file:
        assert file.data == pdf(b"one")
    viewing = award.make.session.query(Viewing).one()
    assert (viewing.user_id, viewing.what) == (award.officer.id, "File: ticket.pdf")


def test_a_cost_is_struck_out_on_its_page_and_stays(award: Award, sign_in: SignIn) -> None:
    cost = award.spend()
    client, page = sign_in(award.head), costs_url(award, f"/{cost.id}/strike-out")
    assert page in days_page(client, award)
    assert "£60.00 for Travel. Train tickets" in client.get(page).text
    assert client.post(page, data={"reason": "Not ours", "version": award.bid.version}).status_code == 302
    shown = days_page(client, award)
    assert f"{award.head.name}: Not ours" in shown
    assert receipt_of(award, cost) in shown
    assert page not in shown
    assert client.get(page).status_code == 409


def test_only_staff_read_that_a_receipt_is_used_twice(make: Make, sign_in: SignIn) -> None:
    award, other = an_award(make), an_award(make)
    award.spend(2_000, receipt=b"one")
    other.spend(1_500, receipt=b"one")
    assert other.bid.reference not in days_page(sign_in(award.head), award)
    page = days_page(sign_in(award.officer), award)
    assert f"£15.00 on 6 January 2027, in {other.bid.reference}" in page
    assert f"in {other.bid.reference}" in sign_in(award.finance).get(url(award.ask())).text


def test_others_find_no_cost_and_no_receipt(award: Award, sign_in: SignIn) -> None:
    cost = award.spend()
    strike = costs_url(award, f"/{cost.id}/strike-out")
    client = sign_in(award.make.member(award.make.school()))
    for path in (costs_url(award), strike, receipt_of(award, cost)):
        assert client.get(path).status_code == 404
    for path in (costs_url(award), strike):
        assert client.post(path, data={"version": 1}).status_code == 404
    client = sign_in(award.releasing_head)  # who sees the bid and its own days
    assert "Train tickets" not in days_page(client, award)
    for path in (strike, receipt_of(award, cost)):
        assert client.get(path).status_code == 404
    refused = client.get(costs_url(award))
    assert refused.status_code == 409
    assert "Only people of the school that spent it" in refused.text


def test_a_cost_is_found_under_its_own_bid_only(make: Make, sign_in: SignIn) -> None:
    award, other = an_award(make), an_award(make)
    cost = award.spend()
    client = sign_in(award.officer)
    assert client.get(costs_url(other, f"/{cost.id}/strike-out")).status_code == 404
    assert client.get(f"/bids/{other.bid.reference}/files/{cost.receipts[0].id}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"receipt": ("", b"")}, "Choose the receipt"),
        ({"receipt": ("ticket.exe", b"MZ")}, "can’t be attached"),
        ({"receipt": ("ticket.pdf", b"no pdf")}, "a PDF"),
        ({"second": ("ticket.pdf", pdf(b"one"))}, "You chose the same file twice"),
        ({"pence": "0"}, "The amount must be"),
        ({"pence": "lots"}, "The amount must be"),
        ({"what": ""}, "Enter what was bought"),
        ({"line": ""}, "Select what it was for"),
        ({"spent_on-month": "13"}, "The date must be a real date"),
    ],
)
def test_a_cost_that_makes_no_sense_is_answered_with_a_sentence(
    award: Award,
    sign_in: SignIn,
    kept: Kept,  # noqa: F811
    changes: dict[str, Any],
    words: str,
) -> None:
    answer = send_form(sign_in(award.head), costs_url(award), cost_form(award, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert award.make.session.query(SpentCost).count() == 0
    assert kept.stored() == []


def test_what_was_typed_of_a_refused_cost_is_still_there(award: Award, sign_in: SignIn) -> None:
    late = cost_form(award, **{"spent_on-day": "21"}, what="Tickets for the museum")
    answer = send_form(sign_in(award.head), costs_url(award), late)
    assert answer.status_code == 409
    assert "This date is in the future" in answer.text
    assert "Tickets for the museum" in answer.text


def test_a_part_of_a_claim_is_chosen_on_its_page(award: Award, sign_in: SignIn) -> None:
    award.worked()
    cost = award.spend()
    claim, client = award.ask(), sign_in(award.finance)
    page = url(claim, "/steps/dispute")
    assert client.get(page).text.count('type="checkbox"') == 2
    nothing = client.post(page, data={"reason": "Who?", "version": claim.version})
    assert nothing.status_code == 422
    assert "Select what you ask about" in nothing.text
    asked = {"costs": [cost.id], "reason": "Who travelled?", "version": claim.version}
    assert client.post(page, data=asked).status_code == 302
    assert cost.claim is claim.parted[0]


def test_the_report_says_what_has_no_receipt_yet(award: Award, sign_in: SignIn) -> None:
    award.bid.state = BidState.IN_MONITORING
    award.make.session.commit()
    client, report = sign_in(award.head), f"/bids/{award.bid.reference}/report"
    assert "£60.00 of the award is for other costs that have no receipt" in client.get(report).text
    award.spend(6_000)
    assert "no receipt" not in client.get(report).text


def test_an_award_of_days_alone_has_no_other_costs(make: Make, sign_in: SignIn) -> None:
    award = an_award(make)
    client = sign_in(award.head)
    assert "Other costs" in days_page(client, award)
    assert award.bid.award is not None
    days = award.bid.award.lines[0]
    same = {name: getattr(days, name) for name in ("payee", "school", "what", "staff_code", "pence")}
    line = AwardLine(half_days=days.half_days, day_rate_pence=days.day_rate_pence, **same)
    changed = Budget(number=2, pence=line.pence, made_at=LATER, schedule=[], lines=[line])
    award.bid.awards.append(changed)
    make.session.commit()
    assert "Other costs" not in days_page(client, award)
    assert "The award pays for days alone" in client.get(costs_url(award)).text
