"""The pages of runs and reversals: a second click, and a run that its layout can't hold."""

import json
from types import SimpleNamespace

import pytest

from fundflow.blocking import standing_block
from fundflow.chain.sealing import seal
from fundflow.extensions import db
from fundflow.letters.rendering import render
from fundflow.models.payment_block import BlockKind
from fundflow.models.payment_run import PaymentLayout, PaymentRun
from fundflow.models.reversal import Reversal
from fundflow.payments.runs.choosing import keep_layout
from fundflow.rules.payees import payee_on
from fundflow.rules.payment_runs import why_not_exported, why_not_in_run
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date
from tests.payments.conftest import LATER, SignIn
from tests.payments.runs.conftest import Exported, Paying, answers

pytestmark = pytest.mark.usefixtures("today")


def test_a_second_click_gathers_no_other_run(paying: Paying, sign_in: SignIn) -> None:
    client = sign_in(paying.finance)
    page = f"/money/runs/gather/{paying.fund.id}"
    assert 'name="version" value="0"' in client.get(page).text
    for _ in range(2):
        answer = client.post(page, data={"layout": "plain_csv", "version": "0"})
        (run,) = db.session.query(PaymentRun).all()
        assert (answer.status_code, answer.location) == (302, run.path)
    refused = client.post(page, data={"layout": "plain_csv", "version": "1"})
    assert refused.status_code == 409
    assert "No claim can be paid in a run now" in refused.text


def test_an_approved_run_names_the_newest_seal_on_its_page_and_in_its_file(
    paying: Paying, sign_in: SignIn
) -> None:
    db.session.commit()
    sealed = seal(LATER)
    assert sealed is not None
    run = paying.approve(paying.gather())
    assert sealed.hash in sign_in(paying.finance).get(run.path).text
    assert run.content is not None
    heads, first, *_ = run.content.decode("utf-8-sig").splitlines()
    assert dict(zip(heads.split(","), first.split(","), strict=True))["seal"] == sealed.hash


def test_a_second_click_asks_for_no_other_reversal(exported: Exported, sign_in: SignIn) -> None:
    run = exported.run
    exported.answer(run, answers((run.lines[0].payment_id, "3000.00", "Paid", "")))
    claim, client = run.lines[0].claim, sign_in(exported.finance)
    page = f"/bids/{claim.bid.reference}/claims/{claim.id}/reverse"
    form = {"reason": "Paid twice", "version": claim.version}
    assert [client.post(page, data=form).status_code for _ in range(2)] == [302, 302]
    assert db.session.query(Reversal).count() == 1


def narrow(paying: Paying, width: int) -> PaymentLayout:
    document = {
        "name": "Narrow",
        "kind": "fixed",
        "record_width": 60,
        "payment": [{"name": "payee", "source": "payee", "width": width}],
    }
    return keep_layout(
        paying.fund, json.dumps(document), row=None, version=None, user=paying.finance, now=LATER
    )


def test_a_run_that_its_layout_cannot_hold_is_not_gathered(paying: Paying) -> None:
    paying.claims[0].school.name = "S" * 50
    layout = narrow(paying, 45)
    paying.make.payee(paying.claims[0].school, name="S" * 50)
    with pytest.raises(Refused, match=r"The file can’t be made: “payee” of .* needs 50 characters"):
        paying.gather(layout=str(layout.id))


def test_a_gathered_run_that_its_layout_can_no_longer_hold_keeps_its_page(
    paying: Paying, sign_in: SignIn
) -> None:
    run = paying.gather(layout=str(narrow(paying, 45).id))
    run.lines[0].payee_name = "S" * 50
    db.session.commit()
    page = sign_in(paying.finance).get(run.path)
    assert page.status_code == 200
    assert "This run can’t be approved." in page.text
    assert "needs 50 characters" in page.text
    assert "Cancel this run" in page.text


@pytest.mark.parametrize("state", ["gathered", "approved"])
def test_a_runs_page_asks_no_more_for_many_payments_than_for_one(
    paying: Paying, sign_in: SignIn, count_queries: list[str], state: str
) -> None:
    pages = []
    for claims in (paying.claims[:1], paying.claims[1:]):
        for claim in paying.claims:
            claim.state = ClaimState.CERTIFIED if claim in claims else ClaimState.SUBMITTED
        run = paying.gather() if state == "gathered" else paying.approve(paying.gather())
        assert len(run.waiting) == len(claims)
        pages.append((run.path, run.reference))
    for claim in paying.claims:
        claim.state = ClaimState.CERTIFIED
    db.session.commit()
    client, asked = sign_in(paying.other), []
    for path, reference in pages:
        db.session.expunge_all()
        count_queries.clear()
        assert reference in client.get(path).text
        asked.append(len(count_queries))
    assert asked[0] == asked[1]


def test_an_approved_run_says_which_of_its_payments_could_not_be_made_now(paying: Paying) -> None:
    run = paying.approve(paying.gather())
    assert why_not_exported(run, LATER) is None
    blocked, paused, held, dear, sent, fine = (line.claim for line in run.waiting)
    db.session.add(standing_block(blocked.bid, BlockKind.OTHER, "Looked into", paying.finance, LATER))
    paused.bid.state = BidState.SUSPENDED
    payee = payee_on(held.school, london_date(LATER))
    assert payee is not None
    payee.hold_since = LATER
    dear.pence = 900_000
    sent.state = ClaimState.SUBMITTED
    db.session.commit()
    why = why_not_exported(run, LATER) or ""
    named = [line.claim for line in run.waiting if line.payment_id in why]
    assert named == [blocked, paused, held, dear, sent]
    assert [why_not_in_run(claim, LATER) is None for claim in (*named, fine)] == [False] * 5 + [True]


@pytest.mark.parametrize("in_runs", [True, False])
def test_finance_is_told_how_the_fund_pays(paying: Paying, sign_in: SignIn, in_runs: bool) -> None:
    paying.fund.pays_in_runs = in_runs
    db.session.commit()
    claim = paying.claims[0]
    page = sign_in(paying.finance).get(f"/bids/{claim.bid.reference}/money").text
    assert ("Mark as paid" in page) is not in_runs
    entry = SimpleNamespace(actor_name="Priya Raman")
    said = {"record": claim, "bid": claim.bid, "entry": entry, "day": LATER.date(), "url": ""}
    for letter in ("claim/certify.txt", "reminders/claim_to_pay.txt"):
        _, text = render(letter, "finance", said)
        assert ("Gather it in a payment run." in text) is in_runs
        assert ("Pay it and mark it as paid." in text) is not in_runs
