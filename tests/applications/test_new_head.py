"""A new head takes over what the old one had: questions, drafts, offers."""

from datetime import date, timedelta
from typing import Any

import pytest

from fundflow.letters.holders import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.workflow.application import BidState as S
from tests.applications.entered import draft, entered, people, word
from tests.applications.helpers import at, form, hidden, letters, send
from tests.factories import TODAY

__all__ = ["draft", "entered", "people"]

pytestmark = pytest.mark.usefixtures("clock")


def succeed(make: Any, school: Any, old: User) -> User:
    """The old head's membership ended yesterday; a new head's begins today."""
    (member,) = old.memberships
    member.ends_on = TODAY - timedelta(days=1)
    new: User = make.member(school, name="Nina New")
    new.memberships[0].starts_on = TODAY
    make.session.flush()
    return new


def test_a_new_head_answers_what_the_old_one_was_asked(
    entered: Bid, people: Any, make: Any, sign_in: Any, session: Any
) -> None:
    old = people["head"]
    new = succeed(make, people["lead"], old)
    client = sign_in(new)
    assert "Read and agree to the bid entered for you" in client.get("/work").text
    page = client.get(word(entered)).text
    answer = client.post(
        word(entered, "/confirm"), data={"version": hidden(page, "version"), "agreement": "y"}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert entered.agreed_by_id == new.id
    assert sign_in(old).get(at(entered)).status_code == 404
    assert (
        sign_in(old).post(word(entered, "/confirm"), data={"version": "1", "agreement": "y"}).status_code
        == 404
    )


def test_a_new_head_submits_the_draft_and_gets_the_letters(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(lead=people["lead"], provider=people["oak"], leader=people["head"])
    new = succeed(make, people["lead"], people["head"])
    client = sign_in(new)
    assert "Finish and submit the bid" in client.get("/work").text
    page = client.get(form(bid, "/check")).text
    answer = client.post(
        at(bid, "/steps/submit"), data={"version": hidden(page, "version"), "agreement": "y"}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert bid.agreed_by_id == new.id
    told = [email for _, email in letters(session, bid)]
    assert new.email in told
    assert people["head"].email not in told


def test_a_new_head_of_the_provider_confirms(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = make.bid(state=S.SUBMITTED, lead=people["lead"], provider=people["oak"])
    new = succeed(make, people["oak"], people["provider"])
    path = at(bid, f"/confirmations/{bid.confirmations[0].id}")
    client = sign_in(new)
    assert (
        client.post(f"{path}/confirm", data={"version": hidden(client.get(path).text, "version")}).status_code
        == 302
    )
    session.expire_all()
    assert bid.confirmations[0].answered_by_id == new.id
    assert sign_in(people["provider"]).get(path).status_code == 404


def test_a_new_head_accepts_the_offer_that_was_made_to_the_old_one(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(state=S.OFFERED, lead=people["lead"], provider=people["oak"], leader=people["head"])
    new = succeed(make, people["lead"], people["head"])
    path = at(bid, "/steps/accept-offer")
    assert sign_in(people["head"]).post(path, data={"version": "1", "agreement": "y"}).status_code == 404
    assert send(sign_in(new), path, agreement="y").status_code == 302
    session.expire_all()
    assert bid.state is S.IN_DELIVERY
    assert new.email in [email for _, email in letters(session, bid)]


def test_an_acting_head_acts_for_as_long_as_it_lasts(make: Any, people: Any) -> None:
    acting = make.member(people["lead"], name="Ada Acting")
    acting.memberships[0].starts_on, acting.memberships[0].ends_on = date(2026, 11, 1), date(2026, 11, 30)
    make.session.flush()
    assert [w.name for w in leaders_of(people["lead"], date(2026, 11, 30))] == ["Hilary Head", "Ada Acting"]
    assert [w.name for w in leaders_of(people["lead"], date(2026, 12, 1))] == ["Hilary Head"]
