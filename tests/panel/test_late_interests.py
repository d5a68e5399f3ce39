"""An interest found late: votes and scores go, quorum and vote are worked out without them, and
whoever decides says whether a decision still stands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.interests.late import let_stand, void_for_registered_interest
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind, InterestSort, RegisteredInterest
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.scores import MemberScore, ScoreSheet
from fundflow.panel.operations import decisions, interests, items, letters_over, scores
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD, Choice
from fundflow.workflow.working_days import add_working_days
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
PanelOf = Callable[..., Panel]


def declare(panel: Panel, n: int, kind: InterestKind = InterestKind.BARRED) -> bool:
    return interests.declare(
        panel.item, panel.seats[n].id, kind, "My brother works there.", user=panel.clerk, now=panel.now
    )


def decided(panel: Panel, signs: str = "++++") -> None:
    panel.votes(signs)
    decisions.approve(panel.bid, 300_000, **panel.decided())


def found(panel: Panel) -> list[LateInterest]:
    return panel.make.session.query(LateInterest).order_by(LateInterest.id).all()


def told(panel: Panel) -> list[tuple[str, str]]:
    query = panel.make.session.query(Letter).filter(Letter.key.startswith("late-interest:"))
    return [(letter.recipient, letter.name) for letter in query.order_by(Letter.id)]


# -- before the decision ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [InterestKind.BARRED, InterestKind.DISCLOSED])
def test_a_late_interest_voids_vote_and_scores_which_are_kept(panel: Panel, kind: InterestKind) -> None:
    panel.votes("++-+")
    sheet = ScoreSheet(
        item_id=panel.item.id,
        seat_id=panel.seats[2].id,
        begun_at=panel.now,
        submitted_at=panel.now,
        recorded_by_id=panel.clerk.id,
        scores=[MemberScore(criterion="need", score=1)],
    )
    panel.make.session.add(sheet)
    panel.make.session.commit()
    assert declare(panel, 2, kind)
    vote = panel.item.votes[2]
    assert (vote.choice, vote.counts, sheet.counts) == (Choice.DO_NOT_FUND, False, False)
    assert vote.voided_why == sheet.voided_why == "An interest was found late: My brother works there."
    assert sheet.own_scores == {"need": 1}
    sitting = sitting_of(panel.item, panel.now)
    assert sitting.tally == (3, 0, 0)
    assert sitting.counted == (3 if kind is InterestKind.BARRED else 4)


def test_a_casting_vote_is_voided_with_the_interest(panel: Panel) -> None:
    panel.votes("+--+")
    items.cast(panel.item, Choice.FUND, "Urgent.", user=panel.chair, now=panel.now)
    declare(panel, 0)
    assert panel.item.casting_choice is None
    assert sitting_of(panel.item, panel.now).tally == (1, 2, 0)


def test_nothing_is_flagged_before_a_decision_or_for_who_took_no_part(panel: Panel) -> None:
    panel.votes("++++")
    declare(panel, 2)
    decisions.approve(panel.bid, 300_000, **panel.decided())
    declare(panel, 4)
    assert found(panel) == []


# -- after the decision -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signs", "who", "kind", "effect"),
    [
        (
            "+++++",
            2,
            InterestKind.BARRED,
            "4 present, 3 needed; the vote would be 4 for, 0 against: it would still carry.",
        ),
        (
            "++-+",
            1,
            InterestKind.BARRED,
            "3 present, 3 needed; the vote would be 2 for, 1 against: it would still carry.",
        ),
        (
            "++-0",
            1,
            InterestKind.DISCLOSED,
            "4 present, 3 needed; the vote would be 1 for, 1 against: it would not carry.",
        ),
        ("++ +", 1, InterestKind.BARRED, "2 present, 3 needed. The panel would not be quorate."),
        (
            "++++",
            3,
            InterestKind.BARRED,
            "no local authority member who may take part is present; one "
            "is needed. The panel would not be quorate.",
        ),
    ],
)
def test_the_effect_is_worked_out_from_who_sat(
    panel: Panel, signs: str, who: int, kind: InterestKind, effect: str
) -> None:
    decided(panel, signs)
    declare(panel, who, kind)
    (late,) = found(panel)
    name = panel.seats[who].user.name
    assert late.effect in (f"Without {name} {effect}", f"Without {name}: {effect}")
    assert told(panel) == [("decision_maker", panel.chair.name), ("clerk", "Cleo Clerk")]
    declare(panel, who, kind)
    assert len(found(panel)) == 1


def test_the_page_of_a_decided_item_leads_to_an_interest_found_since(panel: Panel, sign_in: SignIn) -> None:
    decided(panel)
    url = f"/meetings/{panel.item.meeting_id}/items/{panel.item.id}"
    member = panel.seats[2]
    page = sign_in(panel.clerk).get(url).text
    assert f'An interest was found<span class="govuk-visually-hidden"> ({member.user.name})</span>' in page
    path = f"{url}/members/{member.id}/interest"
    assert f'href="{path}">I found that I have an interest in this bid' in sign_in(member.user).get(url).text
    said = {"kind": "barred", "text": "My sister works there."}
    assert sign_in(panel.clerk).post(path, data=said).status_code == 302
    assert [late.user for late in found(panel)] == [member.user]


def test_where_the_chair_has_the_interest_the_deputy_is_asked(panel: Panel, sign_in: SignIn) -> None:
    decided(panel)
    declare(panel, 0)
    assert told(panel) == [("decision_maker", panel.deputy.name), ("clerk", "Cleo Clerk")]
    (late,) = found(panel)
    with pytest.raises(Refused, match="Only the decision maker"):
        let_stand(late, "It does.", user=panel.chair, now=panel.now)
    let_stand(late, "It does.", user=panel.deputy, now=panel.now)
    assert late.settled_by_id == panel.deputy.id


def test_an_authorised_officer_is_asked_where_they_decide(panel_of: PanelOf) -> None:
    panel = panel_of(decider=Decider.AUTHORISED_OFFICER, delegation="Part 3")
    officer = panel.make.staff(RoleName.AUTHORISED_OFFICER, "Dana Director")
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided(user=officer))
    declare(panel, 2)
    assert told(panel)[0] == ("decision_maker", "Dana Director")


def test_acceptance_waits_until_whoever_decides_says_it_stands(panel: Panel, sign_in: SignIn) -> None:
    decided(panel)
    declare(panel, 2)
    school = sign_in(panel.leader)
    front = school.get(f"/bids/{panel.bid.reference}").text
    assert "The council is checking its decision and will write to you." in front
    assert "brother" not in front
    assert school.get(panel.step_url("accept-offer")).status_code == 409
    client, (late,) = sign_in(panel.chair), found(panel)
    assert "Say whether the decision still stands" in client.get("/work").text
    tab = client.get(f"/bids/{panel.bid.reference}/panel").text
    url = f"/bids/{panel.bid.reference}/late-interests/{late.id}"
    assert url in tab
    assert late.effect in tab
    assert client.get(url).status_code == 200
    assert client.post(url, data={"reason": " "}).status_code == 422
    assert client.post(url, data={"reason": "Three others carried it."}).status_code == 302
    assert late.settled_reason == "Three others carried it."
    assert sign_in(panel.leader).get(panel.step_url("accept-offer")).status_code == 200
    assert "Three others carried it." in sign_in(panel.clerk).get(f"/bids/{panel.bid.reference}/panel").text


def test_the_days_that_checking_took_are_given_back(panel: Panel) -> None:
    decided(panel)
    before = panel.bid.offer.reply_by
    declare(panel, 2)
    (late,) = found(panel)
    let_stand(late, "It does.", user=panel.chair, now=panel.now + timedelta(days=7))
    assert panel.bid.offer.reply_by == panel.bid.due_on == add_working_days(before, 5)
    letter = panel.make.session.query(Letter).filter(Letter.key.startswith("still-stands:")).one()
    assert f"by {panel.bid.offer.reply_by:%-d %B %Y}" in letter.body


def test_correcting_or_taking_back_settles_it(panel: Panel) -> None:
    decided(panel)
    declare(panel, 2)
    decisions.undo_decision(panel.bid, "It would not have carried.", user=panel.chair, now=panel.now)
    (late,) = found(panel)
    assert late.settled_reason == "The decision was corrected or taken back: It would not have carried."
    assert sitting_of(panel.item, panel.now).tally == (3, 0, 0)
    with pytest.raises(Refused, match="This was settled already"):
        let_stand(late, "It does.", user=panel.chair, now=panel.now)


def test_held_letters_wait_for_it_too(panel_of: PanelOf) -> None:
    from fundflow.clock.timed_steps import take_timed_steps

    panel = panel_of(holds_decision_letters=True)
    decided(panel)
    declare(panel, 2)
    officer = panel.bid.officer
    assert officer is not None
    with pytest.raises(Refused, match="must first say whether it still stands"):
        letters_over.send_letters(
            panel.bid, feedback={}, opening="", closing="", user=officer, now=panel.now, version=None
        )
    later = panel.now + timedelta(days=14)
    assert take_timed_steps(later) == 0
    let_stand(found(panel)[0], "It does.", user=panel.chair, now=later)
    assert take_timed_steps(later) == 1


def test_a_line_of_the_register_voids_and_flags_alike(panel: Panel) -> None:
    decided(panel)
    person = panel.seats[2].user
    line = RegisteredInterest(
        user=person,
        sort=InterestSort.FAMILY,
        bars=True,
        school=panel.bid.lead_school,
        registered_at=panel.now,
        registered_by_id=panel.clerk.id,
    )
    panel.make.session.add(line)
    panel.make.session.flush()
    assert void_for_registered_interest(line, user=panel.clerk, now=panel.now) == 1
    assert [(late.user_id, late.text) for late in found(panel)] == [
        (person.id, f"Registered: {panel.bid.lead_school.name}")
    ]
    assert not panel.item.votes[2].counts


def test_another_bids_late_interest_is_not_found(panel: Panel, sign_in: SignIn) -> None:
    decided(panel)
    declare(panel, 2)
    other = panel.make.bid(fund=panel.fund, state=panel.bid.state)
    panel.make.session.commit()
    (late,) = found(panel)
    url = f"/bids/{other.reference}/late-interests/{late.id}"
    assert sign_in(panel.chair).get(url).status_code == 404
    own = f"/bids/{panel.bid.reference}/late-interests/{late.id}"
    assert sign_in(panel.leader).get(own).status_code == 404
    assert sign_in(panel.clerk).get(own).status_code == 302  # only whoever decides


def test_scores_without_somebody_are_worked_out_too(panel: Panel) -> None:
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 3), stamp=None, user=panel.clerk, now=panel.now
    )
    decided(panel)
    declare(panel, 2)
    assert panel.make.session.query(Decision).one().score_words == "75"
