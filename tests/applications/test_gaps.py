"""A returned bid that lacks an answer which nobody asked about: its school may give it, and no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.applications import editing, operations
from fundflow.applications.freezing import stamp
from fundflow.applications.sections import PAGE, pages_of
from fundflow.models.bid import Bid
from fundflow.models.review import Query
from fundflow.models.school import CLOSED
from fundflow.permissions import may_edit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.applications.helpers import CONTACT, FULL, asked_of, errors, form, grow, save, send
from tests.factories import NOW, Make


@pytest.fixture
def returned(make: Make, session: Session, sign_in: Any) -> Bid:
    """A bid that was returned with a question about its plan, which is answered; its head is signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid = make.bid(lead=lead, leader=leader, state=S.RETURNED)
    bid.queries.append(
        Query(batch=1, section="plan", question="Why so long?", answer="It takes that.", asked_at=NOW)
    )
    session.commit()
    sign_in(leader)
    return bid


def head(bid: Bid) -> Any:
    return bid.created_by


def resubmit(bid: Bid, session: Session) -> None:
    operations.resubmit(bid, agreement=True, user=head(bid), now=NOW, version=bid.version)
    session.expire_all()
    assert bid.state is S.IN_REVIEW


def editable(bid: Bid) -> set[str]:
    """Slugs of the sections its head may change."""
    return {slug for slug in PAGE if may_edit(head(bid), bid, NOW, slug)}


def test_a_question_that_was_added_since_is_answered_on_its_page_and_the_bid_goes_back(
    returned: Bid, client: FlaskClient, session: Session
) -> None:
    returned.contact_phone = ""  # as of every bid that was sent before the form asked for it
    session.commit()

    page = client.get(form(returned)).text
    assert (page.count("Cannot change"), page.count("In progress")) == (asked_of(returned) - 2, 1)
    assert "Save and continue" in client.get(form(returned, "/contact")).text
    assert client.get(form(returned, "/need")).location.endswith("/form")
    with pytest.raises(Refused, match=r"Complete Contact first\."):
        operations.resubmit(returned, agreement=True, user=head(returned), now=NOW, version=returned.version)
    session.rollback()
    assert "Enter the contact’s telephone number" in errors(
        save(client, returned, "/contact", contact_phone="")
    )
    assert save(client, returned, "/contact").status_code == 302
    session.expire_all()
    resubmit(returned, session)


def test_what_was_answered_and_not_asked_about_stays_closed(
    returned: Bid, client: FlaskClient, session: Session
) -> None:
    returned.contact_phone = ""
    session.commit()
    assert editable(returned) == {"plan", "contact"}

    answer = save(client, returned, "/need", need="Something else.")
    assert (answer.status_code, "did not ask about this section" in answer.text) == (409, True)
    for page, act in (
        (PAGE["need"], {"need": "Something else."}),
        (PAGE["about"], {"title": "Another title"}),
    ):
        with pytest.raises(Refused, match="did not ask about this section"):
            editing.save_section(
                returned,
                page,
                answers=act,
                replies={},
                stamp=stamp(returned, page),
                user=head(returned),
                now=NOW,
            )
        session.rollback()


def test_once_it_is_answered_the_section_closes_and_a_second_click_is_no_error(
    returned: Bid, client: FlaskClient, session: Session
) -> None:
    returned.contact_phone = ""
    session.commit()
    old = returned.version
    assert [send(client, form(returned, "/contact"), **CONTACT).status_code for _ in range(2)] == [302, 302]
    session.expire_all()
    assert returned.version == old + 1
    assert editable(returned) == {"plan"}
    assert save(client, returned, "/contact", contact_phone="01632 960 999").status_code == 409


def _fewer_months(bid: Bid, _make: Make) -> None:
    bid.end_on = NOW.date() - timedelta(days=300)
    bid.start_on = bid.end_on - timedelta(days=10)
    bid.activities[0].starts_on, bid.activities[0].ends_on = bid.start_on, bid.end_on


def _school_closed(bid: Bid, _make: Make) -> None:
    bid.partners[0].school.status_code = CLOSED


def _partner_left(bid: Bid, make: Make) -> None:
    bid.partners[0].school_id = make.school("Elm Grove Primary").id


GAPS: list[tuple[str, Callable[[Bid, Make], Any], set[str]]] = [
    (
        "the round asks a question of its own",
        lambda bid, make: make.question(bid.round, required=True),
        {"round-questions"},
    ),
    ("the fund has grades of staff now", lambda bid, make: make.grade(bid.fund), {"costs"}),
    (
        "a bid that grew needs a second piece of evidence",
        lambda bid, make: (grow(bid), make.session.delete(bid.evidence[1])),
        {"need", "approver", *FULL},
    ),
    ("the project now ends long before a target", _fewer_months, {"outcomes"}),
    ("a school that takes part has closed", _school_closed, {"schools", "costs"}),
    ("a school with lines of backfill was replaced", _partner_left, {"costs"}),
    (
        "the fund gives a bid less than it did",
        lambda bid, make: setattr(bid.fund, "bid_cap_pence", 100_000),
        {"costs"},
    ),
]


@pytest.mark.parametrize(("change", "opened"), [gap[1:] for gap in GAPS], ids=[gap[0] for gap in GAPS])
def test_whatever_a_returned_bid_lacks_now_can_be_put_right(
    returned: Bid, make: Make, session: Session, change: Callable[[Bid, Make], Any], opened: set[str]
) -> None:
    change(returned, make)
    session.commit()
    session.expire_all()
    lacking = {page.slug for page in pages_of(returned) if page.section.what_is_missing(returned)}
    assert editable(returned) == {"plan"} | opened
    assert lacking <= editable(returned)
