"""The page of scores: who sees whose, and when; what it costs."""

from collections.abc import Iterator

import pytest

from fundflow.models.interest import InterestKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import interests, scores
from fundflow.panel.operations.scores import Mark
from fundflow.panel.scores.queries import sees_scores
from tests.factories import Make
from tests.panel.conftest import Panel, a_scoring_panel, ready
from tests.panel.scoring import CHAIR, DEPUTY, GOVERNOR, LA, PRIMARY, SignIn, give, marks
from tests.scenes import Scenes

STAFF = (RoleName.CLERK, RoleName.OFFICER, RoleName.AUTHORISED_OFFICER, RoleName.AUDITOR)
SECRET = "Said by the governor alone"


def a_panel_of_whom_one_scored(make: Make) -> Panel:
    """The governor alone has handed in; the LA member disclosed, the primary member is barred."""
    scoring = a_scoring_panel(make)
    scores.save_sheet(
        scoring.item,
        scoring.seats[GOVERNOR].id,
        {**marks(1), "need": Mark(1, SECRET)},
        hand_in=True,
        stamp=None,
        user=scoring.seats[GOVERNOR].user,
        now=scoring.now,
    )
    for seat, kind in ((LA, InterestKind.DISCLOSED), (PRIMARY, InterestKind.BARRED)):
        interests.declare(
            scoring.item, scoring.seats[seat].id, kind, "A tie", user=scoring.clerk, now=scoring.now
        )
    return scoring


@pytest.fixture
def told(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_panel_of_whom_one_scored)


def _look(panel: Panel, user: User | None, sign_in: SignIn) -> str:
    """Everything about the item's scores that this person can open."""
    client = sign_in(user)
    meeting = f"/meetings/{panel.item.meeting_id}"
    paths = [
        panel.url,
        f"{panel.url}/scores",
        f"{panel.url}/my-scores",
        f"{meeting}/ranking",
        "/ranking",
        f"{panel.url}/scores/need/talk",
        f"/bids/{panel.bid.reference}/panel",
        *(f"{panel.url}/members/{seat.id}/scores" for seat in panel.seats),
    ]
    return "".join(client.get(path).text for path in paths)


@pytest.mark.parametrize("seat", [CHAIR, DEPUTY, LA, PRIMARY])
def test_a_member_sees_nobody_s_scores_before_handing_in_their_own(
    told: Panel, sign_in: SignIn, seat: int
) -> None:
    told.here(CHAIR)
    seen = _look(told, told.seats[seat].user, sign_in)
    assert SECRET not in seen
    assert "25 of 100" not in seen
    assert "<strong>25</strong>" not in seen
    if seat in (CHAIR, DEPUTY):
        assert "Hand in your own scores" in seen
        give(told, seat, 4)
        after = _look(told, told.seats[seat].user, sign_in)
        assert SECRET in after
        assert "62.5 of 100" in after


@pytest.mark.parametrize("role", STAFF)
def test_those_who_work_for_the_panel_see_scores_as_they_come_in(
    told: Panel, sign_in: SignIn, role: RoleName
) -> None:
    person = told.clerk if role is RoleName.CLERK else told.make.staff(role)
    assert SECRET in sign_in(person).get(f"{told.url}/scores").text
    assert sees_scores(person, told.item, told.now)


def test_schools_and_those_who_are_barred_never_see_scores(told: Panel, sign_in: SignIn) -> None:
    provider = told.bid.partners[0].school
    stranger = told.make.member(told.make.school())
    told.item.outcome, told.item.outcome_at = ItemOutcome.DECLINED, told.now
    told.make.session.commit()
    for user in (told.leader, told.make.member(provider), stranger, None, told.seats[PRIMARY].user):
        seen = _look(told, user, sign_in)
        assert SECRET not in seen
        assert "25 of 100" not in seen
    assert sign_in(told.seats[PRIMARY].user).get(f"{told.url}/scores").status_code == 403
    assert SECRET in _look(told, told.seats[LA].user, sign_in)  # disclosed: once it is decided


def test_an_officer_who_sits_on_the_panel_scores_before_they_see(told: Panel, sign_in: SignIn) -> None:
    told.make.role(told.seats[DEPUTY].user, RoleName.CLERK)
    told.make.session.commit()
    assert SECRET not in _look(told, told.seats[DEPUTY].user, sign_in)
    give(told, DEPUTY, 4)
    assert SECRET in _look(told, told.seats[DEPUTY].user, sign_in)


def test_an_item_taken_off_the_agenda_shows_no_more_than_before(told: Panel) -> None:
    told.item.outcome, told.item.outcome_at = ItemOutcome.REMOVED, told.now
    told.make.session.commit()
    assert not sees_scores(told.chair, told.item, told.now)
    assert sees_scores(told.seats[GOVERNOR].user, told.item, told.now)


def test_the_page_of_scores_asks_no_more_with_nine_members_than_with_two(
    scoring: Panel, sign_in: SignIn, count_queries: list[str], make: Make
) -> None:
    client = sign_in(scoring.clerk)
    give(scoring, CHAIR, 1)
    give(scoring, DEPUTY, 3)

    def asked() -> int:
        make.session.expire_all()
        count_queries.clear()
        assert client.get(f"{scoring.url}/scores").status_code == 200
        return len(count_queries)

    few = asked()
    for _ in range(4):
        scoring.seats.append(make.seat(scoring.fund))
    make.session.commit()
    for n in range(2, 9):
        interests.declare(
            scoring.item, scoring.seats[n].id, InterestKind.NONE, user=scoring.clerk, now=scoring.now
        )
        give(scoring, n, 2)
    assert asked() == few
