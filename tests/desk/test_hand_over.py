"""Handing over everything in one go: what goes, what stays and why, who is told, and only once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from fundflow.desk.hand_over import everything_of, hand_over_everything
from fundflow.models.area import Patch
from fundflow.models.bid import Bid, Origin
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.caseload import Caseload, CaseloadEntry
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.rules.caseloads import entries_naming
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.recommendation import RecommendationState
from tests.concurrency.hall import ATTRIBUTE, HIDDEN
from tests.factories import LONG_AGO, NOW, TODAY, Make

SignIn = Callable[..., Any]
R = RoleName
LIVE = (S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.OFFERED, S.IN_DELIVERY, S.NOT_FUNDED)
OVER = (S.CLOSED, S.WITHDRAWN, S.TERMINATED)


@pytest.fixture
def priya(make: Make) -> User:
    return make.staff(R.OFFICER, "Priya Raman")


@pytest.fixture
def tom(make: Make) -> User:
    return make.staff(R.DEPUTY_OFFICER, "Tom Hale")


def handed(
    of: User,
    to: User,
    deputy: User | None = None,
    *,
    user: User | None = None,
    once: str = "a",
    stamp: str | None = None,
) -> int:
    stamp = everything_of(of, to, NOW).stamp if stamp is None else stamp
    return hand_over_everything(of, to, deputy, stamp=stamp, once=once, user=user or of, now=NOW)


def bars(make: Make, bid: Bid, user: User) -> None:
    make.session.add(
        Declaration(
            bid=bid, user_id=user.id, kind=InterestKind.BARRED, declared_at=NOW, recorded_by_id=user.id
        )
    )
    make.session.flush()
    make.session.refresh(bid)


def letters(make: Make) -> list[Letter]:
    return list(make.session.scalars(select(Letter).order_by(Letter.id)))


def test_what_a_school_has_not_submitted_is_told_to_no_officer(make: Make, priya: User, tom: User) -> None:
    bid = make.bid(officer=priya, title="Half a thought")  # as one that began as a request for support
    assert handed(priya, tom) == 1
    (letter,) = letters(make)
    assert f"{bid.reference}, a draft its school has not submitted, led by" in letter.body
    assert "Half a thought" not in letter.body


def test_every_bid_that_has_not_ended_goes_and_no_other(make: Make, priya: User, tom: User) -> None:
    live = [make.bid(state=state, officer=priya) for state in LIVE]
    live.append(make.bid(officer=priya, origin=Origin.ENTERED))  # a draft the officer began
    over = [make.bid(state=state, officer=priya) for state in OVER]
    another = make.bid(state=S.IN_REVIEW)
    theirs = another.officer
    assert handed(priya, tom) == len(live)
    assert {bid.officer for bid in live} == {tom}
    assert {bid.officer for bid in over} == {priya}
    assert another.officer is theirs


def test_one_letter_lists_the_bids_and_each_bid_keeps_who_had_it(make: Make, priya: User, tom: User) -> None:
    bids = [make.bid(state=S.IN_REVIEW, officer=priya, title=f"Bid {n}") for n in range(3)]
    versions = [bid.version for bid in bids]
    handed(priya, tom)
    (letter,) = letters(make)
    assert (letter.user_id, letter.subject) == (tom.id, "3 bids are now yours, from Priya Raman")
    assert all(bid.reference in letter.body and bid.lead_school.name in letter.body for bid in bids)
    entries = make.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
    assert [(e.bid_id, e.step, e.user_id, e.internal) for e in entries] == [
        *((bid.id, "assign", priya.id, True) for bid in bids),
        (None, "hand_over", priya.id, False),  # of the account it was taken from
    ]
    assert entries[0].label == "Handed the bid to Tom Hale"
    assert "Before: Priya Raman" in entries[0].reason
    assert [bid.version for bid in bids] == [version + 1 for version in versions]


def test_what_the_other_is_barred_from_stays_with_its_reason(make: Make, priya: User, tom: User) -> None:
    free, own, declared = (make.bid(state=S.IN_REVIEW, officer=priya) for _ in range(3))
    make.session.add(
        Membership(user=tom, school=own.lead_school, standing=Standing.LEADER, starts_on=LONG_AGO)
    )
    make.session.flush()
    make.session.refresh(tom)
    bars(make, declared, tom)
    found = everything_of(priya, tom, NOW)
    assert [bid.id for bid in found.bids] == [free.id]
    assert dict((bid.id, why) for bid, why in found.barred) == {
        own.id: f"their school, {own.lead_school.name}, takes part in it",
        declared.id: "they declared an interest in it",
    }
    assert handed(priya, tom) == 1
    assert (free.officer, own.officer, declared.officer) == (tom, priya, priya)


def test_or_goes_to_a_deputy_as_far_as_they_may(make: Make, priya: User, tom: User) -> None:
    first, second = (make.bid(state=S.IN_REVIEW, officer=priya) for _ in range(2))
    deputy = make.staff(R.DEPUTY_OFFICER, "Zoe Fourth")
    for bid in (first, second):
        bars(make, bid, tom)
    bars(make, second, deputy)
    assert handed(priya, tom, deputy) == 1
    assert (first.officer, second.officer) == (deputy, priya)
    (letter,) = letters(make)
    assert (letter.user_id, letter.subject) == (deputy.id, "1 bid is now yours, from Priya Raman")


def test_bids_of_a_fund_the_other_does_not_work_for_stay(make: Make, priya: User) -> None:
    bid, other = make.bid(state=S.IN_REVIEW, officer=priya), make.bid(state=S.IN_REVIEW, officer=priya)
    narrow = make.user("Nora Narrow")
    make.role(narrow, R.OFFICER, fund=bid.fund)
    assert everything_of(priya, narrow, NOW).barred == [
        (other, "Nora Narrow is not a liaison officer of this fund")
    ]
    assert handed(priya, narrow) == 1


def test_where_the_other_can_take_nothing_nothing_is_done(make: Make, priya: User, tom: User) -> None:
    bars(make, make.bid(state=S.IN_REVIEW, officer=priya), tom)
    with pytest.raises(Refused, match="can take none of this"):
        handed(priya, tom)
    assert letters(make) == []


def test_patches_go_too_and_their_open_requests_are_named(make: Make, priya: User, tom: User) -> None:
    patch, other = Patch(name="North", officer=priya), Patch(name="South", officer=tom)
    make.session.add_all([patch, other])
    make.session.flush()
    school = make.school(patch_id=patch.id)
    make.session.add(
        SupportRequest(
            fund=make.fund(),
            school=school,
            state_since=NOW,
            need="Phonics",
            asked_at=NOW,
            expertise=Expertise.ENGLISH,
            asked_by_id=priya.id,
        )
    )
    make.session.flush()
    version = patch.version
    assert handed(priya, tom) == 0
    assert (patch.officer, patch.version) == (tom, version + 1)
    (letter,) = letters(make)
    assert "link officer of North. 1 request for support is open at schools there." in letter.body


def test_two_year_targets_go_too_but_for_the_other_s_own_schools(make: Make, priya: User, tom: User) -> None:
    measure, school, own = make.measure(make.fund()), make.school(), make.school()
    target, stays = make.target(school, measure, priya), make.target(own, measure, priya)
    make.target(make.school(), measure, make.staff(R.OFFICER))
    ended = make.target(make.school(), measure, priya, ended_at=NOW, end_reason="It closed")
    make.session.add(Membership(user=tom, school=own, standing=Standing.TEAM, starts_on=LONG_AGO))
    make.session.commit()
    assert handed(priya, tom) == 0
    make.session.expire_all()
    assert [(terms.owner, terms.target) for terms in target.terms] == [(tom, 80), (priya, 80)]
    assert target.version == 2
    assert (stays.now.owner, ended.now.owner) == (priya, priya)
    (letter,) = letters(make)
    assert "You now look after 1 two-year target of schools." in letter.body


@pytest.mark.both_databases
def test_recommendations_go_too_but_for_those_of_a_fund_that_is_not_the_other_s(
    make: Make, priya: User, tom: User
) -> None:
    here, elsewhere = make.fund(), make.fund()
    tom.roles[0].fund_id = here.id
    goes, stays = make.recommendation(here, priya), make.recommendation(elsewhere, priya)
    done = make.recommendation(here, priya, state=RecommendationState.DONE)
    make.session.commit()
    assert handed(priya, tom) == 0
    assert [(one.owner, one.version) for one in (goes, stays, done)] == [(tom, 2), (priya, 1), (priya, 1)]
    assert goes.owner_role == "The deputy liaison officer"
    (letter,) = letters(make)
    assert "You now answer 1 recommendation of committees." in letter.body
    done.owner = tom
    with pytest.raises(DBAPIError, match="append-only"):
        make.session.flush()


def test_schools_whose_caseload_names_the_officer_go_too_but_for_the_other_s_own(
    make: Make, priya: User, tom: User, sign_in: SignIn
) -> None:
    fund, school, own, left = make.fund(), make.school(), make.school(), make.school()
    for one in (school, own, left):
        make.caseload(fund, one, priya, officer_id=priya.id)
    make.caseload(fund, left, priya)  # later it went to the link officer of its patch
    make.belongs(tom, own)
    make.session.commit()
    page = sign_in(priya).get(f"/desk/hand-over/{priya.id}/{tom.id}").text
    assert "Tom Hale looks after 1 school of the caseloads." in page
    assert handed(priya, tom) == 0
    newest = make.session.scalars(select(CaseloadEntry).order_by(CaseloadEntry.id.desc())).first()
    assert newest is not None
    assert (newest.school, newest.officer, newest.caseload) == (school, tom, Caseload.CHALLENGE)
    assert [one.school for one in entries_naming(priya.id)] == [own]
    (letter,) = letters(make)
    assert "You now look after 1 school. It is listed under Schools" in letter.body


def test_a_target_that_stays_is_said_before(make: Make, priya: User, tom: User, sign_in: SignIn) -> None:
    own = make.school()
    make.target(own, make.measure(make.fund()), priya)
    make.session.add(Membership(user=tom, school=own, standing=Standing.TEAM, starts_on=LONG_AGO))
    make.session.commit()
    page = " ".join(sign_in(priya).get(f"/desk/hand-over/{priya.id}/{tom.id}").text.split())
    assert "1 two-year target stays with Priya Raman: Tom Hale belongs to the school or its trust." in page
    with pytest.raises(Refused, match="can take none of this"):
        handed(priya, tom)


def test_an_administrator_hands_over_what_an_officer_who_left_had(
    make: Make, priya: User, tom: User, sign_in: SignIn
) -> None:
    bid = make.bid(state=S.IN_REVIEW, officer=priya)
    priya.active, priya.roles[0].ends_on = False, TODAY - timedelta(days=9)
    administrator = make.staff(R.ADMINISTRATOR)
    make.session.commit()
    page = sign_in(administrator).get("/desk/hand-over").text
    assert "Priya Raman (account closed)" in page
    assert handed(priya, tom, user=administrator) == 1
    assert bid.officer is tom


@pytest.mark.parametrize("role", [R.DEPUTY_OFFICER, R.FINANCE, R.AUDITOR])
def test_nobody_else_hands_over_anothers_bids(
    make: Make, priya: User, tom: User, sign_in: SignIn, role: RoleName
) -> None:
    make.bid(state=S.IN_REVIEW, officer=priya)
    other = make.staff(role)
    make.session.commit()
    with pytest.raises(Refused, match="your own bids alone"):
        handed(priya, tom, user=other)
    assert sign_in(other).get(f"/desk/hand-over/{priya.id}/{tom.id}").status_code in (403, 404)
    assert sign_in(other).post(f"/desk/hand-over/{priya.id}/{tom.id}").status_code in (403, 404)


def test_only_an_officer_of_today_takes_over(make: Make, priya: User, tom: User) -> None:
    make.bid(state=S.IN_REVIEW, officer=priya)
    with pytest.raises(Refused, match="is not a liaison officer now"):
        handed(priya, make.staff(R.CLERK))
    with pytest.raises(Refused, match="Select another officer"):
        handed(priya, priya)
    tom.active = False
    make.session.flush()
    with pytest.raises(Refused, match="Tom Hale is not a liaison officer now"):
        handed(priya, tom)


def test_a_list_that_changed_since_it_was_read_is_read_again(make: Make, priya: User, tom: User) -> None:
    make.bid(state=S.IN_REVIEW, officer=priya)
    stamp = everything_of(priya, tom, NOW).stamp
    late = make.bid(state=S.IN_REVIEW, officer=priya)
    with pytest.raises(Stale):
        handed(priya, tom, stamp=stamp)
    assert late.officer is priya


def test_the_same_page_sent_twice_hands_over_once_and_there_and_back_works(
    make: Make, priya: User, tom: User
) -> None:
    bid = make.bid(state=S.IN_REVIEW, officer=priya)
    stamp = everything_of(priya, tom, NOW).stamp
    handed(priya, tom, once="a", stamp=stamp)
    with pytest.raises(AlreadyTaken):
        handed(priya, tom, once="a", stamp=stamp)
    handed(tom, priya, once="b")
    handed(priya, tom, once="c", stamp=stamp)
    assert bid.officer is tom
    assert len(letters(make)) == 3


# -- the pages ---------------------------------------------------------------------------------------


def hidden(page: str) -> dict[str, str]:
    tags = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page)]
    return {tag["name"]: tag.get("value", "") for tag in tags}


def test_an_officer_reads_the_list_before_it_goes(
    make: Make, priya: User, tom: User, sign_in: SignIn
) -> None:
    bid, barred = (make.bid(state=S.IN_REVIEW, officer=priya, title=t) for t in ("Phonics", "Maths"))
    bars(make, barred, tom)
    make.session.commit()
    client = sign_in(priya)
    assert "Whose bids?" not in client.get("/desk/hand-over").text
    assert "Select an officer" in client.get("/desk/hand-over?to=").text
    answer = client.get(f"/desk/hand-over?to={tom.id}")
    assert answer.location == f"/desk/hand-over/{priya.id}/{tom.id}"
    page = client.get(answer.location).text
    assert "1 bid goes to Tom Hale" in page
    assert "Why not: they declared an interest in it." in page
    sent = client.post(answer.location, data={**hidden(page), "deputy": "stay"})
    assert sent.location == f"/bids?officer={tom.id}"
    assert (make.session.get(Bid, bid.id).officer_id, barred.officer_id) == (tom.id, priya.id)


def test_a_title_one_may_not_read_is_not_shown(make: Make, priya: User, tom: User, sign_in: SignIn) -> None:
    bid = make.bid(state=S.IN_REVIEW, officer=priya, title="A secret of their own school")
    bars(make, bid, priya)
    make.session.commit()
    page = sign_in(priya).get(f"/desk/hand-over/{priya.id}/{tom.id}").text
    assert bid.reference in page
    assert "A secret" not in page


def test_a_page_that_is_stale_shows_the_new_list(make: Make, priya: User, tom: User, sign_in: SignIn) -> None:
    make.bid(state=S.IN_REVIEW, officer=priya)
    make.session.commit()
    address = f"/desk/hand-over/{priya.id}/{tom.id}"
    fields = hidden(sign_in(priya).get(address).text)
    make.bid(state=S.IN_REVIEW, officer=priya, title="Came late")
    make.session.commit()
    answer = sign_in(priya).post(address, data=fields)
    assert answer.status_code == 409
    assert "Came late" in answer.text
    assert sign_in(priya).post(address, data=hidden(answer.text)).status_code == 302


def test_the_list_asks_the_same_number_of_queries_however_many_bids_go(
    make: Make, priya: User, tom: User, sign_in: SignIn, count_queries: list[str]
) -> None:
    def queries() -> int:
        make.session.commit()
        make.session.expire_all()
        client = sign_in(priya)
        count_queries.clear()
        assert client.get(f"/desk/hand-over/{priya.id}/{tom.id}").status_code == 200
        return len(count_queries)

    make.bid(state=S.IN_REVIEW, officer=priya)
    before = queries()
    for _ in range(12):
        make.bid(state=S.IN_REVIEW, officer=priya)
    assert queries() == before
