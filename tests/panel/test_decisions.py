"""Decisions: who may take them, what they do to money, offers and letters, how they are undone."""

from datetime import timedelta

import pytest

from fundflow import ledger, papers
from fundflow.models.decision import Decision
from fundflow.models.fund import Decider
from fundflow.models.letter import Letter
from fundflow.models.panel import Choice, ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.models.review import Submission
from fundflow.panel.operations import attendance, deciding, decisions, scores
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD
from fundflow.workflow.working_days import add_working_days, london_date
from tests.panel.conftest import Panel
from tests.panel.deciding import CONDITION, PanelOf, SignIn, letters_of

# -- approve ------------------------------------------------------------------------------------


def test_approval_reserves_the_money_makes_the_offer_and_tells_everybody(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("+++-0")
    client = sign_in(panel.chair)
    page = client.get(panel.step_url("approve"))
    assert page.status_code == 200
    assert 'value="3000"' in page.text  # what was asked for
    done = client.post(panel.step_url("approve"), data=panel.form(**CONDITION))
    assert done.headers["Location"] == f"/bids/{panel.bid.reference}"

    assert panel.bid.state is BidState.OFFERED
    assert panel.item.outcome is ItemOutcome.APPROVED
    totals = ledger.totals(panel.fund.id)
    assert (totals.reserved, totals.free) == (300_000, 19_650_000)
    decision = panel.make.session.query(Decision).one()
    assert (decision.votes_for, decision.votes_against, decision.abstentions) == (3, 1, 1)
    assert decision.decided_by is panel.chair
    reply_by = add_working_days(london_date(panel.now), 15)
    assert (panel.bid.offer.reply_by, panel.bid.due_on) == (reply_by, reply_by)
    due = panel.now.date() + timedelta(days=30)
    assert panel.bid.offer.conditions == f"Share the plan: Head of English, by {due:%-d %B %Y}"
    condition = panel.bid.award_conditions[0]
    assert (condition.text, condition.owner, condition.due_on) == ("Share the plan.", "Head of English", due)
    told = letters_of(panel)
    assert [who for who, _ in told] == ["school", "finance"]
    assert told[0][1].startswith(f"{panel.bid.reference}: we can offer you £3,000. Reply by")


def test_the_bids_partners_are_told_of_an_approval(panel: Panel) -> None:
    from fundflow.models.bid_parts import Part, Partner

    school = panel.make.school()
    panel.make.member(school, name="Head of Partner")
    panel.bid.partners.append(Partner(school=school, part=Part.PARTNER))
    panel.votes("++ +")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    assert [who for who, _ in letters_of(panel)] == ["school", "partners", "finance"]


def test_nothing_can_be_offered_above_what_was_asked_for(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++ +")
    refused = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(amount="3000.01"))
    assert refused.status_code == 422
    assert "The school asked for £3,000.00" in refused.text
    assert 'value="3000.01"' in refused.text


def test_an_approval_above_the_funds_is_refused_with_the_figure_and_changes_nothing(
    panel_of: PanelOf, sign_in: SignIn
) -> None:
    panel = panel_of(allocated=200_000)
    panel.votes("++ +")
    client = sign_in(panel.chair)
    assert "£2,000.00 to Lead Primary School" in client.get(panel.step_url("approve")).text
    choosing = client.get(f"/bids/{panel.bid.reference}/decide").text
    assert "less than the £3,000.00 that was voted on" in choosing
    refused = client.post(panel.step_url("approve"), data=panel.form())
    assert refused.status_code == 422
    assert 'href="#amount">The fund can still offer £2,000.00 to Lead Primary School' in refused.text
    assert "A clear need." in refused.text
    assert panel.bid.state is BidState.AT_PANEL
    assert panel.make.session.query(Decision).count() == 0
    assert panel.bid.offers == []
    assert letters_of(panel) == []
    with pytest.raises(Refused, match=r"The fund can still offer £2,000\.00"):
        decisions.approve(panel.bid, 300_000, **panel.decided())
    panel.make.session.rollback()
    decisions.approve(panel.bid, 200_000, **panel.decided())
    assert ledger.totals(panel.fund.id).free == 0


@pytest.mark.parametrize(
    ("signs", "sentence"),
    [
        ("++", "2 present, 3 needed."),
        ("+++ +", "No local authority member who may take part is present"),
        ("+--+", "The vote is tied (2 for, 2 against)"),
        ("+---", "There is no majority for this: 1 for, 3 against."),
        ("0000", "No votes have been recorded yet."),
    ],
)
def test_the_page_of_a_decision_that_must_wait_says_why(
    panel: Panel, sign_in: SignIn, signs: str, sentence: str
) -> None:
    panel.votes(signs)
    client = sign_in(panel.chair)
    assert sentence in client.get(f"/bids/{panel.bid.reference}/decide").text
    refused = client.get(panel.step_url("approve"))
    assert refused.status_code == 409
    assert sentence in refused.text
    with pytest.raises(Refused) as caught:
        decisions.approve(panel.bid, 300_000, **panel.decided())
    assert sentence in caught.value.sentence


def test_interests_come_before_a_decision(panel: Panel) -> None:
    panel.votes("++ +")
    attendance.record_presence(panel.item, panel.seats[2].id, present=True, user=panel.clerk, now=panel.now)
    name = panel.seats[2].user.name
    with pytest.raises(Refused, match=f"{name} must first say whether they have an interest"):
        decisions.approve(panel.bid, 300_000, **panel.decided())


@pytest.mark.parametrize("step", ["approve", "decline"])
def test_deciding_without_any_score_needs_a_reason(panel: Panel, sign_in: SignIn, step: str) -> None:
    panel.votes("++++" if step == "approve" else "----")
    client = sign_in(panel.chair)
    page = client.get(panel.step_url(step)).text
    assert "The bid has no score." in page
    assert "Why the panel decides without a score" in page
    said = panel.form(feedback_need="Clear.", departure="")
    missing = client.post(panel.step_url(step), data=said)
    assert missing.status_code == 422
    assert "Say why the panel decides without a score" in missing.text
    silent = panel.decided(departure=" ")
    act = {
        "approve": lambda: decisions.approve(panel.bid, 300_000, **silent),
        "decline": lambda: decisions.decline(panel.bid, **silent),
    }
    with pytest.raises(Refused, match="Say why the panel decides without a score"):
        act[step]()
    client.post(panel.step_url(step), data={**said, "departure": "The call broke off."})
    decision = panel.make.session.query(Decision).one()
    assert decision.reasons == "A clear need.\n\nThe bid has no score. The call broke off."


def test_funding_what_began_before_the_decision_needs_a_reason(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 3), stamp=None, user=panel.clerk, now=panel.now
    )
    panel.bid.start_on = london_date(panel.now) - timedelta(days=1)
    panel.make.session.commit()
    page = sign_in(panel.chair).get(panel.step_url("approve")).text
    assert "before the fund has decided." in page
    assert "Why the panel funds the bid all the same" in page
    assert deciding.why_departs(panel.item, Choice.DO_NOT_FUND, panel.now) != deciding.why_departs(
        panel.item, Choice.FUND, panel.now
    )
    with pytest.raises(Refused, match="Say why the panel funds the bid all the same"):
        decisions.approve(panel.bid, 300_000, **panel.decided())
    panel.bid.why_odd = "The term had begun."  # the school was asked already
    assert deciding.why_departs(panel.item, Choice.FUND, panel.now) is None
    sent = papers.latest_submission(panel.bid)
    assert sent is not None
    panel.bid.why_odd = "A Saturday school."  # asked before it began
    earlier = {"at": panel.now - timedelta(days=2), "number": sent.number + 1, "by_id": sent.by_id}
    again = Submission(bid_id=panel.bid.id, answers=sent.answers, sha256=sent.sha256, **earlier)
    panel.make.session.add(again)
    assert deciding.why_departs(panel.item, Choice.FUND, panel.now) is not None


