"""A bid's officer sees who of its schools has an account, and invites who has none."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.accounts import of_schools
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

SignIn = Callable[..., Any]
INVITATION = {"email": "pat@partner.example", "name": "Pat Partner", "job_title": "", "standing": "leader"}


@pytest.fixture
def bid(make: Make) -> Any:
    """A bid of which the provider's school has nobody with an account."""
    lead, provider = make.school("Lead School"), make.school("Provider School")
    leader = make.member(lead, name="Lee Head")
    bid = make.bid(state=S.IN_REVIEW, lead=lead, provider=provider, leader=leader)
    make.session.commit()
    return bid


def test_the_front_page_names_the_schools_of_which_nobody_has_an_account(
    make: Make, sign_in: SignIn, bid: Any
) -> None:
    page = sign_in(bid.officer).get(f"/bids/{bid.reference}").text
    assert "Nobody of Provider School has an account." in page
    make.member(bid.partners[0].school)
    make.session.commit()
    page = sign_in(bid.officer).get(f"/bids/{bid.reference}").text
    assert "Nobody of" not in page
    assert "Invite people of the schools" in page
    head = sign_in(make.member(bid.lead_school)).get(f"/bids/{bid.reference}").text
    assert "Invite people of the schools" not in head


def test_the_officer_invites_a_head_from_the_bid_and_the_others_are_told(
    make: Make, sign_in: SignIn, bid: Any
) -> None:
    make.staff(RoleName.ADMINISTRATOR, "Una Admin")
    make.session.commit()
    client, school = sign_in(bid.officer), bid.partners[0].school
    page = client.get(f"/bids/{bid.reference}/people").text
    assert "Nobody has an account" in page
    assert "Lee Head" in page
    path = f"/bids/{bid.reference}/people/{school.urn}"
    assert client.get(path).status_code == 200
    assert client.post(path, data={**INVITATION, "name": ""}).status_code == 422
    assert client.post(path, data=INVITATION).status_code == 302
    (member,) = make.session.scalar(select(User).where(User.email == INVITATION["email"])).memberships
    assert (member.school, member.standing) == (school, Standing.LEADER)
    keys = {(row.key.split(":")[0], row.name) for row in make.session.scalars(select(Letter))}
    assert {("invitation", "Pat Partner"), ("account", "Una Admin")} <= keys
    answer = client.post(path, data=INVITATION)
    assert answer.status_code == 409
    assert "Ask an administrator" in answer.text


@pytest.mark.parametrize("role", [role for role in RoleName if "OFFICER" not in role.name])
def test_nobody_else_of_the_council_invites(make: Make, bid: Any, role: RoleName) -> None:
    assert of_schools.why_not_invite(bid, make.staff(role), NOW) is not None


def test_an_officer_who_is_barred_invites_nobody_nor_anybody_of_another_school(make: Make, bid: Any) -> None:
    def invite(user: User, school: Any) -> None:
        of_schools.invite_to_school(
            bid,
            school,
            email="pat@partner.example",
            name="Pat Partner",
            job_title="",
            standing=Standing.LEADER,
            user=user,
            now=NOW,
        )

    barred = make.member(bid.lead_school)
    make.role(barred, RoleName.OFFICER)
    with pytest.raises(Refused, match="Ask a colleague"):
        invite(barred, bid.partners[0].school)
    with pytest.raises(Refused, match="takes no part"):
        invite(bid.officer, make.school())
    with pytest.raises(Refused, match="Only a liaison officer"):
        invite(make.member(bid.lead_school), bid.lead_school)


def test_people_who_left_or_whose_account_is_closed_do_not_count(make: Make, bid: Any) -> None:
    school = bid.partners[0].school
    make.member(school, active=False)
    gone = make.member(school)
    gone.memberships[0].ends_on = NOW.date().replace(year=NOW.year - 1)
    make.session.commit()
    (_, provider) = of_schools.people_of_schools(bid, NOW.date())
    assert (provider.school, provider.people) == (school, [])


def test_an_officer_sees_who_asked_for_an_account_and_invites_them_until_they_have_one(
    make: Make, sign_in: SignIn, bid: Any
) -> None:
    asked = bid.confirmations[0]
    asked.answered_by_id, asked.signed_name, asked.link_email = None, "Pat Partner", INVITATION["email"]
    make.confirmed(bid)
    make.session.commit()
    client, path = sign_in(bid.officer), f"/bids/{bid.reference}/people/{asked.school.urn}"
    assert "asked for an account" not in client.get("/work").text
    asked.wants_account = True
    make.session.commit()
    assert "Invite somebody who asked for an account" in client.get("/work").text
    assert "Pat Partner of Provider School would like one." in client.get(f"/bids/{bid.reference}").text
    assert "Invite Pat Partner" in client.get(f"/bids/{bid.reference}/people").text
    form = client.get(path).text
    for known in ('value="Pat Partner"', f'value="{INVITATION["email"]}"'):
        assert known in form
    assert client.post(path, data=INVITATION).status_code == 302
    assert "asked for an account" not in client.get("/work").text
    assert "would like" not in client.get(f"/bids/{bid.reference}/people").text
