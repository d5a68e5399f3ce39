"""Schools let into a round after its closing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fundflow.drafts import why_no_draft
from fundflow.funds.operations import late
from fundflow.models.late_entry import LateEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.rules.rounds import let_in_until, why_round_closed
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW
from tests.funds.conftest import changes, day, london

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def over(make, fund):
    """A round that closed on Friday."""
    round_ = make.round(
        fund, name="Autumn round", opens_at=london(2026, 9, 1, 9), closes_at=london(2026, 11, 13, 17)
    )
    make.session.commit()
    return round_


@pytest.fixture
def hazelmere(make):
    return make.school("Hazelmere Primary School")


def letting(school, **given):
    return {
        "urn": school.urn,
        **day("until_on", "25 11 2026"),
        "until_time": "17:00",
        "reason": "The head was ill on the closing day.",
        **given,
    }


def place(round_):
    return f"/rounds/{round_.id}/late"


def test_a_school_is_let_in_with_a_reason_and_its_head_is_told(
    make, over, hazelmere, officer, sign_in, session
):
    head = make.member(hazelmere)
    client = sign_in(officer)
    assert f"Hazelmere Primary School ({hazelmere.urn})" in client.get(place(over)).text
    answer = client.post(place(over), data=letting(hazelmere), follow_redirects=True)
    assert "Hazelmere Primary School is let in. Its head is being told." in answer.text
    (entry,) = session.scalars(select(LateEntry))
    assert (entry.until, entry.by, entry.at) == (london(2026, 11, 25, 17), officer, NOW)
    (letter,) = session.scalars(select(Letter))
    assert letter.email == head.email
    assert letter.subject == "Hazelmere Primary School may bid in Autumn round until 25 November"
    for words in (
        "closed on 13 November 2026 at 17:00",
        "The head was ill",
        "25 November 2026 at 17:00",
        "http://fund.example/bids/new",
    ):
        assert words in letter.body
    noted = changes(session, over.fund)[-1]
    assert noted.label == ("Hazelmere Primary School let into Autumn round until 25 November 2026 at 17:00")
    assert (noted.reason, noted.user_id) == ("The head was ill on the closing day.", officer.id)


def test_that_school_may_begin_and_submit_and_another_may_not(
    make, over, hazelmere, officer, session, sign_in
):
    other = make.school("Larkfield")
    ours, theirs = (make.bid(fund=over.fund, lead=school) for school in (hazelmere, other))
    late.let_in(over, school=hazelmere, until=london(2026, 11, 25, 17), reason="Ill", user=officer, now=NOW)
    assert why_no_draft(hazelmere, over, NOW) is None
    assert why_no_draft(other, over, NOW) == "Autumn round closed on 13 November 2026 at 17:00."
    assert why_round_closed(ours, NOW) is None
    assert why_round_closed(theirs, NOW) == (
        "Autumn round closed on 13 November 2026 at 17:00. Ask the liaison officer, Priya Raman, whether "
        "your bid can still come in."
    )
    page = sign_in(make.member(hazelmere)).get("/bids/new").text
    assert "Autumn round" in page
    assert "Your school may submit until 25 November 2026 at 17:00." in page
    page = sign_in(make.member(other)).get("/bids/new").text
    assert "Autumn round" not in page
    assert "No round is open to your school now" in page


def test_to_the_very_second_of_its_own_deadline(make, over, hazelmere, officer):
    bid = make.bid(fund=over.fund, lead=hazelmere)
    until = london(2026, 11, 25, 17)
    late.let_in(over, school=hazelmere, until=until, reason="Ill", user=officer, now=NOW)
    assert why_round_closed(bid, until - timedelta(seconds=1)) is None
    assert "closed on 13 November" in why_round_closed(bid, until)
    assert why_no_draft(hazelmere, over, until) is not None


def test_the_schools_task_list_states_its_own_deadline(make, over, hazelmere, officer, sign_in):
    head = make.member(hazelmere)
    bid = make.bid(fund=over.fund, lead=hazelmere, leader=head)
    page = sign_in(head).get(f"/bids/{bid.reference}/form").text
    assert "The round closed on 13 November 2026 at 17:00. What you entered is kept" in page
    assert "Ask the liaison officer, Priya Raman," in page
    late.let_in(over, school=hazelmere, until=london(2026, 11, 25, 17), reason="Ill", user=officer, now=NOW)
    for path in ("/form", ""):
        page = sign_in(head).get(f"/bids/{bid.reference}{path}").text
        assert "Hazelmere Primary School may submit until 25 November 2026 at 17:00." in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"urn": ""}, "Select the school"),
        ({"urn": "000000"}, "Select one of the answers in the list"),
        ({"urn": "\0"}, "Select"),
        ({"urn": str(10**20)}, "Select one of the answers in the list"),
        ({"reason": " \0 "}, "Enter why the school is let in late"),
        ({"reason": "x" * 1001}, "1,000 characters"),
        ({"until_time": ""}, "Enter the time at which the school’s time ends"),
        ({"until_time": "17:61"}, "Enter the time at which"),
        (day("until_on", "31 11 2026"), "must be a real date"),
        (day("until_on", f"25 11 {10**20}"), "must be a real date"),
        (day("until_on", "17 11 2026"), "must be in the future"),
        ({**day("until_on", "18 11 2026"), "until_time": "10:00"}, "must be in the future"),
        (day("until_on", "17 12 2026"), "16 December 2026 at the latest"),
    ],
)
def test_a_bad_form_is_answered_in_words(over, hazelmere, officer, sign_in, session, given, sentence):
    answer = sign_in(officer).post(place(over), data=letting(hazelmere, **given))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalar(select(LateEntry)) is None


def test_twenty_working_days_ahead_are_allowed(over, hazelmere, officer, sign_in):
    answer = sign_in(officer).post(place(over), data=letting(hazelmere, **day("until_on", "16 12 2026")))
    assert answer.status_code == 302


def test_a_second_click_lets_nobody_in_twice(make, over, hazelmere, officer, sign_in, session):
    make.member(hazelmere)
    client = sign_in(officer)
    codes = [client.post(place(over), data=letting(hazelmere)).status_code for _ in range(2)]
    assert codes == [302, 302]
    assert [len(session.scalars(select(kind)).all()) for kind in (LateEntry, Letter)] == [1, 1]


def test_a_school_without_a_head_is_let_in_and_the_officer_hears_that_nobody_was_told(
    over, hazelmere, officer, sign_in
):
    page = sign_in(officer).post(place(over), data=letting(hazelmere), follow_redirects=True).text
    assert "No head of it has an account: tell them yourself" in page


def refused(match, round_, school, user, until=None):
    with pytest.raises(Refused, match=match):
        late.let_in(
            round_, school=school, until=until or london(2026, 11, 25, 17), reason="Ill", user=user, now=NOW
        )


def test_closed_schools_others_areas_and_organisations_are_not_let_in(make, over, officer):
    refused("is not open", over, make.school(status_code=2), officer)
    refused("is not in the area", over, make.school(la_code="111"), officer)
    refused("takes bids from schools only", over, make.school(is_organisation=True), officer)


def test_nobody_is_let_into_a_round_that_is_rolling_or_still_open(make, fund, officer, hazelmere):
    refused("has no closing date", make.round(fund), hazelmere, officer)
    later = make.round(fund, opens_at=london(2026, 12, 1, 9), closes_at=london(2026, 12, 4, 9))
    refused("has not opened yet", later, hazelmere, officer)
    closing = make.round(fund, name="Now", closes_at=london(2026, 11, 30, 9))
    refused("Now is open to every school until 30 November 2026 at 09:00", closing, hazelmere, officer)
    late.let_in(closing, school=hazelmere, until=london(2026, 12, 1, 9), reason="Ill", user=officer, now=NOW)


def test_an_officer_does_not_let_in_their_own_school_or_trust(make, over, officer):
    trust = make.trust()
    own, sister = make.school("Own", trust=trust), make.school("Sister", trust=trust)
    make.session.add(member := make.member(own).memberships[0])
    member.user = officer
    make.session.flush()
    refused("it is your school, or of your trust. Ask a deputy", over, own, officer)
    refused("it is your school, or of your trust", over, sister, officer)
    late.let_in(
        over,
        school=own,
        until=london(2026, 11, 25, 17),
        reason="Ill",
        user=make.staff(RoleName.DEPUTY_OFFICER),
        now=NOW,
    )


def test_only_an_officer_of_this_fund_lets_a_school_in(make, over, hazelmere, sign_in):
    elsewhere = make.user()
    make.role(elsewhere, RoleName.OFFICER, fund=make.fund())
    refused("Only a liaison officer of this fund", over, hazelmere, elsewhere)
    refused("Only a liaison officer", over, hazelmere, make.staff(RoleName.ADMINISTRATOR))
    for who in (elsewhere, make.member(hazelmere), make.staff(RoleName.ADMINISTRATOR)):
        client = sign_in(who)
        assert client.get(place(over)).status_code == 403
        assert client.post(place(over), data=letting(hazelmere)).status_code == 403
    assert sign_in(None).get(place(over)).status_code == 302


def test_staff_see_who_was_let_in_and_schools_do_not(make, over, hazelmere, officer, sign_in):
    late.let_in(
        over,
        school=hazelmere,
        until=london(2026, 11, 25, 17),
        reason="The head was ill.",
        user=officer,
        now=NOW,
    )
    elsewhere = make.user()
    make.role(elsewhere, RoleName.AUDITOR, fund=make.fund())
    for who, sees in (
        (officer, True),
        (make.staff(RoleName.AUDITOR), True),
        (make.member(hazelmere), False),
        (make.staff(RoleName.BOARD), False),
        (elsewhere, False),
        (None, False),
    ):
        page = sign_in(who).get(f"/rounds/{over.id}").text
        assert ("The head was ill." in page) is sees
        assert ("Hazelmere" in page) is sees


# -- taken back -------------------------------------------------------------------------------------


@pytest.fixture
def entry(make, over, hazelmere, officer):
    make.member(hazelmere)
    return late.let_in(
        over, school=hazelmere, until=london(2026, 11, 25, 17), reason="Ill", user=officer, now=NOW
    )


def test_a_mistake_is_taken_back_with_a_reason_and_a_letter(over, entry, officer, sign_in, session):
    client = sign_in(officer)
    there = f"{place(over)}/{entry.id}/end"
    assert "Hazelmere Primary School" in client.get(there).text
    assert client.post(there, data={"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post(there, data={"reason": "The wrong school."}).status_code == 302
    assert entry.ended_at == NOW
    assert not let_in_until(over.id, entry.school_id, NOW)
    assert [letter.subject for letter in session.scalars(select(Letter).order_by(Letter.id))][1:] == [
        "Hazelmere Primary School can no longer bid late in Autumn round"
    ]
    assert changes(session, over.fund)[-1].reason == "The wrong school."
    assert "Taken back" in client.get(f"/rounds/{over.id}").text


def test_what_ended_by_itself_is_not_taken_back(over, entry, officer):
    with pytest.raises(Refused, match="this is over"):
        late.end_late_entry(entry, reason="x", user=officer, now=entry.until)


def test_another_rounds_entry_is_not_found(make, entry, officer, sign_in, fund):
    other = make.round(fund)
    client = sign_in(officer)
    for number in (entry.id, 0, 10**20):
        assert client.get(f"/rounds/{other.id}/late/{number}/end").status_code == 404


@pytest.mark.both_databases
def test_a_bid_that_came_in_stays_in_when_the_entry_is_taken_back(make, over, entry, officer):
    bid = make.bid(fund=over.fund, lead=entry.school, state=BidState.SUBMITTED)
    late.end_late_entry(entry, reason="Not needed", user=officer, now=NOW)
    assert bid.state is BidState.SUBMITTED
