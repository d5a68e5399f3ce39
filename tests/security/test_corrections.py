"""A bid that is being corrected, or has just been: nobody reads it early, and no word counts for
what it was not given for."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.applications import answering, correcting, late_answers, operations
from fundflow.applications.answering_by_link import ByLink, answer, asked_by
from fundflow.letters.links import AnsweredRecord, mint_answer
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Approval
from fundflow.models.person import RoleName as R
from fundflow.models.person import Standing, User
from fundflow.models.review import Query
from fundflow.models.school import School
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from fundflow.steps import Stale
from fundflow.workflow.application import BidState as S
from fundflow.workflow.confirmation import ConfirmationState as C
from tests.applications.helpers import grow
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(make: Make) -> dict[str, Any]:
    lead, oak = make.school("Hazelmere Primary"), make.school("Oakfield Academy")
    return {
        "lead": lead,
        "oak": oak,
        "head": make.member(lead),
        "team": make.member(lead, Standing.TEAM),
        "provider": make.member(oak),
        "officer": make.staff(R.OFFICER),
    }


def a_bid(make: Make, people: dict[str, Any], state: S = S.SUBMITTED, **values: Any) -> Bid:
    return make.bid(
        state=state,
        lead=people["lead"],
        provider=people["oak"],
        leader=people["head"],
        officer=people["officer"],
        **values,
    )


def seven_days(bid: Bid) -> None:
    bid.backfill_lines[0].half_days += 2
    bid.activities[0].half_days += 2
    bid.requested_pence += 35_000


# -- words given for what was sent before ---------------------------------------------------------


def _correct(bid: Bid, head: User) -> None:
    correcting.start_correction(bid, user=head, now=NOW)
    seven_days(bid)
    correcting.send_correction(bid, agreement=True, user=head, now=NOW, version=None)


def _send_back(bid: Bid, head: User) -> None:
    seven_days(bid)
    for query in bid.queries:
        query.answer = "Seven days."
    operations.resubmit(bid, agreement=True, user=head, now=NOW, version=None)


CHANGES = {"corrected": (S.SUBMITTED, _correct), "sent back": (S.RETURNED, _send_back)}


@pytest.mark.parametrize("how", CHANGES)
def test_a_head_who_read_six_days_does_not_confirm_seven(
    make: Make, people: dict[str, Any], how: str
) -> None:
    state, change = CHANGES[how]
    bid = a_bid(make, people, state)
    if state is S.RETURNED:
        bid.queries.append(Query(batch=1, section="costs", question="How many?", asked_at=NOW))
    asked = bid.confirmations[0]
    read = asked.version
    change(bid, people["head"])
    with pytest.raises(Stale):
        answering.confirm(asked, user=people["provider"], now=NOW, version=read)
    make.session.rollback()
    assert asked.state is C.ASKED
    answering.confirm(asked, user=people["provider"], now=NOW, version=asked.version)
    assert asked.state is C.CONFIRMED


def test_an_approver_who_read_six_days_does_not_sign_seven(make: Make, people: dict[str, Any]) -> None:
    bid = a_bid(make, people, S.DRAFT)
    grow(bid)
    operations.submit(bid, agreement=True, user=people["head"], now=NOW, version=None)
    (approval,) = bid.approvals
    by = asked_by(mint_answer(AnsweredRecord.of(approval), approval.email, NOW), Approval)
    make.session.commit()
    assert by is not None
    read = approval.version
    _correct(bid, people["head"])
    with pytest.raises(Stale):
        _sign(by, read)
    make.session.rollback()
    _sign(by, approval.version)
    assert bid.approvals[0].signed_name == "Chris Chair"


def _sign(by: ByLink, version: int) -> None:
    answer(by, "sign", signed_name="Chris Chair", reason="", now=NOW, version=version)


def test_a_typo_leaves_the_page_of_whoever_is_about_to_confirm_as_it_is(
    make: Make, people: dict[str, Any]
) -> None:
    bid = a_bid(make, people)
    asked = bid.confirmations[0]
    read = asked.version
    correcting.start_correction(bid, user=people["team"], now=NOW)
    bid.need = "Only 59% reached the standard."
    correcting.send_correction(bid, agreement=False, user=people["team"], now=NOW, version=None)
    answering.confirm(asked, user=people["provider"], now=NOW, version=read)
    assert asked.state is C.CONFIRMED


# -- schools that changed while a form was open ----------------------------------------------------


def _passed_on(make: Make, people: dict[str, Any], to: School | None = None) -> School:
    old, new = people["oak"], to or make.school("Oakfield Primary Academy", type_code=34)
    old.status_code = 2
    pass_on(
        SuccessionPlan(old, old, new, "It converted."),
        seen=stamp(bid_ids(old, old)),
        user=make.staff(R.ADMINISTRATOR),
        now=NOW,
    )
    return new


def test_what_a_school_sent_comes_back_without_the_school_that_closed_since(
    make: Make, people: dict[str, Any], session: Session
) -> None:
    bid = a_bid(make, people)
    correcting.start_correction(bid, user=people["team"], now=NOW)
    new = _passed_on(make, people)
    seven_days(bid)
    correcting.drop_correction(bid, user=people["team"], now=NOW, version=None)
    session.expire_all()
    assert bid.requested_pence == 300_000
    assert [partner.school for partner in bid.partners] == [new]
    assert {line.school for line in bid.backfill_lines} == {new}


def test_a_school_that_merged_with_another_of_the_bid_does_not_come_back_beside_it(
    make: Make, people: dict[str, Any], session: Session
) -> None:
    new = make.school("Oakfield Primary Academy", type_code=34)
    bid = a_bid(make, people, S.DRAFT)
    bid.partners.append(
        Partner(school=new, part=Part.SUPPORTED, contact_name="Nora", contact_email="n@x.test")
    )
    operations.submit(bid, agreement=True, user=people["head"], now=NOW, version=None)
    correcting.start_correction(bid, user=people["team"], now=NOW)
    _passed_on(make, people, new)
    seven_days(bid)
    correcting.drop_correction(bid, user=people["team"], now=NOW, version=None)
    session.expire_all()
    assert [partner.school for partner in bid.partners] == [new]


def test_an_officer_who_goes_on_without_an_answer_does_not_bring_a_closed_school_back(
    make: Make, people: dict[str, Any], session: Session
) -> None:
    bid = a_bid(make, people, S.RETURNED)
    bid.queries.append(Query(batch=1, section="costs", question="How many?", asked_at=NOW))
    bid.due_on = NOW.date().replace(day=1)
    new = _passed_on(make, people)
    late_answers.go_on_without(bid, "No answer.", user=people["officer"], now=NOW)
    session.expire_all()
    assert bid.state is S.IN_REVIEW
    assert [partner.school for partner in bid.partners] == [new]
    assert {line.school for line in bid.backfill_lines} == {new}


# -- what is not sent yet ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "provider"])
def test_above_a_bids_pages_others_read_the_title_and_the_schools_that_were_sent(
    make: Make, people: dict[str, Any], sign_in: Any, who: str
) -> None:
    bid = a_bid(make, people, S.IN_REVIEW)
    correcting.start_correction(bid, user=people["team"], now=NOW)
    bid.title = "Half a thought"
    bid.partners.append(Partner(school=make.school("Elm School"), part=Part.PARTNER))
    make.session.commit()
    pages = [
        f"/bids/{bid.reference}{rest}" for rest in ("", "/application", "/history", "/impact", "/letters")
    ]
    assert all("Half a thought" in sign_in(people["team"]).get(path).text for path in pages)
    for path in pages:
        page = sign_in(people[who]).get(path).text
        assert "Reading recovery" in page
        assert "Oakfield Academy" in page
        assert "Half a thought" not in page
        assert "Elm School" not in page


def test_the_review_computes_nothing_from_what_was_not_sent(
    make: Make, people: dict[str, Any], sign_in: Any
) -> None:
    bid = a_bid(make, people, S.IN_REVIEW)
    client = sign_in(people["officer"])
    assert "£3,000.00" in client.get(f"/bids/{bid.reference}/review").text
    correcting.start_correction(bid, user=people["team"], now=NOW)
    seven_days(bid)
    bid.need = "Half a thought"
    make.session.commit()
    page = client.get(f"/bids/{bid.reference}/review").text
    assert "The school is changing its answers." in page
    assert "Half a thought" not in page
    assert "£3,350.00" not in page


def test_lists_search_and_exports_hold_what_was_sent_while_it_is_being_changed(
    make: Make, people: dict[str, Any], session: Session, sign_in: Any
) -> None:
    bid = make.bid(state=S.DRAFT, lead=people["lead"], provider=people["oak"], leader=people["head"])
    operations.submit(bid, agreement=True, user=people["head"], now=NOW, version=bid.version)
    sent = bid.title
    correcting.start_correction(bid, user=people["head"], now=NOW)
    bid.title = "An unsent title"
    seven_days(bid)
    session.commit()
    for reader in (people["officer"], people["provider"]):
        client = sign_in(reader)
        for path in ("/bids", "/bids.csv", f"/schools/{bid.lead_school.urn}", "/work", "/bids?sort=-amount"):
            page = client.get(path).text
            assert "An unsent title" not in page, path
            assert "3,350" not in page
            assert "3350" not in page
        assert bid.reference not in client.get("/bids.csv?q=unsent").text
        assert sent in client.get(f"/bids.csv?q={sent.split()[0]}").text

    sign_in(people["head"])
    correcting.send_correction(bid, agreement=True, user=people["head"], now=NOW, version=None)
    assert "An unsent title" in sign_in(people["officer"]).get("/bids").text
