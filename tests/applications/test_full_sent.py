"""The full form of a bid that was sent: returned, and frozen."""

import json
from typing import Any

import pytest

from fundflow.applications import freezing, reading
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, FileKind
from fundflow.models.review import Query
from fundflow.rules.bid_sections import missing_sections
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import (
    CONTACT,
    FULL,
    empty,
    form,
    grow,
    hidden,
    save,
    send,
)
from tests.factories import NOW

# -- returned ---------------------------------------------------------------------------------------


@pytest.fixture
def returned(make: Any, sign_in: Any, session: Any) -> Bid:
    """A short bid that was returned with a question about its costs; nothing of the full form is in it."""
    lead = make.school()
    leader = make.member(lead)
    bid: Bid = make.bid(lead=lead, leader=leader, state=S.RETURNED)
    empty(bid, session)
    bid.external_provider = ""
    session.add(
        Query(bid=bid, batch=1, section="costs", question="Why so few?", answer="More.", asked_at=NOW)
    )
    sign_in(leader)
    return bid


def test_a_returned_bid_that_grows_opens_the_sections_it_now_needs_and_waits_for_them(
    returned: Bid, client: Any, session: Any
) -> None:
    assert client.get(form(returned, "/equality")).location.endswith("/form")
    grow(returned)
    session.commit()
    page = client.get(form(returned)).text
    assert "Your bid asks for £5,000 or more" in page
    asked = client.get(form(returned, "/check")).text
    for title in ("What needs to improve", "Your approach"):
        assert title in missing_sections(returned)
    count = len(missing_sections(returned))
    assert f"You can’t send the bid back yet. Complete the other {count} sections first." in asked
    version = hidden(client.get(form(returned, "/check")).text, "version") or str(returned.version)
    sent = client.post(
        f"/bids/{returned.reference}/steps/resubmit",
        data={"version": version, "agreement": "y", "why_odd": "As planned."},
    )
    assert sent.status_code == 409
    assert save(client, returned, "/equality", equality="All gain.").status_code == 302
    assert save(client, returned, "/equality", equality="All gain much.").status_code == 302
    assert send(client, form(returned, "/contact"), **CONTACT).status_code == 409


def test_a_question_about_a_section_of_the_full_form_can_be_answered_when_the_bid_has_shrunk(
    returned: Bid, client: Any, session: Any
) -> None:
    query = Query(bid=returned, batch=2, section="value", question="How so?", asked_at=NOW)
    session.add(query)
    session.commit()
    assert "Value for money" in client.get(form(returned)).text
    answer = save(client, returned, "/value", value_for_money="£30.", **{f"reply_{query.id}": "Like so."})
    assert answer.status_code == 302
    session.expire_all()
    assert query.answer == "Like so."


# -- frozen -----------------------------------------------------------------------------------------


def test_the_frozen_copy_names_the_files(large: Bid, client: Any, session: Any) -> None:
    session.add(
        Attachment(
            bid_id=large.id,
            name="plan.pdf",
            kind=FileKind.PDF,
            size=1_234_567,
            sha256="a" * 64,
            store_key="k1",
            uploaded_at=NOW,
            uploaded_by_id=large.created_by_id,
        )
    )
    session.add(
        Attachment(
            bid_id=large.id,
            name="old.pdf",
            kind=FileKind.PDF,
            size=5,
            sha256="b" * 64,
            store_key="k2",
            uploaded_at=NOW,
            uploaded_by_id=large.created_by_id,
            removed_at=NOW,
        )
    )
    session.commit()
    session.expire_all()
    data = json.loads(freezing.frozen(large))
    (row,) = data["sections"]["files"]["rows"]["files"]
    assert (row["name"], row["size"], row["sha256"]) == ("plan.pdf", 1_234_567, "a" * 64)
    page = client.get(form(large, "/check")).text
    assert "plan.pdf" in page
    assert "1.2 MB" in page
    assert "old.pdf" not in page
    for path in (
        "/files/files/add",
        f"/files/files/{large.files[0].id}",
        f"/files/files/{large.files[0].id}/remove",
    ):
        assert client.post(form(large, path), data={}).status_code in (404, 405)


def test_a_copy_from_before_there_was_a_full_form_still_reads(large: Bid) -> None:
    data = json.loads(freezing.frozen(large))
    for slug in FULL:
        del data["sections"][slug]
    data["sections"]["approver"]["answers"]["approver_role"] = "Chair of governors"
    read = {section.slug: section for section in reading.in_words(data)}
    assert "need" in read
    assert "equality" not in read
    assert ("Who signs", "Chair of governors") in read["approver"].pairs
    assert reading.costs_in_words(data).money["requested"] == 720_000


def test_a_line_without_a_grade_freezes_as_it_did_before_there_were_grades(large: Bid) -> None:
    rows = json.loads(freezing.frozen(large))["sections"]["costs"]["rows"]["backfill"]
    assert all("grade" not in row for row in rows)
