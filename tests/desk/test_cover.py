"""Cover while an officer is away: whose work and whose letters it changes, and for how long."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.desk.cover import Dates, arrange, end
from fundflow.desk.work import waiting_for
from fundflow.letters.recipients import RECIPIENTS
from fundflow.models.bid import Bid
from fundflow.models.desk import Cover
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import LONG_AGO, NOW, TODAY, Make

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[..., Any]
R = RoleName
WEEK = Dates(TODAY, TODAY + timedelta(days=6))


@pytest.fixture
def priya(make: Make) -> User:
    return make.staff(R.OFFICER, "Priya Raman")


@pytest.fixture
def tom(make: Make) -> User:
    return make.staff(R.DEPUTY_OFFICER, "Tom Hale")


@pytest.fixture
def bid(make: Make, priya: User, tom: User) -> Bid:
    found: Bid = make.bid(state=S.IN_REVIEW, officer=priya, title="Phonics")
    return found


def covered(make: Make, away: User, covering: User, dates: Dates = WEEK) -> Cover:
    cover = arrange(away, covering, dates, user=away, now=NOW)
    make.session.flush()
    return cover


def told(bid: Bid, day: date = TODAY) -> list[str]:
    """Who gets a letter to the bid's officer on a day."""
    return [who.name for who in RECIPIENTS["officer"](bid, day)]


# -- letters -----------------------------------------------------------------------------------------


def test_letters_for_the_officer_go_to_who_covers_on_those_days_alone(
    make: Make, bid: Bid, priya: User, tom: User
) -> None:
    covered(make, priya, tom, Dates(TODAY, TODAY + timedelta(days=6)))
    assert told(bid, TODAY - timedelta(days=1)) == ["Priya Raman"]
    assert told(bid, TODAY) == told(bid, TODAY + timedelta(days=6)) == ["Tom Hale"]
    assert told(bid, TODAY + timedelta(days=7)) == ["Priya Raman"]


def test_letters_about_a_bid_that_who_covers_is_barred_from_go_to_others(
    make: Make, bid: Bid, priya: User, tom: User
) -> None:
    make.staff(R.OFFICER, "Olly Third")
    covered(make, priya, tom)
    make.session.add(
        Declaration(bid=bid, user_id=tom.id, kind=InterestKind.BARRED, declared_at=NOW, recorded_by_id=tom.id)
    )
    make.session.flush()
    make.session.refresh(bid)
    assert told(bid) == ["Olly Third"]


def test_where_nobody_else_is_left_who_is_away_is_told(make: Make, bid: Bid, priya: User, tom: User) -> None:
    covered(make, priya, tom)
    make.session.add(Membership(user=tom, school=bid.lead_school, standing=Standing.TEAM, starts_on=LONG_AGO))
    make.session.flush()
    make.session.refresh(tom)
    assert told(bid) == ["Priya Raman"]


def test_letters_about_a_bid_that_is_nobodys_go_to_officers_who_are_there(
    make: Make, priya: User, tom: User
) -> None:
    bid = make.bid(state=S.SUBMITTED)
    assert told(bid) == ["Priya Raman"]
    covered(make, priya, tom)
    assert told(bid) == ["Tom Hale"]


def test_who_covers_but_is_no_officer_any_more_gets_no_letters(
    make: Make, bid: Bid, priya: User, tom: User
) -> None:
    make.staff(R.OFFICER, "Olly Third")
    covered(make, priya, tom)
    tom.roles[0].ends_on = TODAY - timedelta(days=1)
    make.session.flush()
    assert told(bid) == ["Olly Third"]


def test_one_letter_tells_who_covers(make: Make, priya: User, tom: User) -> None:
    covered(make, priya, tom)
    (letter,) = make.session.scalars(select(Letter)).all()
    assert (letter.user_id, letter.subject) == (
        tom.id,
        "You cover for Priya Raman from 18 November to 24 November",
    )
    assert "Priya Raman has arranged" in letter.body
    assert "http://fund.example/desk/cover" in letter.body


# -- my work -----------------------------------------------------------------------------------------


