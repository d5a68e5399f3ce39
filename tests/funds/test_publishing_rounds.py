"""A round begins as a draft: schools see it, and bid in it, once it is published."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.applications import queries
from fundflow.applications.on_behalf import rounds_to_enter
from fundflow.drafts import why_no_draft
from fundflow.funds import round_queries
from fundflow.funds.operations.late import why_not_until
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName
from fundflow.models.round import Priority, Round
from fundflow.reports.fund_queries import rounds_to_bid_in
from tests.factories import NOW, Make
from tests.funds.conftest import changes, post

REFUSED = "Add a priority first: schools can’t complete a bid without one."


@pytest.fixture
def draft(as_admin: FlaskClient, fund: Fund, session: Session) -> Round:
    """A rolling round as an administrator adds it."""
    answer = post(as_admin, f"/funds/{fund.id}/rounds/add", fund, name="Rolling", kind="rolling")
    assert answer.status_code == 302
    return session.scalars(select(Round)).one()


def is_offered(round_: Round, make: Make) -> set[bool]:
    """What each place that offers rounds says of this one."""
    school = make.school(la_code=round_.fund.la_code)
    return {
        round_ in round_queries.open_rounds(NOW),
        round_ in rounds_to_bid_in(NOW),
        round_ in queries.open_rounds([school], NOW),
        why_no_draft(school, round_, NOW) is None,
        round_ in rounds_to_enter(make.staff(RoleName.OFFICER), NOW),
    }


def test_a_round_is_a_draft_until_it_is_published(
    draft: Round, as_admin: FlaskClient, sign_in: Any, make: Make, session: Session
) -> None:
    fund = draft.fund
    head = make.member(make.school(la_code=fund.la_code))
    page = f"/rounds/{draft.id}"
    assert "Draft: not published" in as_admin.get(page).text
    assert as_admin.get("/rounds").text.count("Rolling") == 0
    assert is_offered(draft, make) == {False}
    assert why_not_until(draft, NOW, NOW) == "Rolling is not published yet."
    assert sign_in(head).get(page).status_code == 404

    sign_in(make.staff(RoleName.ADMINISTRATOR))
    publish = f"/funds/{fund.id}/rounds/{draft.id}/publish"
    refused = post(as_admin, publish, fund)
    assert (refused.status_code, REFUSED in refused.text) == (409, True)
    draft.priorities.append(Priority(title="Early reading"))
    for _ in range(2):  # a second click publishes nothing twice
        assert post(as_admin, publish, fund).location == page
    session.expire_all()
    assert is_offered(draft, make) == {True}
    assert [entry.step for entry in changes(session, fund)] == ["add_round", "publish_round"]
    assert "Publish the round" not in as_admin.get(page).text
    assert sign_in(head).get(page).status_code == 200


def test_nobody_outside_finds_the_priorities_of_a_draft(draft: Round, sign_in: Any, make: Make) -> None:
    board = make.staff(RoleName.BOARD)
    draft.priorities.append(Priority(title="Reading at dusk"))
    make.session.flush()
    read = ((None, "/register"), (None, "/case-studies"), (board, "/dashboard"))
    pages = [sign_in(user).get(path) for user, path in read]
    assert [(page.status_code, "Reading at dusk" in page.text) for page in pages] == [(200, False)] * 3
    draft.is_draft = False
    make.session.flush()
    assert all("Reading at dusk" in sign_in(user).get(path).text for user, path in read)
