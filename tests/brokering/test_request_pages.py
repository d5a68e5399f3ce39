"""The pages of requests for support: what each side reads, and what it may do there."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.brokering.operations import requests as operations
from fundflow.models.bid import Bid
from fundflow.models.brokering import SupportRequest
from fundflow.models.person import Membership, RoleName, Standing
from tests.brokering.conftest import SignIn, begin
from tests.factories import LONG_AGO, NOW, Make


def test_a_school_asks_reads_and_starts_through_pages(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.head)
    assert "Ask for support" in client.get("/support/ask?expertise=maths").text
    answer = client.post(
        "/support/ask",
        data={
            "school": area.asking.urn,
            "fund": str(area.fund.id),
            "expertise": "maths",
            "need": "Maths fell",
            "half_days": "6",
        },
    )
    request = make.session.scalars(select(SupportRequest)).one()
    assert answer.location == f"/support/{request.id}"
    page = client.get(answer.location).text
    assert "The liaison officer is looking" in page
    assert "Find a school" not in page
    answer = client.post(
        f"{request.path}/steps/begin-draft",
        data={"round_id": str(area.round.id), "version": str(request.version)},
    )
    bid = make.session.scalars(select(Bid)).one()
    assert answer.location == f"/bids/{bid.reference}/form"
    assert request.path in client.get(f"/bids/{bid.reference}").text


def test_an_officer_works_through_the_pages(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    assert request_.path in client.get("/brokering").text
    assert request_.path in client.get("/work").text
    page = client.get(f"{request_.path}/match").text
    assert "3 + 2 + 1 + 2 = 8" in page
    link = f"{request_.path}/steps/propose?school={area.helper.urn}"
    assert link in page
    form = client.get(link).text
    assert "The right phase: primary." in form
    assert "No conflict" not in form
    answer = client.post(link, data={"why": "Near.", "version": str(request_.version)})
    assert answer.location == request_.path
    assert "Near." in sign_in(area.head).get(request_.path).text
    assert "Start a bid: Helping Primary could help you" in client.get("/work").text


def test_a_school_never_sees_who_was_left_out_or_why(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    area.offer.half_days = 0
    make.session.commit()
    assert "Not suggested, and why" in sign_in(area.officer).get(f"{request_.path}/match").text
    client = sign_in(area.head)
    assert client.get(f"{request_.path}/match").status_code == 403
    assert "Not suggested" not in client.get(request_.path).text


@pytest.mark.parametrize("path", ["", "/steps/begin-draft", "/steps/close"])
def test_another_schools_request_does_not_exist(
    area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn, path: str
) -> None:
    client = sign_in(area.helpers_head)
    assert client.get(request_.path + path).status_code == 404
    assert client.post(request_.path + path).status_code in (404, 405)


def test_a_barred_officer_sees_no_request_of_their_trust(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    trust = make.trust()
    area.asking.trust = trust
    make.session.add(
        Membership(
            user=area.deputy, school=make.school(trust=trust), starts_on=LONG_AGO, standing=Standing.TEAM
        )
    )
    make.session.commit()
    client = sign_in(area.deputy)
    assert client.get(request_.path).status_code == 404
    assert request_.path not in client.get("/brokering").text
    assert request_.path in sign_in(area.officer).get("/brokering").text


def test_a_stale_page_keeps_what_was_typed(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    version = request_.version
    operations.close(request_, reason="Done.", user=area.head, now=NOW, version=None)
    answer = client.post(
        f"{request_.path}/steps/propose?school={area.helper.urn}",
        data={"why": "Typed for long.", "version": str(version)},
    )
    assert answer.status_code == 409
    assert "Typed for long." in answer.text


def test_a_barred_officer_cannot_even_open_the_proposal(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    make.role(area.head, RoleName.DEPUTY_OFFICER)
    make.session.commit()
    answer = sign_in(area.head).get(f"{request_.path}/steps/propose?school={area.helper.urn}")
    assert answer.status_code == 409
    assert "You can’t broker this" in answer.text
    page = sign_in(area.head).get(request_.path)
    assert page.status_code == 200


def settle(client: FlaskClient) -> str:
    return client.get("/brokering?show=settled").text


def test_settled_requests_are_kept_apart(
    make: Make, area: SimpleNamespace, request_: SupportRequest, sign_in: SignIn
) -> None:
    bid = begin(area, request_, area.head)
    client = sign_in(area.officer)
    assert request_.path not in client.get("/brokering").text
    assert bid.reference in settle(client)
