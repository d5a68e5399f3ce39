"""An administrator restricts the use of somebody's data: a mark with a reason, and nothing is removed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from fundflow.accounts.queries import restriction_of
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.personal.operations import lift, restrict
from fundflow.personal.retention import expired, unneeded
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
LATER = datetime(2034, 3, 1, 12, tzinfo=UTC)


class World:
    """A bid that was withdrawn by a head who left."""

    def __init__(self, make: Make) -> None:
        self.admin, self.other, self.officer = (
            make.staff(R.ADMINISTRATOR),
            make.staff(R.ADMINISTRATOR),
            make.staff(R.OFFICER),
        )
        school = make.school()
        self.head = make.user("Rosalind Quillfeather")
        place = make.belongs(self.head, school)
        self.bid = make.bid(lead=school, state=BidState.SUBMITTED)
        make.session.commit()
        take_and_commit(self.bid, "withdraw", user=self.head, now=NOW, given={"reason": "Not now"})
        place.ends_on = date(2027, 3, 31)
        make.session.commit()


world = scene(World)


def test_nothing_of_theirs_is_due_until_it_is_lifted(world: World) -> None:
    assert [one.bid_id for one in expired(LATER)] == [world.bid.id]
    restrict(world.head, reason="They say that it is wrong.", user=world.admin, now=NOW)
    assert expired(LATER) == []
    assert unneeded(LATER, beside=[world.bid.id]) == []
    lift(world.head, reason="It was put right.", user=world.other, now=NOW)
    assert [one.bid_id for one in expired(LATER)] == [world.bid.id]
    assert [one.person_id for one in unneeded(LATER, beside=[world.bid.id])] == [world.head.id]


def test_it_is_put_once_lifted_once_and_never_by_oneself(world: World) -> None:
    with pytest.raises(Refused, match="not restricted"):
        lift(world.head, reason="x", user=world.admin, now=NOW)
    with pytest.raises(Refused, match="Another administrator"):
        restrict(world.admin, reason="x", user=world.admin, now=NOW)
    with pytest.raises(Refused, match="Only an administrator"):
        restrict(world.head, reason="x", user=world.officer, now=NOW)
    restrict(world.head, reason="x", user=world.admin, now=NOW)
    with pytest.raises(Refused, match="already"):
        restrict(world.head, reason="y", user=world.other, now=NOW)


def test_the_page_of_the_person_shows_the_mark_and_the_reason(world: World, sign_in: SignIn) -> None:
    client, path = sign_in(world.admin), f"/data-protection/people/{world.head.id}/restriction"
    assert client.post(path, data={"reason": "They object."}).status_code == 302
    page = client.get(f"/people/{world.head.id}").text
    assert "Restricted on" in page
    assert "They object." in page
    assert "Lift the restriction" in client.get(path).text
    assert client.post(path, data={"reason": "Answered."}).status_code == 302
    assert restriction_of(world.head) is None
