"""Seats on a panel: substitutes, terms, trusts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fundflow.accounts import people
from fundflow.accounts.places import SeatPlace
from fundflow.models.person import Seat, SeatPosition, Sector
from fundflow.workflow.engine import Refused

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def fund(make):
    return make.fund()


@pytest.fixture
def chair(make, fund):
    return make.seat(fund, position=SeatPosition.CHAIR, name="Ann Chair")


def answers(fund: Any, **changes: Any) -> dict[str, Any]:
    return {
        "fund": str(fund.id),
        "position": "member",
        "sector": "la",
        "substitute": "",
        "school": "",
        "trust": "",
        "starts_on-day": "1",
        "starts_on-month": "9",
        "starts_on-year": "2026",
        "reason": "The forum chose them then.",
        **changes,
    }


def add(client: Any, session: Any, person: Any, fund: Any, **changes: Any) -> Any:
    session.commit()
    return client.post(f"/people/{person.id}/add/seat", data=answers(fund, **changes))


def test_a_substitute_is_seated_for_a_member_with_a_term_and_a_trust(as_admin, make, session, fund, chair):
    sub, trust = make.user("Sue Substitute"), make.trust("Oaks Trust")
    answer = add(
        as_admin,
        session,
        sub,
        fund,
        substitute=str(chair.id),
        trust=trust.code,
        **{"ends_on-day": "31", "ends_on-month": "8", "ends_on-year": "2099"},
    )
    assert answer.status_code == 302
    seat = session.query(Seat).filter_by(user_id=sub.id).one()
    assert (seat.stands_in_for, seat.position, seat.trust) == (chair, SeatPosition.MEMBER, trust)
    assert seat.ends_on == date(2099, 8, 31)
    page = as_admin.get(f"/people/{sub.id}").text
    for words in (
        "Substitute on the panel",
        "substitute for Ann Chair",
        "Oaks Trust",
        "31 August 2099",
        "Change the last day",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"position": "chair"}, "A substitute sits as a panel member"),
        ({"position": "deputy"}, "A substitute sits as a panel member"),
        ({"substitute": "999999"}, "Select one of the answers in the list"),
        ({"substitute": "x"}, "Select one of the answers in the list"),
    ],
)
def test_a_substitute_is_a_member_of_the_same_panel(as_admin, make, session, fund, chair, changes, sentence):
    answer = add(as_admin, session, make.user(), fund, **{"substitute": str(chair.id), **changes})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_nobody_stands_in_on_another_funds_panel_for_a_substitute_or_for_an_ended_seat(
    as_admin, make, session, fund, chair
):
    other = make.fund()
    answer = add(as_admin, session, make.user(), other, substitute=str(chair.id))
    assert "That seat is on another fund’s panel" in answer.text
    substitute = make.seat(fund, name="Sue Substitute", stands_in_for=chair)
    ended = make.seat(fund, name="Pat Past", ends_on=TODAY - timedelta(days=1))
    session.commit()
    page = as_admin.get(f"/people/{make.user().id}/add/seat").text
    assert "Ann Chair, panel chair" in page
    assert "Sue Substitute, " not in page
    assert "Pat Past, " not in page
    for seat in (substitute, ended):
        assert add(as_admin, session, make.user(), fund, substitute=str(seat.id)).status_code == 422


def test_the_operation_refuses_what_the_form_would(make, fund, chair, admin, session):
    sub = make.seat(fund, stands_in_for=chair, name="Sue Substitute")
    ending = make.seat(fund, name="Eve Ending", ends_on=TODAY)
    session.commit()

    def give(to=None, **changes):
        place = {
            "fund_id": fund.id,
            "position": SeatPosition.MEMBER,
            "sector": Sector.LA,
            "starts_on": TODAY + timedelta(days=1),
            "stands_in_for": chair,
            **changes,
        }
        try:
            people.give(to or make.user(), SeatPlace(**place), by=admin, now=NOW)
        finally:
            session.rollback()

    with pytest.raises(Refused, match="another fund"):
        give(fund_id=make.fund().id)
    with pytest.raises(Refused, match="A substitute can’t have one"):
        give(stands_in_for=sub)
    with pytest.raises(Refused, match="sits as a panel member"):
        give(position=SeatPosition.CHAIR)
    with pytest.raises(Refused, match="their own substitute"):
        give(to=chair.user)
    with pytest.raises(Refused, match="Eve Ending’s seat ends on"):
        give(stands_in_for=ending)


def test_a_seats_end_ends_its_substitutes(make, fund, chair, admin, session):
    sub = make.seat(fund, stands_in_for=chair)
    coming = make.seat(fund, stands_in_for=chair, starts_on=TODAY + timedelta(days=30))
    leaving = make.seat(fund, stands_in_for=chair, ends_on=TODAY - timedelta(days=9))
    bystander = make.seat(fund)
    session.commit()
    people.end(chair, last_day=TODAY, by=admin, now=NOW)
    assert sub.ends_on == TODAY
    assert coming.ends_on == TODAY + timedelta(days=29)  # it never begins
    assert leaving.ends_on == TODAY - timedelta(days=9)
    assert bystander.ends_on is None


def test_a_term_is_extended_by_a_later_last_day(as_admin, make, session, fund):
    seat = make.seat(fund, ends_on=TODAY + timedelta(days=5))
    session.commit()
    answer = as_admin.post(
        f"/people/{seat.user_id}/seat/{seat.id}/end",
        data={"last_day-day": "31", "last_day-month": "8", "last_day-year": "2099"},
    )
    assert answer.status_code == 302
    assert seat.ends_on == date(2099, 8, 31)
