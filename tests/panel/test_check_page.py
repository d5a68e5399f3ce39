"""Before money is reserved a page says how much, and from which line; nothing typed is lost on the way."""

import html
import re

import pytest

from fundflow.panel.operations.decisions import approve
from fundflow.workflow.application import BidState
from tests.panel.conftest import Panel
from tests.panel.deciding import CONDITION, SignIn


def sent_along(page: str) -> dict[str, str]:
    """The hidden fields of the page’s form."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: html.unescape(text) for name, text in fields}


def test_a_check_page_tells_the_sum_and_its_line_before_anything_is_reserved(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("++ +")
    client, url = sign_in(panel.chair), panel.step_url("approve")
    assert 'name="check"' in client.get(url).text
    typed = panel.form(amount="2500", **CONDITION)
    asked = client.post(url, data={**typed, "check": "yes"})
    assert asked.status_code == 200
    assert "You are about to reserve £2,500.00 for Lead Primary School" in asked.text
    line = panel.fund.allocations[0]
    assert f"£2,500.00 comes from {line.in_words}." in html.unescape(asked.text)
    assert panel.bid.state is BidState.AT_PANEL
    assert panel.bid.offers == []

    along = sent_along(asked.text)
    assert {name: str(text) for name, text in typed.items()}.items() <= along.items()
    again = client.post(url, data={**along, "change": "yes"})
    assert again.status_code == 200
    assert 'value="2500"' in again.text
    assert "A clear need." in again.text
    assert panel.bid.offers == []

    assert client.post(url, data=along).status_code == 302
    assert panel.bid.offer.pence == 250_000


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("2500", ("You are about to reserve £2,500.00 for Lead Primary School", "the offer of £2,000.00")),
        ("2000", ("You are about to correct the decision. £2,000.00 stays reserved",)),
    ],
)
def test_a_correction_says_what_becomes_of_the_money_first(
    panel: Panel, sign_in: SignIn, amount: str, said: tuple[str, ...]
) -> None:
    panel.votes("++ +")
    approve(panel.bid, 200_000, **panel.decided())
    typed = {
        "version": panel.bid.version,
        "amount": amount,
        "reasons": "A clear need.",
        "reason": "Mistyped.",
    }
    client, url = sign_in(panel.chair), panel.step_url("correct-decision")
    asked = client.post(url, data={**typed, "check": "yes"})
    assert asked.status_code == 200
    assert [words for words in said if words not in asked.text] == []
    assert panel.bid.offer.pence == 200_000
    assert client.post(url, data=sent_along(asked.text)).status_code == 302
    assert panel.bid.offer.pence == int(amount) * 100


def test_what_is_wrong_is_told_before_the_check(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++ +")
    wrong = sign_in(panel.chair).post(
        panel.step_url("approve"), data={**panel.form(amount="3000.01"), "check": "yes"}
    )
    assert wrong.status_code == 422
    assert "You are about to" not in wrong.text
