"""Asking a school or an approver again, and asking it no longer."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from fundflow.models.panel import Choice
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState as S
from fundflow.workflow.confirmation import ConfirmationState as C
from fundflow.workflow.engine import Ask
from tests.applications.helpers import at, hidden, send
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("clock")


def test_nobody_is_asked_twice_within_one_working_day(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(state=S.SUBMITTED, lead=people["lead"], provider=people["oak"])
    approval = make.approval(bid)
    session.flush()
    path = at(bid, f"/approvals/{approval.id}/ask-again")
    early = send(sign_in(people["officer"]), path, reason="Lost.")
    assert early.status_code == 409
    assert "Chris Chair was asked on 18 November 2026. You can ask again from 19 November 2026." in early.text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert send(sign_in(people["officer"]), path, reason="Lost.").status_code == 302


def test_a_school_that_left_need_not_answer_any_more(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(state=S.SUBMITTED, lead=people["lead"], provider=people["oak"])
    client = sign_in(people["head"])
    assert "No longer ask" not in client.get(at(bid, "/application")).text
    bid.partners[0].school = make.school("Elm School")
    session.commit()
    assert "No longer ask" in client.get(at(bid, "/application")).text
    path = at(bid, f"/confirmations/{bid.confirmations[0].id}/cancel")
    assert send(client, path, reason="It left.").status_code == 302
    session.expire_all()
    assert bid.confirmations[0].state is C.CANCELLED


def test_a_head_who_declined_may_still_say_yes(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = make.bid(state=S.SUBMITTED, lead=people["lead"], provider=people["oak"])
    client = sign_in(people["provider"])
    path = at(bid, f"/confirmations/{bid.confirmations[0].id}")
    send_to = hidden(client.get(path).text, "version")
    client.post(f"{path}/decline", data={"version": send_to, "reason": "No staff."})
    page = client.get(path).text
    assert "If you can now after all" in page
    assert client.post(f"{path}/confirm", data={"version": hidden(page, "version")}).status_code == 302
    session.expire_all()
    assert (bid.confirmations[0].state, bid.confirmations[0].reason) == (C.CONFIRMED, "")


@pytest.mark.parametrize("state", [C.ASKED, C.DECLINED])
def test_the_panel_funds_nothing_without_the_providers_word(make: Any, people: Any, state: C) -> None:
    bid = make.bid(state=S.AT_PANEL, lead=people["lead"], provider=people["oak"])
    make.panel(bid.fund)
    make.voted(bid.items[0], *[Choice.FUND] * 5)
    chair = {"actors": {Actor.DECISION_MAKER}, "ask": Ask(NOW)}
    assert bid.workflow.why_not(bid, "approve", **chair) is None
    bid.confirmations[0].state = state
    assert "Oakfield Academy" in bid.workflow.why_not(bid, "approve", **chair)
    assert bid.workflow.why_not(bid, "approve", **chair).startswith("Waiting for ")