def test_departing_from_the_score_needs_a_reason(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 2), stamp=None, user=panel.clerk, now=panel.now
    )
    client = sign_in(panel.chair)
    assert "The score is 50, below 60." in client.get(panel.step_url("approve")).text
    missing = client.post(panel.step_url("approve"), data=panel.form())
    assert missing.status_code == 422
    assert "Say why the panel departs from its score" in missing.text
    with pytest.raises(Refused, match="Say why the panel departs from its score"):
        decisions.approve(panel.bid, 300_000, **panel.decided())
    client.post(panel.step_url("approve"), data=panel.form(departure="The need is urgent."))
    decision = panel.make.session.query(Decision).one()
    assert decision.score_words == "50"
    assert decision.reasons == ("A clear need.\n\nThe score is 50, below 60. The need is urgent.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reasons": " "}, "Enter the reasons for the decision"),
        ({"equality_note": ""}, "Enter how the panel had due regard to equality"),
        ({"amount": "lots"}, "The amount must be a number"),
        ({"amount": "0"}, "The amount must be between"),
        ({"amount": "9" * 40}, "The amount must be a number"),
        ({"reasons": "x" * 4001}, "Your answer must be 4,000 characters or fewer"),
    ],
)
def test_an_approval_that_lacks_something_says_what(
    panel: Panel, sign_in: SignIn, changes: dict[str, str], sentence: str
) -> None:
    panel.votes("++++")
    page = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(**changes))
    assert page.status_code == 422
    assert sentence in page.text
    assert panel.bid.state is BidState.AT_PANEL


