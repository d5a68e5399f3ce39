"""My work for those for whom little waits: the board, the auditor and the administrator."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.audit.kinds import KIND_OF
from fundflow.desk.changes_seen import LATEST, MOST, changes
from fundflow.desk.homes import homes_of
from fundflow.history import record_event
from fundflow.models.board import BoardPaper, Recommendation
from fundflow.models.fund import Fund
from fundflow.models.person import BrowserSession, RoleName, SeatPosition, Standing, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.processes import PROCESSES
from fundflow.workflow.recommendation import RecommendationState
from tests.factories import NOW, TODAY, Make

SignIn = Callable[..., Any]


def page(client: Any) -> str:
    return " ".join(client.get("/work").text.split())


@pytest.mark.parametrize("role", list(RoleName))
def test_each_home_is_for_its_role_alone(make: Make, role: RoleName) -> None:
    homes = homes_of(make.staff(role), NOW)
    assert (homes.board is not None) is (role is RoleName.BOARD)
    assert (homes.auditor is not None) is (role is RoleName.AUDITOR)
    assert (homes.administrator is not None) is (role is RoleName.ADMINISTRATOR)


# -- the auditor -----------------------------------------------------------------------------------


def happened(make: Make, record: Any, step: str, *, days: int = 1, reason: str = "") -> None:
    label = f"Label of {step}"
    record_event(record, step, label, user=make.user(), now=NOW - timedelta(days=days), reason=reason)
    make.session.flush()


def seen(user: User) -> list[tuple[str, str]]:
    return [(row.kind, row.label) for row in changes(user, NOW).rows]


def test_an_auditor_reads_what_was_put_right_the_latest_first(make: Make) -> None:
    auditor, bid = make.staff(RoleName.AUDITOR), make.bid(state=S.OFFERED)
    happened(make, bid, "correct_decision", days=2, reason="The amount was mistyped.")
    happened(make, bid, "late_interest")
    happened(make, bid, "take_up")
    happened(make, bid, "undo_decision", days=31)
    happened(make, bid.fund, "let_in", days=3)
    assert seen(auditor) == [
        ("Interests found late", "Label of late_interest"),
        ("Decisions", "Label of correct_decision"),
        ("Rules waived", "Label of let_in"),
    ]
    late, corrected, let_in = changes(auditor, NOW).rows
    assert (late.path, let_in.path) == (f"/bids/{bid.reference}/history", f"/funds/{bid.fund_id}")
    assert (corrected.reason, corrected.reference) == ("The amount was mistyped.", bid.reference)


def test_an_auditor_of_one_fund_reads_nothing_of_another(make: Make) -> None:
    auditor, mine, theirs = make.user(), make.fund(), make.fund()
    make.role(auditor, RoleName.AUDITOR, fund=mine)
    for fund in (mine, theirs):
        happened(make, make.bid(state=S.OFFERED, fund=fund), "undo_decision")
        happened(make, fund, "let_in")
    assert sorted(seen(auditor)) == [
        ("Decisions", "Label of undo_decision"),
        ("Rules waived", "Label of let_in"),
    ]
    assert f"/funds/{mine.id}" in {row.path for row in changes(auditor, NOW).rows}


def test_what_is_new_since_the_auditor_signed_in_before_is_marked(
    make: Make, session: Session, sign_in: SignIn, time_machine: Any
) -> None:
    auditor, bid = make.staff(RoleName.AUDITOR), make.bid(state=S.OFFERED)
    happened(make, bid, "undo_decision", days=5)
    happened(make, bid, "late_interest", days=1)
    assert changes(auditor, NOW).says == ""
    before = {"begun_at": NOW - timedelta(days=3), "seen_at": NOW - timedelta(days=3)}
    known = {"key_hash": "of before", "browser": "Firefox", "network": "here"}
    session.add(
        BrowserSession(user_id=auditor.id, **known, **before)
    )  # beside the one that the factory began
    session.commit()
    found = changes(auditor, NOW)
    assert [row.is_new for row in found.rows] == [True, False]
    assert found.says.startswith("1 is new since you signed in on ")
    time_machine.move_to(NOW, tick=False)
    text = page(sign_in(auditor))
    assert "Label of undo_decision" in text
    assert 'href="/panel/register"' in text


def test_no_more_changes_stand_there_than_are_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor, bid = make.staff(RoleName.AUDITOR), make.bid(state=S.OFFERED)
    for _ in range(MOST + 1):
        happened(make, bid, "undo_decision")
    found = changes(auditor, NOW)
    assert (len(found.rows), found.is_more) == (MOST, True)
    monkeypatch.setattr("fundflow.desk.changes_seen.LATEST", 3)
    assert len(seen(auditor)) == 3
    assert LATEST > 3


@pytest.mark.one_database
def test_every_kind_of_change_is_a_step_that_there_is() -> None:
    """Those that are no steps of a table are written under these names."""
    written = {
        ("application", "late_interest"),
        ("application", "let_stand"),
        ("application", "void_vote"),
        ("application", "void_scores"),
        ("application", "void_casting_vote"),
        ("fund", "let_in"),
    }
    known = {(name, step.name) for name, process in PROCESSES.items() for step in process.steps}
    assert set(KIND_OF) <= known | written


# -- the board -------------------------------------------------------------------------------------


def paper(make: Make, fund: Fund, *, days: int, **values: Any) -> BoardPaper:
    """One begun so many days ago."""
    at = NOW - timedelta(days=days)
    dates = {"starts_on": TODAY - timedelta(days=90), "ends_on": TODAY - timedelta(days=days)}
    made = BoardPaper(
        fund=fund, figures={}, drawn_at=at, begun_at=at, begun_by_id=make.user().id, **dates, **values
    )
    make.session.add(made)
    make.session.flush()
    return made


def issued(make: Make, fund: Fund, *, days: int) -> BoardPaper:
    return paper(make, fund, days=days, state=PaperState.ISSUED, issued_at=NOW - timedelta(days=days))


def recommended(make: Make, fund: Fund, state: RecommendationState) -> Recommendation:
    made = Recommendation(
        fund=fund,
        state=state,
        body="Schools forum",
        what=f"Recommended and {state.value}",
        owner_id=make.user().id,
        owner_role="Liaison officer",
        due_on=TODAY,
        recorded_at=NOW,
        changed_at=NOW,
    )
    make.session.add(made)
    make.session.flush()
    return made


def test_the_board_finds_its_newest_report_the_money_and_what_is_open(make: Make, sign_in: SignIn) -> None:
    fund, other = make.fund(allocated=15_000_000), make.fund()
    member = make.user()
    make.role(member, RoleName.BOARD, fund=fund)
    issued(make, fund, days=20)
    newest = issued(make, fund, days=10)
    paper(make, fund, days=1)
    issued(make, other, days=1)
    for state in RecommendationState:
        recommended(make, fund, state)
    recommended(make, other, RecommendationState.OPEN)
    home = homes_of(member, NOW).board
    assert home
    assert home.paper is newest
    assert [made.state.value for made in home.recommendations] == ["open", "accepted"]
    assert [money.fund.id for money in home.money] == [fund.id]
    make.session.commit()
    text = page(sign_in(member))
    assert f'href="/board/papers/{newest.id}"' in text
    assert "Free: may still be offered" in text
    assert "£150,000.00" in text
    assert "Recommended and open" in text


# -- the administrator -----------------------------------------------------------------------------


def test_an_administrator_watches_invitations_and_what_ends(make: Make, sign_in: SignIn) -> None:
    administrator = make.staff(RoleName.ADMINISTRATOR)
    administrator.last_signed_in_at = NOW
    soon, later = TODAY + timedelta(days=20), TODAY + timedelta(days=40)
    fund = make.fund()
    officer, member = make.staff(RoleName.OFFICER), make.seat(fund, position=SeatPosition.MEMBER)
    head = make.member(make.school(), Standing.TEAM)
    officer.roles[0].ends_on, member.ends_on, head.memberships[0].ends_on = soon, soon, later
    gone = make.staff(RoleName.CLERK)
    gone.roles[0].ends_on, gone.active = soon, False
    for person in (officer, member.user):
        person.last_signed_in_at = NOW
    closing, open_ = make.round(fund, name="Closing"), make.round(fund, name="Open")
    closing.closes_at, open_.closes_at = NOW + timedelta(days=3), NOW + timedelta(days=33)
    make.session.flush()
    home = homes_of(administrator, NOW).administrator
    assert home
    assert {(one.name, one.what, one.day) for one in home.ending} == {
        (officer.name, "Liaison officer", soon),
        (member.user.name, "Panel member", soon),
    }
    assert [one.name for one in home.rounds] == ["Closing"]
    assert head.name in [one.name for one in home.invited]
    assert gone.name not in [one.name for one in home.invited]
    assert home.invited_in_all == len(home.invited)
    make.session.commit()
    text = page(sign_in(administrator))
    assert "Invited, and not signed in yet" in text
    assert "Roles that end in the next 30 days" in text


def test_an_administrator_of_one_fund_hears_of_its_rounds_alone(make: Make) -> None:
    administrator, mine, theirs = make.user(), make.fund(), make.fund()
    make.role(administrator, RoleName.ADMINISTRATOR, fund=mine)
    for fund in (mine, theirs):
        make.round(fund, name=f"Of {fund.id}").closes_at = NOW + timedelta(days=3)
    make.session.flush()
    home = homes_of(administrator, NOW).administrator
    assert home
    assert [one.name for one in home.rounds] == [f"Of {mine.id}"]
