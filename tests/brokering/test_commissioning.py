"""Support that an officer commissions, for a school that has not asked."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from fundflow.brokering.operations import commissioning
from fundflow.models.bid import Bid, Origin
from fundflow.models.brokering import Expertise
from fundflow.models.interest import InterestKind
from fundflow.models.person import Membership, Standing
from fundflow.permissions import may_edit
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.brokering.conftest import SignIn
from tests.factories import LONG_AGO, NOW, Make


def commission(area: SimpleNamespace, **changes: Any) -> Bid:
    given = {
        "school": area.asking,
        "provider": area.helper,
        "round_": area.round,
        "expertise": Expertise.MATHS,
        "reason": "Results fell twice.",
        "user": area.officer,
        "now": NOW,
        **changes,
    }
    return commissioning.commission(given.pop("school"), given.pop("provider"), given.pop("round_"), **given)


def test_the_officer_begins_a_draft_that_says_why_and_who_brokered_it(
    make: Make, area: SimpleNamespace
) -> None:
    bid = commission(area)
    assert (bid.state, bid.origin, bid.origin_note) == (
        BidState.DRAFT,
        Origin.COMMISSIONED,
        "Results fell twice.",
    )
    assert (bid.lead_school, [s.name for s in bid.providers]) == (area.asking, ["Helping Primary"])
    assert bid.title == "Mathematics: support from Helping Primary"
    assert (bid.officer, bid.contact_name) == (area.officer, "Ada Head")
    assert [(d.user, d.kind, d.text) for d in bid.declarations] == [
        (area.officer, InterestKind.DISCLOSED, "Commissioned this support")
    ]
    assert may_edit(area.officer, bid, NOW)


def test_a_second_click_begins_no_second_bid_another_reason_does(make: Make, area: SimpleNamespace) -> None:
    first = commission(area)
    assert commission(area) is first
    assert commission(area, reason="Another.") is not first
    assert make.session.scalar(select(func.count(Bid.id))) == 2


def test_an_officer_barred_from_either_school_cannot(make: Make, area: SimpleNamespace) -> None:
    trust = make.trust("Ten Trust")
    make.session.add(
        Membership(
            user=area.officer, school=make.school(trust=trust), starts_on=LONG_AGO, standing=Standing.LEADER
        )
    )
    area.helper.trust = trust
    make.session.flush()
    make.session.expire(area.officer)
    with pytest.raises(
        Refused, match=r"You can’t commission this: your trust, Ten Trust, runs Helping Primary"
    ):
        commission(area)
    assert commission(area, user=area.deputy).officer is area.deputy


def test_only_officers_may_and_only_for_two_open_schools_in_an_open_round(
    make: Make, area: SimpleNamespace
) -> None:
    for user in (area.head, area.auditor):
        with pytest.raises(Refused, match="Only the liaison officer"):
            commission(area, user=user)
    with pytest.raises(Refused, match="Choose two schools"):
        commission(area, provider=area.asking)
    with pytest.raises(Refused, match="not open"):
        commission(area, provider=make.school(status_code=2))
    with pytest.raises(Refused, match="No fund here takes part"):
        commission(area, provider=make.school(is_organisation=True))
    with pytest.raises(Refused, match="not in the area"):
        commission(area, school=make.school(la_code="871"))
    area.round.closes_at = NOW - timedelta(hours=1)
    with pytest.raises(Refused, match="closed"):
        commission(area)


def test_through_the_page_the_officer_goes_on_to_the_form(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    assert "Commission support" in client.get(f"/brokering/commission?school={area.asking.urn}").text
    answer = client.post(
        "/brokering/commission",
        data={
            "school": area.asking.urn,
            "provider": area.helper.urn,
            "expertise": "maths",
            "reason": "Results fell twice.",
            "round_id": str(area.round.id),
        },
    )
    bid = make.session.scalars(select(Bid)).one()
    assert answer.location == f"/bids/{bid.reference}/form"
    empty = client.post("/brokering/commission", data={})
    assert empty.status_code == 422
    assert "Enter why you commission this support" in empty.text


def test_an_officers_own_schools_are_not_in_the_lists(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    make.session.add(
        Membership(user=area.officer, school=area.helper, starts_on=LONG_AGO, standing=Standing.TEAM)
    )
    make.session.commit()
    page = sign_in(area.officer).get("/brokering/commission").text
    assert "Asking Primary" in page
    assert "Helping Primary" not in page