def test_the_work_of_who_is_away_stands_marked_among_that_of_who_covers(
    make: Make, bid: Bid, priya: User, tom: User, sign_in: SignIn
) -> None:
    other = make.bid(state=S.AT_PANEL, officer=priya, title="Attendance")
    make.session.commit()
    assert waiting_for(tom, NOW).lines == []
    assert "Attendance" not in sign_in(tom).get("/work").text
    covered(make, priya, tom)
    (line,) = waiting_for(tom, NOW, {priya.id: priya.name}).lines
    assert (line.reference, line.what, line.covering) == (bid.reference, "Finish the review", "Priya Raman")
    page = sign_in(tom).get("/work").text
    assert "You cover for <strong>Priya Raman</strong> until 24 November 2026" in page
    assert page.count("covering for Priya Raman") == 2
    assert other.reference in page
    assert "covers for you until" in sign_in(priya).get("/work").text


def test_work_one_is_barred_from_does_not_come_with_the_cover(
    make: Make, bid: Bid, priya: User, tom: User
) -> None:
    covered(make, priya, tom)
    make.session.add(
        Declaration(bid=bid, user_id=tom.id, kind=InterestKind.BARRED, declared_at=NOW, recorded_by_id=tom.id)
    )
    make.session.flush()
    assert waiting_for(tom, NOW).lines == []


def test_cover_ends_by_itself_and_can_be_ended_early(make: Make, bid: Bid, priya: User, tom: User) -> None:
    cover = covered(make, priya, tom)
    assert waiting_for(tom, NOW + timedelta(days=6)).lines
    assert waiting_for(tom, NOW + timedelta(days=7)).lines == []
    end(cover, user=priya, now=NOW)
    assert waiting_for(tom, NOW).lines == []
    assert told(bid) == ["Priya Raman"]
    assert cover.ended_by_id == priya.id
    end(cover, user=tom, now=NOW + timedelta(hours=1))  # a second click
    assert (cover.ended_at, cover.ended_by_id) == (NOW, priya.id)


# -- arranging ---------------------------------------------------------------------------------------


