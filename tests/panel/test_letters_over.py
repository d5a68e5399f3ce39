"""Letters of a decision are held for the officer; until they go, schools learn nothing of it."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.letters import of_decisions
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import decisions, interests, letters_over
from fundflow.permissions import is_told_all, keeps_outcome_from, outcome_kept
from fundflow.reports.queries import refusals_in
from fundflow.rules.bid_money import given_already
from fundflow.rules.decisions import why_letter_held
from fundflow.steps import AlreadyTaken, Stale, take_step
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import LONDON, add_working_days, financial_year, london_date
from tests.factories import Make
from tests.panel.conftest import Panel, a_panel, ready
from tests.scenes import Scenes

SignIn = Callable[[User | None], FlaskClient]
PanelOf = Callable[..., Panel]
NO_LINES: dict[str, Any] = {"feedback": {}, "opening": "", "closing": "", "version": None}


def a_panel_whose_letters_wait(make: Make) -> Panel:
    return a_panel(make, holds_decision_letters=True)


@pytest.fixture
def panel(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_panel_whose_letters_wait)


def fund(panel: Panel) -> None:
    panel.votes("+++-")
    decisions.approve(panel.bid, 300_000, feedback={"need": "A clear case."}, **panel.decided())


def refuse(panel: Panel) -> None:
    panel.votes("---+")
    decisions.decline(panel.bid, feedback={"need": "Show three years."}, **panel.decided())


BOTH = pytest.mark.parametrize("decide", [fund, refuse])


def officer(panel: Panel) -> User:
    assert panel.bid.officer is not None
    return panel.bid.officer


def letters(panel: Panel, recipient: str = "school") -> list[Letter]:
    found = panel.make.session.query(Letter).filter_by(bid_id=panel.bid.id, recipient=recipient)
    return found.order_by(Letter.id).all()


def at_the_end_of(panel: Panel) -> datetime:
    due = panel.bid.decision_held_until
    assert due is not None
    return datetime.combine(due, time(17, 1), LONDON)


# -- holding and sending ------------------------------------------------------------------------


def test_the_schools_letters_wait_and_finance_is_told_at_once(panel: Panel) -> None:
    fund(panel)
    due = add_working_days(london_date(panel.now), 5)
    decision = panel.make.session.query(Decision).one()
    assert decision.letters_due_on == panel.bid.decision_held_until == panel.bid.due_on == due
    assert [letter.status for letter in letters(panel)] == [LetterStatus.HELD]
    assert not letters(panel, "provider")  # of a small bid: hears of the offer from the reply to it
    assert letters(panel, "finance")[0].status is not LetterStatus.HELD
    asked = letters(panel, "officer")[-1]
    assert asked.subject.startswith(f"{panel.bid.reference}: check the decision letter by ")
    assert asked.status is LetterStatus.IN_DIGEST


def test_the_officer_improves_the_feedback_previews_and_sends(panel: Panel, sign_in: SignIn) -> None:
    fund(panel)
    client, url = sign_in(officer(panel)), f"/bids/{panel.bid.reference}/decision-letter"
    assert url in client.get(f"/bids/{panel.bid.reference}").text
    assert "Check the decision letter" in client.get("/work").text
    page = client.get(url).text
    assert "A clear case." in page
    assert "Good news: we can offer your school £3,000." in page
    typed = {
        "version": panel.bid.version,
        "feedback_need": "A very clear case.",
        "opening": "Well done.",
        "closing": "Call me.",
        "action": "save",
    }
    saved = client.post(url, data=typed, follow_redirects=True).text
    assert "A very clear case.</p>" in saved.partition("Feedback behind the letter’s link")[2]
    assert letters(panel)[0].status is LetterStatus.HELD
    assert "Well done." in letters(panel)[0].body
    done = client.post(url, data=typed | {"version": panel.bid.version, "action": "send"})
    assert done.headers["Location"] == f"/bids/{panel.bid.reference}"
    letter = letters(panel)[0]
    assert letter.status is LetterStatus.QUEUED
    for words in ("Well done.", f"/bids/{panel.bid.reference}#feedback", "Call me."):
        assert words in letter.body
    assert "A very clear case." not in letter.body
    head = sign_in(panel.make.member(panel.bid.lead_school)).get(f"/bids/{panel.bid.reference}").text
    assert "A very clear case." in head.partition('id="feedback"')[2]
    assert panel.bid.decision_held_until is None
    assert "An offer" not in client.get(url, follow_redirects=True).text.partition("<h1")[0]


def test_the_page_opens_with_the_schools_letter_and_folds_the_rest(panel: Panel, sign_in: SignIn) -> None:
    fund(panel)
    client, url = sign_in(officer(panel)), f"/bids/{panel.bid.reference}/decision-letter"
    page = client.get(url).text.partition("<h1")[2]
    places = [
        page.index(words)
        for words in (
            "Good news: we can offer",
            "Change the feedback",
            "Send the letters",
        )
    ]
    assert places == sorted(places)
    assert "<details" not in page[: places[0]]
    assert "<details" in page
    assert not re.search(r"<details[^>]* open", page)
    wrong = {"version": panel.bid.version, "opening": "x" * 501, "action": "send"}
    assert re.search(r"<details[^>]* open", client.post(url, data=wrong).text)


@pytest.mark.both_databases
def test_feedback_that_the_officer_adds_stands_where_the_rules_have_it(panel: Panel) -> None:
    panel.votes("---+")
    decisions.decline(
        panel.bid, feedback={"outcomes": "Name a measure.", "gaps": "Whose?"}, **panel.decided()
    )
    for said in ({"need": "Show three years.", "outcomes": "Name one measure."}, {"gaps": "Whose gap?"}):
        letters_over.change_letters(
            panel.bid, user=officer(panel), now=panel.now, **NO_LINES | {"feedback": said}
        )
        decision = panel.make.session.query(Decision).one()
        assert {row.criterion: row.text for row in decision.feedback} == said
        panel.make.session.refresh(decision)
        assert [row.text for row in decision.feedback] == list(said.values())


@pytest.mark.parametrize("days", [0, 3])
def test_the_days_to_reply_begin_as_the_letter_goes(panel: Panel, days: int) -> None:
    fund(panel)
    later = panel.now + timedelta(days=days)
    letters_over.send_letters(panel.bid, user=officer(panel), now=later, **NO_LINES)
    reply_by = add_working_days(london_date(later), 15)
    assert panel.bid.offer.reply_by == panel.bid.due_on == reply_by
    assert f"by {reply_by:%-d %B %Y}" in letters(panel)[0].body
    decision = panel.make.session.query(Decision).one()
    assert (decision.letters_sent_at, decision.letters_sent_by_id) == (later, officer(panel).id)
    assert why_letter_held(panel.bid) is None


def test_the_days_to_ask_for_a_review_begin_as_the_letter_goes(panel: Panel) -> None:
    from fundflow.applications.queries import review_until, why_no_review

    refuse(panel)
    assert "The letter with the decision comes by" in str(why_no_review(panel.bid, panel.now))
    later = panel.now + timedelta(days=4)
    letters_over.send_letters(panel.bid, user=officer(panel), now=later, **NO_LINES)
    assert review_until(panel.bid) == add_working_days(london_date(later), 10)
    assert f"{review_until(panel.bid):%-d %B %Y}" in letters(panel)[0].body
    assert why_no_review(panel.bid, later) is None


@pytest.mark.both_databases
@BOTH
def test_at_the_end_of_their_days_the_letters_go_as_they_stand(
    panel: Panel, decide: Callable[[Panel], None]
) -> None:
    decide(panel)
    ends = at_the_end_of(panel)
    assert take_timed_steps(ends - timedelta(minutes=2)) == 0
    assert take_timed_steps(ends) == 1
    assert take_timed_steps(ends) == 0
    assert letters(panel)[0].status is LetterStatus.QUEUED
    entry = panel.make.session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
    assert entry is not None
    assert (entry.label, entry.actor_name) == ("The decision letters went, sent by the clock", "Fundflow")
    assert panel.bid.decision_held_until is None


def test_an_offer_does_not_lapse_while_its_letter_is_held(panel: Panel) -> None:
    fund(panel)
    much_later = panel.now + timedelta(days=60)
    assert take_timed_steps(much_later) == 1  # the letter goes, however late
    assert panel.bid.state is BidState.OFFERED
    assert panel.bid.offer.reply_by == add_working_days(london_date(much_later), 15)


def test_a_new_head_is_written_to_and_the_old_one_is_not(panel: Panel) -> None:
    fund(panel)
    panel.leader.memberships[0].ends_on = london_date(panel.now) - timedelta(days=1)
    new = panel.make.member(panel.bid.lead_school, name="New Head")
    letters_over.send_letters(panel.bid, user=officer(panel), now=panel.now, **NO_LINES)
    old, went = letters(panel)
    assert (old.status, old.dropped_why) == (LetterStatus.HELD, "they are no longer to be told")
    assert (went.email, went.status) == (new.email, LetterStatus.QUEUED)


# -- who may, and one outcome -------------------------------------------------------------------


def test_only_an_unbarred_officer_of_the_fund_reads_letters_over(panel: Panel, sign_in: SignIn) -> None:
    fund(panel)
    url = f"/bids/{panel.bid.reference}/decision-letter"
    others = {panel.leader: 403, panel.clerk: 403, panel.chair: 403, panel.make.staff(RoleName.AUDITOR): 403}
    for user, status in others.items():
        assert sign_in(user).get(url).status_code == status
        with pytest.raises(Refused, match="Only a liaison officer"):
            letters_over.send_letters(panel.bid, user=user, now=panel.now, **NO_LINES)
    barred = panel.make.staff(RoleName.OFFICER)
    panel.make.session.refresh(panel.bid)
    interests.declare(panel.item, panel.seats[0].id, InterestKind.NONE, user=panel.clerk, now=panel.now)
    from fundflow.models.interest import Declaration

    panel.bid.declarations.append(
        Declaration(
            user_id=barred.id,
            kind=InterestKind.BARRED,
            text="Mine",
            declared_at=panel.now,
            recorded_by_id=barred.id,
        )
    )
    panel.make.session.commit()
    assert sign_in(barred).get(url).status_code == 403
    with pytest.raises(Refused, match="You can’t check these letters"):
        letters_over.send_letters(panel.bid, user=barred, now=panel.now, **NO_LINES)


def test_of_two_who_send_one_does_and_a_second_click_is_the_first(panel: Panel) -> None:
    fund(panel)
    other = panel.make.staff(RoleName.DEPUTY_OFFICER)
    page = NO_LINES | {"version": panel.bid.version}
    letters_over.send_letters(panel.bid, user=officer(panel), now=panel.now, **page)
    with pytest.raises(AlreadyTaken):
        letters_over.send_letters(panel.bid, user=officer(panel), now=panel.now, **page)
    with pytest.raises(Stale):
        letters_over.send_letters(panel.bid, user=other, now=panel.now, **page)
    with pytest.raises(Refused, match="The letters have gone already"):
        letters_over.send_letters(panel.bid, user=other, now=panel.now, **NO_LINES)
    assert take_timed_steps(panel.now + timedelta(days=10)) == 0
    assert len(letters(panel)) == 1


# -- what schools see while letters are held ----------------------------------------------------


@BOTH
def test_a_school_sees_that_the_panel_has_met_and_nothing_else(
    panel: Panel, sign_in: SignIn, decide: Callable[[Panel], None]
) -> None:
    provider = panel.make.member(panel.bid.providers[0], name="Second Head")
    decide(panel)
    due = add_working_days(london_date(panel.now), 5)
    ref, told = panel.bid.reference, f"The panel has met: we will write to you by {due:%-d %B}"
    for user in (panel.leader, provider):
        client = sign_in(user)
        front = client.get(f"/bids/{ref}").text
        assert told in front
        pages = {
            path: client.get(path).text
            for path in (
                f"/bids/{ref}",
                f"/bids/{ref}/history",
                f"/bids/{ref}/letters",
                f"/bids/{ref}/application",
                f"/bids/{ref}/impact",
                f"/bids/{ref}/money",
                "/work",
                "/bids",
                f"/bids?q={ref}",
                f"/schools/{panel.bid.lead_school.urn}",
                "/bids.csv",
            )
        }
        for path, page in pages.items():
            shown = re.sub(r"(?s)<select.*?</select>", "", page.partition('id="main-content"')[2] or page)
            shown = shown.replace("Offered (£)", "")  # the column's heading, whatever stands below it
            for word in (
                "Decided",
                "Not funded",
                "not funded",
                "Offer: reply",
                "Accept the offer",
                "Turn down",
                "we can offer",
                "Reserved",
                "Offered",
                "A clear case",
                "Show three years",
                "Ask for a review",
                "Reply to the offer",
            ):
                assert word not in shown, (path, word)
        assert ref in client.get("/bids?state=at_panel").text
        for state in ("offered", "not_funded"):
            assert ref not in client.get(f"/bids?state={state}").text.partition("<table")[2]


@BOTH
def test_every_step_a_school_might_try_says_only_that_the_panel_has_met(
    panel: Panel, sign_in: SignIn, decide: Callable[[Panel], None]
) -> None:
    decide(panel)
    client = sign_in(panel.leader)
    for step in ("accept-offer", "turn-down-offer", "withdraw", "answer-panel"):
        for answer in (client.get(panel.step_url(step)), client.post(panel.step_url(step), data={})):
            assert answer.status_code == 409
            assert "The panel has met: we will write to you by" in answer.text
            assert "3,000" not in answer.text
    asked = client.get(f"/bids/{panel.bid.reference}/ask-for-review")
    assert "The letter with the decision comes by" in asked.text
    with pytest.raises(Refused, match="The panel has met"):
        take_step(panel.bid, "accept_offer", user=panel.leader, now=panel.now, given={"agreement": True})


def test_a_stale_page_of_a_school_does_not_say_what_was_decided(panel: Panel, sign_in: SignIn) -> None:
    typed = {"version": panel.bid.version, "reason": "No longer."}
    fund(panel)
    late = sign_in(panel.leader).post(panel.step_url("withdraw"), data=typed)
    assert "Decided" not in late.text
    assert late.status_code == 409


@BOTH
def test_once_the_letter_has_gone_the_school_sees_it_all(
    panel: Panel, sign_in: SignIn, decide: Callable[[Panel], None]
) -> None:
    decide(panel)
    letters_over.send_letters(panel.bid, user=officer(panel), now=panel.now, **NO_LINES)
    client = sign_in(panel.leader)
    history = client.get(f"/bids/{panel.bid.reference}/history").text
    assert "Decided" in history
    assert "Sent the decision letters" in history
    front = client.get(f"/bids/{panel.bid.reference}").text
    assert ("Accept the offer" if decide is fund else "Ask for a review") in front
    assert "Waits for somebody" not in client.get(f"/bids/{panel.bid.reference}/letters").text


@BOTH
def test_nothing_public_or_counted_tells_of_it(panel: Panel, decide: Callable[[Panel], None]) -> None:
    year = financial_year(london_date(panel.now))
    before = refusals_in(year)
    decide(panel)
    assert refusals_in(year) == before
    other = panel.make.bid(fund=panel.fund, lead=panel.bid.lead_school, now=panel.now)
    other.start_on = panel.bid.start_on
    assert given_already(other) == 0


def test_staff_and_the_panel_know_and_say_so_in_their_own_words(panel: Panel, sign_in: SignIn) -> None:
    fund(panel)
    due = panel.bid.decision_held_until
    words = f"To offer £3,000: letter by {due:%-d %B}"
    for user in (officer(panel), panel.clerk, panel.chair, panel.make.staff(RoleName.FINANCE)):
        assert words in sign_in(user).get(f"/bids/{panel.bid.reference}").text
    assert words in sign_in(officer(panel)).get("/bids").text


def test_whom_it_is_kept_from_is_asked_alike_in_python_and_in_sql(panel: Panel) -> None:
    from sqlalchemy import select

    from fundflow.models.bid import Bid

    fund(panel)
    heads_a_school = panel.make.staff(RoleName.OFFICER)
    from fundflow.models.person import Membership, Standing
    from tests.factories import LONG_AGO

    panel.make._add(
        Membership(
            user=heads_a_school, school=panel.bid.lead_school, standing=Standing.LEADER, starts_on=LONG_AGO
        )
    )
    people = [
        panel.leader,
        officer(panel),
        panel.clerk,
        panel.chair,
        heads_a_school,
        panel.make.staff(RoleName.FINANCE),
        panel.make.staff(RoleName.BOARD),
        panel.make.staff(RoleName.AUDITOR),
    ]
    for user in people:
        query = select(Bid.id).where(Bid.id == panel.bid.id, keeps_outcome_from(user, panel.now))
        kept = panel.make.session.scalar(query) is not None
        assert kept == (outcome_kept(user, panel.bid, panel.now) is not None), user.name
        assert kept != is_told_all(user, panel.bid, panel.now)
    assert outcome_kept(heads_a_school, panel.bid, panel.now)


def test_a_letter_says_what_it_will_say_on_the_day_it_goes(panel: Panel) -> None:
    fund(panel)
    decision = panel.make.session.query(Decision).one()
    later = panel.now + timedelta(days=2)
    now_, then = (of_decisions.drafts(decision, at)[0] for at in (panel.now, later))
    assert (now_.key, now_.who) == (then.key, then.who)
    assert f"{add_working_days(london_date(later), 15):%-d %B}" in then.subject