# -- who decides --------------------------------------------------------------------------------


def test_only_the_chair_decides_while_the_chair_is_there(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    for user in (panel.deputy, panel.seats[2].user, panel.clerk):
        with pytest.raises(Refused, match="Only the person who decides for the fund"):
            decisions.approve(panel.bid, 300_000, **panel.decided(user=user))
    assert sign_in(panel.clerk).get(panel.step_url("approve")).status_code == 409


def test_where_the_chair_is_barred_the_deputy_chairs_the_item_and_decides(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.seats[0].school = panel.bid.lead_school
    panel.votes(" +++")
    page = sign_in(panel.clerk).get(panel.url).text
    assert "Must leave: their school, Lead Primary School, takes part in it" in page
    assert f"{panel.deputy.name}, who chairs this item, records the decision." in page
    with pytest.raises(Refused, match="You can’t decide this bid: your school"):
        decisions.approve(panel.bid, 300_000, **panel.decided())
    decisions.approve(panel.bid, 300_000, **panel.decided(user=panel.deputy))
    assert panel.make.session.query(Decision).one().decided_by is panel.deputy


@pytest.fixture
def by_officer(panel_of: PanelOf) -> tuple[Panel, User]:
    panel = panel_of(
        decider=Decider.AUTHORISED_OFFICER,
        officer_limit_pence=250_000,
        delegation="Scheme of delegation, part 3, item 14",
    )
    return panel, panel.make.staff(RoleName.AUTHORISED_OFFICER, "Dana Director")


def test_an_authorised_officer_decides_up_to_a_limit_and_cites_the_delegation(
    by_officer: tuple[Panel, User], sign_in: SignIn
) -> None:
    panel, officer = by_officer
    panel.votes("++++")
    with pytest.raises(Refused, match="Only the person who decides"):
        decisions.approve(panel.bid, 250_000, **panel.decided())  # the chair only recommends
    client = sign_in(officer)
    page = client.get(panel.step_url("approve")).text
    assert "You may decide up to" in page
    assert "Scheme of delegation, part 3, item 14" in page
    refused = client.post(panel.step_url("approve"), data=panel.form(amount="2500.01"))
    assert refused.status_code == 422
    assert "An authorised officer may decide up to £2,500.00." in refused.text
    client.post(panel.step_url("approve"), data=panel.form(amount="2500"))
    assert panel.make.session.query(Decision).one().delegation.startswith("Scheme of delegation")
    assert panel.bid.offer.pence == 250_000


def test_an_authorised_officer_needs_the_panels_vote_and_a_delegation_on_record(
    by_officer: tuple[Panel, User],
) -> None:
    panel, officer = by_officer
    panel.votes("---+")
    with pytest.raises(Refused, match="There is no majority for this"):
        decisions.approve(panel.bid, 200_000, **panel.decided(user=officer))
    panel.fund.delegation = ""
    with pytest.raises(Refused, match="names no delegation"):
        decisions.decline(panel.bid, **panel.decided(user=officer))


# -- decline, defer -----------------------------------------------------------------------------


def test_a_bid_is_declined_with_reasons(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("---+")
    client = sign_in(panel.chair)
    nothing = client.post(panel.step_url("decline"), data=panel.form())
    assert nothing.status_code == 422
    assert "Say something to the school about at least one criterion" in nothing.text
    said = panel.form(feedback_need="Show three years of results.")
    assert client.post(panel.step_url("decline"), data=said).status_code == 302
    session = panel.make.session
    letter = session.query(Letter).filter_by(bid_id=panel.bid.id, recipient="school").one()
    assert f"{panel.bid.reference}#feedback" in letter.body
    assert panel.bid.state is BidState.NOT_FUNDED
    assert panel.item.outcome is ItemOutcome.DECLINED
    decision = panel.make.session.query(Decision).one()
    assert decision.pence is None
    assert [who for who, _ in letters_of(panel)] == ["school", "provider"]
    assert "Do not fund 3–1" in client.get(f"/meetings/{panel.item.meeting_id}").text


def _bring_back(panel: Panel) -> None:
    from fundflow.models.person import RoleGrant
    from fundflow.review.operations import reviewing

    officer = panel.bid.officer
    assert officer is not None
    assert isinstance(officer.roles[0], RoleGrant)
    panel.bid.panel_answer = "Like this."
    meeting = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=20))
    reviewing.bring_back(panel.bid, meeting.id, user=officer, now=panel.now)


def test_a_bid_is_deferred_twice_and_no_more(panel: Panel) -> None:
    for time in (1, 2):
        panel.here(0)
        decisions.defer(panel.bid, f"Question {time}?", user=panel.chair, now=panel.now)
        assert panel.bid.state is BidState.DEFERRED
        assert (panel.bid.panel_question, panel.bid.panel_answer) == (f"Question {time}?", "")
        assert panel.bid.deferrals == time
        assert panel.bid.due_on == add_working_days(london_date(panel.now), 10)
        _bring_back(panel)
    panel.here(0)
    with pytest.raises(Refused, match="This bid has been deferred twice already"):
        decisions.defer(panel.bid, "Again?", user=panel.chair, now=panel.now)
    assert [who for who, _ in letters_of(panel)].count("officer") == 2


# -- corrections --------------------------------------------------------------------------------


def test_an_undone_approval_frees_the_money_ends_the_offer_and_reopens_the_item(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    client = sign_in(panel.chair)
    assert client.get(panel.step_url("undo-decision")).status_code == 200
    client.post(
        panel.step_url("undo-decision"),
        data={"reason": "Typed the wrong amount.", "version": panel.bid.version},
    )
    assert panel.bid.state is BidState.AT_PANEL
    assert panel.item.is_open
    assert ledger.totals(panel.fund.id).reserved == 0
    decision = panel.make.session.query(Decision).one()
    assert (decision.undone_reason, decision.undone_by_id) == ("Typed the wrong amount.", panel.chair.id)
    assert panel.bid.offer.ended_how == "undone"
    assert [who for who, _ in letters_of(panel)][-3:] == ["school", "officer", "finance"]

    decisions.approve(panel.bid, 200_000, **panel.decided())  # on the same votes
    assert ledger.totals(panel.fund.id).reserved == 200_000
    tab = client.get(f"/bids/{panel.bid.reference}/panel").text
    assert "Fund, £3,000.00 (taken back)" in tab
    assert "Typed the wrong amount." in tab
    assert "Fund, £2,000.00" in tab
    assert "Taken back" in tab


def test_an_undone_deferral_does_not_count(panel: Panel) -> None:
    panel.here(0)
    decisions.defer(panel.bid, "How?", user=panel.chair, now=panel.now)
    decisions.undo_decision(panel.bid, "Wrong button.", user=panel.chair, now=panel.now)
    assert panel.bid.deferrals == 0
    assert panel.item.is_open


def test_a_lapsed_offer_is_renewed_where_the_fund_still_bears_it(panel_of: PanelOf, sign_in: SignIn) -> None:
    from fundflow.steps import take_step

    panel = panel_of(allocated=300_000)
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    take_step(panel.bid, "turn_down_offer", user=panel.leader, now=panel.now, given={"reason": "No cover."})
    panel.bid.offer.ended_at, panel.bid.offer.ended_how = panel.now, "turned down"
    panel.make.session.commit()
    client = sign_in(panel.chair)
    assert "offered £3,000.00 again" in client.get(panel.step_url("renew-offer")).text
    client.post(
        panel.step_url("renew-offer"), data={"reason": "Cover was found.", "version": panel.bid.version}
    )
    assert panel.bid.state is BidState.OFFERED
    assert len(panel.bid.offers) == 2
    assert ledger.totals(panel.fund.id).free == 0
    assert panel.bid.offer.ended_at is None


def test_a_renewal_above_the_funds_is_refused(panel_of: PanelOf) -> None:
    from fundflow.models.ledger_entry import EntryKind

    panel = panel_of(allocated=300_000)
    bid = panel.make.bid(state=BidState.NOT_TAKEN_UP, fund=panel.fund, now=panel.now)
    panel.make.entry(panel.bid, EntryKind.RESERVED, 100_000, panel.now)
    with pytest.raises(Refused, match="can still offer £2,000"):
        decisions.renew_offer(bid, "Please.", user=panel.chair, now=panel.now)
