"""The form with several people at once, and who may open it."""

from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.models.person import Standing
from fundflow.models.review import Query
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import (
    CONTACT,
    asked_of,
    errors,
    form,
    hidden,
    save,
    send,
)
from tests.factories import NOW

# -- several people at once ----------------------------------------------------------------------


def test_a_page_made_before_a_change_of_its_section_is_stale_and_keeps_what_was_typed(
    full: Bid, client: Any, session: Any
) -> None:
    old = hidden(client.get(form(full, "/about")).text, "stamp")
    kept = str(full.round.priorities[0].id)
    save(client, full, "/about", title="A colleague’s title", priority_id=kept)
    answer = save(client, full, "/about", stamp=old, title="My title", priority_id=kept)
    assert answer.status_code == 409
    assert 'value="My title"' in answer.text
    assert "A colleague’s title" in answer.text
    session.expire_all()
    assert full.title == "A colleague’s title"
    again = hidden(answer.text, "stamp")
    answer = save(client, full, "/about", stamp=again, title="My title", priority_id=kept)
    assert answer.status_code == 302


def test_two_people_in_different_sections_both_succeed(full: Bid, client: Any, session: Any) -> None:
    old = hidden(client.get(form(full, "/need")).text, "stamp")
    send(client, form(full, "/contact"), **CONTACT)
    assert save(client, full, "/need", stamp=old, need="Writing.").status_code == 302
    session.expire_all()
    assert full.need == "Writing."


def test_a_double_click_saves_a_section_once(full: Bid, client: Any, session: Any) -> None:
    old = hidden(client.get(form(full, "/need")).text, "stamp")
    for _ in range(2):
        assert save(client, full, "/need", stamp=old, need="Writing.").status_code == 302
    session.expire_all()
    assert full.version == 2


def test_a_double_click_adds_one_row_and_a_new_page_a_second(full: Bid, client: Any, session: Any) -> None:
    path = form(full, "/costs/other-costs/add")
    cost = {"kind": "venue", "description": "Hall", "pence": "20"}
    old = hidden(client.get(path).text, "stamp")
    for _ in range(2):
        assert send(client, path, stamp=old, **cost).status_code == 302
    session.expire_all()
    assert len(full.cost_lines) == 2
    send(client, path, **cost)
    session.expire_all()
    assert len(full.cost_lines) == 3
    stale = send(client, path, stamp=old, **{**cost, "pence": "21"})
    assert stale.status_code == 409
    assert "What is saved now" in stale.text


def test_a_row_removed_meanwhile_is_removed_once_and_its_changes_are_kept(
    full: Bid, client: Any, session: Any
) -> None:
    cost = full.cost_lines[0]
    path = form(full, f"/costs/other-costs/{cost.id}")
    old = hidden(client.get(path).text, "stamp")
    for _ in range(2):
        assert client.post(path + "/remove", data={"stamp": old}).status_code == 302
    session.expire_all()
    assert full.requested_pence == 294_000
    late = client.post(path, data={"stamp": old, "kind": "venue", "description": "Hall", "pence": "20"})
    assert late.status_code == 409
    assert 'value="Hall"' in late.text
    assert "/costs/other-costs/add" in late.text


# -- who may --------------------------------------------------------------------------------------


def test_the_team_edits_like_the_head(full: Bid, make: Any, sign_in: Any) -> None:
    client = sign_in(make.member(full.lead_school, Standing.TEAM))
    assert send(client, form(full, "/contact"), **CONTACT).status_code == 302


def test_another_school_finds_no_such_bid(full: Bid, make: Any, sign_in: Any) -> None:
    client = sign_in(make.member(make.school()))
    for path in ("", "/contact", "/check", "/costs/backfill/add"):
        assert client.get(form(full, path)).status_code == 404
    assert client.post(form(full, "/contact"), data=CONTACT).status_code == 404
    assert client.post(f"/bids/{full.reference}/steps/submit", data={"agreement": "y"}).status_code == 404


def test_a_partner_cannot_edit_a_bid_it_sees(make: Any, sign_in: Any) -> None:
    bid = make.bid(state=S.RETURNED)
    client = sign_in(make.member(bid.partners[0].school))
    assert client.get(form(bid)).location.endswith("/application")
    assert client.post(form(bid, "/contact"), data=CONTACT).status_code == 404


def test_a_submitted_bid_can_no_longer_be_changed(make: Any, sign_in: Any) -> None:
    lead = make.school()
    leader = make.member(lead)
    bid = make.bid(lead=lead, leader=leader, state=S.SUBMITTED)
    client = sign_in(leader)
    assert client.get(form(bid)).location.endswith("/application")
    answer = client.post(form(bid, "/contact"), data=CONTACT)
    assert answer.status_code == 409
    assert "start a correction first" in answer.text
    assert "Sam Okafor" in answer.text


def test_a_returned_bid_opens_only_the_sections_asked_about(make: Any, sign_in: Any, session: Any) -> None:
    lead = make.school()
    leader = make.member(lead)
    bid = make.bid(lead=lead, leader=leader, state=S.RETURNED)
    query = Query(bid=bid, batch=1, section="need", question="Which year?", asked_at=NOW)
    session.add(query)
    session.flush()
    client = sign_in(leader)
    page = client.get(form(bid)).text
    assert page.count("Cannot change") == asked_of(bid) - 1
    assert "Question to answer" in page
    assert client.get(form(bid, "/contact")).location.endswith("/form")
    refused = client.post(form(bid, "/contact"), data=CONTACT)
    assert refused.status_code == 409
    assert "did not ask about this section" in refused.text

    section = client.get(form(bid, "/need")).text
    assert "Which year?" in section
    answer = save(client, bid, "/need", need=bid.need, **{f"reply_{query.id}": ""})
    assert "Answer the officer’s question" in errors(answer)
    answer = save(client, bid, "/need", need=bid.need, **{f"reply_{query.id}": "Year 1"})
    assert answer.status_code == 302
    session.expire_all()
    assert query.answer == "Year 1"
    assert query.answered_at is not None
    assert bid.unanswered_queries() == []


@pytest.mark.parametrize(
    "path",
    [
        "/nonsense",
        "/costs/nonsense/add",
        "/costs/backfill/99999",
        "/costs/backfill/99999999999999999999",
        "/costs/backfill/0/remove",
    ],
)
def test_what_does_not_exist_is_not_found(full: Bid, client: Any, path: str) -> None:
    assert client.get(form(full, path)).status_code == 404
    assert client.post(form(full, path), data={}).status_code == 404