def refusal(*given: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        arrange(*given, **{"now": NOW, **more})
    return refused.value.sentence


def test_officers_arrange_for_themselves_administrators_for_anybody(
    make: Make, priya: User, tom: User
) -> None:
    assert "for yourself alone" in refusal(priya, tom, WEEK, user=tom)
    assert "for yourself alone" in refusal(priya, tom, WEEK, user=make.staff(R.FINANCE))
    administrator = make.staff(R.ADMINISTRATOR)
    assert arrange(priya, tom, WEEK, user=administrator, now=NOW).arranged_by_id == administrator.id


def test_an_administrator_of_one_fund_arranges_for_nobody_else(make: Make, priya: User, tom: User) -> None:
    administrator = make.user()
    make.role(administrator, R.ADMINISTRATOR, fund=make.fund())
    assert "for yourself alone" in refusal(priya, tom, WEEK, user=administrator)


@pytest.mark.parametrize(
    ("starts", "ends", "says"),
    [(0, -1, "not before the first day"), (-5, -1, "today or later"), (0, 400, "a year at most")],
)
def test_days_that_make_no_cover_are_refused(
    priya: User, tom: User, starts: int, ends: int, says: str
) -> None:
    dates = Dates(TODAY + timedelta(days=starts), TODAY + timedelta(days=ends))
    assert says in refusal(priya, tom, dates, user=priya)


def test_only_officers_cover_on_every_day_of_it(make: Make, priya: User, tom: User) -> None:
    assert "is not a liaison officer on" in refusal(priya, make.staff(R.CLERK), WEEK, user=priya)
    tom.roles[0].ends_on = WEEK.ends_on - timedelta(days=1)
    make.session.flush()
    assert "Tom Hale is not a liaison officer on 24 November 2026" in refusal(priya, tom, WEEK, user=priya)
    assert "for themselves" in refusal(priya, priya, WEEK, user=priya)


def test_there_are_neither_two_covers_at_once_nor_chains(make: Make, priya: User, tom: User) -> None:
    olly, zoe = make.staff(R.OFFICER, "Olly Third"), make.staff(R.OFFICER, "Zoe Fourth")
    covered(make, priya, tom)
    last = Dates(WEEK.ends_on, WEEK.ends_on + timedelta(days=3))
    assert "Priya Raman is away from 18 November" in refusal(priya, olly, last, user=priya)
    assert "Tom Hale covers for Priya Raman" in refusal(tom, olly, last, user=tom)
    assert "Priya Raman is away from" in refusal(zoe, priya, last, user=zoe)
    later = Dates(last.starts_on + timedelta(days=1), last.ends_on)
    assert arrange(tom, priya, later, user=tom, now=NOW)
    assert arrange(olly, tom, WEEK, user=olly, now=NOW)  # one may cover for two


def test_a_second_click_arranges_nothing_more(make: Make, priya: User, tom: User) -> None:
    assert covered(make, priya, tom) is covered(make, priya, tom)
    assert len(make.session.scalars(select(Cover)).all()) == 1
    assert len(make.session.scalars(select(Letter)).all()) == 1


# -- the pages ---------------------------------------------------------------------------------------


def days(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_an_officer_arranges_and_ends_cover_through_pages(
    make: Make, sign_in: SignIn, priya: User, tom: User
) -> None:
    make.session.commit()
    sent = {"covering": str(tom.id), **days("starts_on", WEEK.starts_on), **days("ends_on", WEEK.ends_on)}
    client = sign_in(priya)
    assert "Who is away?" not in client.get("/desk/cover").text
    assert client.post("/desk/cover", data=sent).status_code == 302
    page = client.get("/desk/cover").text
    assert "In force" in page
    cover = make.session.scalars(select(Cover)).one()
    assert (cover.away_id, cover.covering_id, cover.arranged_by_id) == (priya.id, tom.id, priya.id)
    assert client.post(f"/desk/cover/{cover.id}/end").status_code == 302
    assert "Ended 18 Nov" in client.get("/desk/cover").text


def test_an_administrator_says_who_is_away(make: Make, sign_in: SignIn, priya: User, tom: User) -> None:
    make.session.commit()
    client = sign_in(make.staff(R.ADMINISTRATOR))
    sent = {"covering": str(tom.id), **days("starts_on", WEEK.starts_on), **days("ends_on", WEEK.ends_on)}
    answer = client.post("/desk/cover", data=sent)
    assert (answer.status_code, "Select who is away" in answer.text) == (422, True)
    assert client.post("/desk/cover", data={**sent, "away": str(priya.id)}).status_code == 302
    assert make.session.scalars(select(Cover.away_id)).one() == priya.id


def test_wrong_answers_come_back_as_they_were_typed(
    make: Make, sign_in: SignIn, priya: User, tom: User
) -> None:
    make.session.commit()
    sent = {"covering": str(tom.id), **days("starts_on", WEEK.ends_on), **days("ends_on", WEEK.starts_on)}
    answer = sign_in(priya).post("/desk/cover", data=sent)
    assert answer.status_code == 422
    assert "The last day must not be before the first day" in answer.text
    assert f'<option value="{tom.id}" selected>' in answer.text
    answer = sign_in(priya).post("/desk/cover", data={**sent, "covering": str(priya.id)})
    assert (answer.status_code, "Select one of the answers in the list" in answer.text) == (422, True)


def test_a_cover_between_others_is_not_ones_own_to_see_or_end(
    make: Make, sign_in: SignIn, priya: User, tom: User
) -> None:
    cover = covered(make, priya, tom)
    third = make.staff(R.OFFICER)
    make.session.commit()
    assert "Tom Hale covers" not in sign_in(third).get("/desk/cover").text
    assert sign_in(third).get(f"/desk/cover/{cover.id}/end").status_code == 404
    assert sign_in(third).post(f"/desk/cover/{cover.id}/end").status_code == 404
    with pytest.raises(Refused):
        end(cover, user=third, now=NOW)


def test_a_cover_that_is_over_can_not_be_ended(make: Make, priya: User, tom: User) -> None:
    cover = covered(make, priya, tom)
    after = datetime.combine(WEEK.ends_on + timedelta(days=1), NOW.time(), NOW.tzinfo)
    with pytest.raises(Refused, match="over already"):
        end(cover, user=priya, now=after)
