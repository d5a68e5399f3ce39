"""How often one person may do what writes to the same people about the same record, over all such acts."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fundflow.accounts import people
from fundflow.accounts.operations import rename
from fundflow.accounts.places import RolePlace
from fundflow.applications import operations as applications
from fundflow.desk.cover import Dates, arrange, end
from fundflow.desk.hand_over import everything_of, hand_over_everything
from fundflow.funds.operations import late, rounds
from fundflow.letters.brake import SAYS_MORE
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing
from fundflow.models.school import School
from fundflow.panel.operations import meetings
from fundflow.review.operations.notes import send_note, write_note
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

ROOT = Path(__file__).resolve().parents[2]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Act = Callable[[int], Any]  # does it for the nth time
R = RoleName

# Letters that need no brake: written by the clock, with limits of their own, or beside the braked letters
# of the step that they come with.
WITHOUT = {
    "accounts/new_browsers.py": "one for each browser that somebody signed in with",
    "accounts/proving.py": "codes: a limit for each person",
    "accounts/operations.py": "sign-in links: limits per address and network",
    "accounts/appointing.py": "one list for a file of invitations, each of them to a new address",
    "applications/asking.py": "with the letters of a submission or a correction",
    "checking/seal_letters.py": "the clock's, once a week",
    "clock/reminder_letters.py": "the clock's",
    "clock_jump.py": "the clock's",
    "letters/digest.py": "the clock's",
    "interests/named.py": "once for each person and bid",
    "payments/asking_days.py": "the clock's, once a month for each school",
    "schools/operations/review_reminders.py": "the clock's, once a term",
    "schools/transfer_letters.py": "once for each succession, which can’t be done again",
}


@pytest.fixture(autouse=True)
def limits(app: Flask) -> Iterator[None]:
    before = {name: app.config[name] for name in ("SAME_ACT_PER_HOUR", "MESSAGES_PER_HOUR")}
    app.config.update(SAME_ACT_PER_HOUR=2, MESSAGES_PER_HOUR=6)
    yield
    app.config.update(before)


# -- the acts ----------------------------------------------------------------------------------------


def suspending(make: Make) -> Act:
    officer = make.staff(R.OFFICER)
    bid = make.bid(state=S.IN_DELIVERY, officer=officer)

    def act(_: int) -> None:
        for name in ("suspend", "resume"):
            take_and_commit(bid, name, user=officer, now=NOW, given={"reason": "Why not."})

    return act


def handing_over(make: Make) -> Act:
    admin = make.staff(R.ADMINISTRATOR)
    two = make.staff(R.OFFICER, "Priya Raman"), make.staff(R.OFFICER, "Tom Hale")
    make.bid(state=S.IN_REVIEW, officer=two[0])

    def act(n: int) -> None:
        for of, to in (two, two[::-1]):
            stamp = everything_of(of, to, NOW).stamp
            hand_over_everything(of, to, None, stamp=stamp, once=f"{n}{of.id}", user=admin, now=NOW)

    return act


def covering(make: Make) -> Act:
    away, instead = make.staff(R.OFFICER, "Priya Raman"), make.staff(R.OFFICER, "Tom Hale")

    def act(n: int) -> None:
        end(arrange(away, instead, Dates(TODAY, TODAY + DAY * n), user=away, now=NOW), user=away, now=NOW)

    return act


def renaming(make: Make) -> Act:
    admin, person = make.staff(R.ADMINISTRATOR), make.user("Ann Lee")
    make.staff(R.AUDITOR)

    def act(n: int) -> None:
        rename(person, name=f"Ann Lee {'abcd'[n]}", job_title="", by=admin, now=NOW)
        make.session.commit()

    return act


def inviting_again(make: Make) -> Act:
    admin, person = make.staff(R.ADMINISTRATOR), make.user("Ann Lee")
    return lambda _: people.invite_again(person, by=admin, now=NOW)


def closing_and_opening(make: Make) -> Act:
    admin, person = make.staff(R.ADMINISTRATOR), make.user("Ann Lee")
    make.staff(R.AUDITOR)

    def act(_: int) -> None:
        people.deactivate(person, by=admin, now=NOW)
        people.reactivate(person, by=admin, now=NOW)

    return act


def giving(make: Make) -> Act:
    admin, person = make.staff(R.ADMINISTRATOR), make.user("Ann Lee")
    make.staff(R.AUDITOR)

    def act(n: int) -> None:
        day = TODAY + DAY * 2 * n
        place = RolePlace(role=R.AUDITOR, fund_id=None, starts_on=day, ends_on=day)
        people.give(person, place, by=admin, now=NOW)

    return act


def letting_in(make: Make) -> Act:
    officer, school = make.staff(R.OFFICER), led(make)
    closed = make.round(make.fund(), closes_at=NOW - DAY)
    return lambda n: late.let_in(
        closed, school=school, until=NOW + DAY + HOUR * n, reason="Ill", user=officer, now=NOW
    )


def moving_the_closing(make: Make) -> Act:
    admin, school = make.staff(R.ADMINISTRATOR), led(make)
    fund = make.fund()
    round_ = make.round(fund, closes_at=NOW + DAY)
    make.bid(lead=school, fund=fund)
    return lambda n: rounds.change_round(
        round_, version=round_.fund.version, user=admin, now=NOW, closes_at=NOW + DAY + HOUR * n
    )


def moving_a_meeting(make: Make) -> Act:
    clerk, fund = make.staff(R.CLERK), make.fund()
    make.seat(fund)
    meeting = make.meeting(fund, starts_at=NOW + DAY)

    def act(n: int) -> None:
        to = meetings.When(NOW + DAY * (2 + n), meeting.minutes_long, meeting.place)
        meetings.change_meeting(meeting, to, user=clerk, now=NOW)

    return act


def sending_to_the_head(make: Make) -> Act:
    school = led(make)
    member = make.member(school, Standing.TEAM)
    bid = make.bid(state=S.DRAFT, lead=school)

    def act(_: int) -> None:
        bid.touch()  # something was typed
        assert applications.send_to_head(bid, user=member, now=NOW)

    return act


def writing_notes(make: Make) -> Act:
    officer, named = make.staff(R.OFFICER, "Priya Raman"), make.staff(R.OFFICER, "Tom Hale")
    bid = make.bid(state=S.IN_REVIEW, officer=officer)
    return lambda n: write_note(bid, f"Note {n}", [named.id], user=officer, now=NOW)


def sending_messages(make: Make) -> Act:
    officer, school = make.staff(R.OFFICER), led(make)
    bid = make.bid(state=S.IN_REVIEW, officer=officer, lead=school)
    return lambda n: send_note(write_note(bid, f"Note {n}", [], user=officer, now=NOW), user=officer, now=NOW)


def led(make: Make) -> School:
    school: School = make.school()
    make.member(school)
    return school


ONCE = (
    suspending,
    handing_over,
    covering,
    renaming,
    inviting_again,
    closing_and_opening,
    moving_the_closing,
    moving_a_meeting,
    sending_to_the_head,
)
WORDS = (giving, letting_in, writing_notes, sending_messages)


@pytest.mark.parametrize(
    ("prepare", "most"),
    [*((act, 2) for act in ONCE), *((act, 6) for act in WORDS)],
    ids=lambda it: getattr(it, "__name__", None),
)
def test_an_act_that_writes_letters_is_refused_after_some_times(
    make: Make, prepare: Callable[[Make], Act], most: int
) -> None:
    act = prepare(make)
    make.session.commit()
    for n in range(1, most + 1):
        act(n)
    before = letters(make)
    assert before
    with pytest.raises(Refused, match=f"You have done this {most} times in the last hour"):
        act(most + 1)
    make.session.rollback()
    assert letters(make) == before


def test_another_person_and_another_hour_are_free(make: Make) -> None:
    officer, other = make.staff(R.OFFICER), make.staff(R.OFFICER)
    bid = make.bid(state=S.IN_DELIVERY, officer=officer)
    make.session.commit()
    given = {"reason": "Why not."}
    for name in ("suspend", "resume") * 2:
        take_and_commit(bid, name, user=officer, now=NOW, given=given)
    with pytest.raises(Refused, match="You have done this 2 times in the last hour"):
        take_and_commit(bid, "suspend", user=officer, now=NOW, given=given)
    make.session.rollback()
    take_and_commit(bid, "suspend", user=other, now=NOW, given=given)
    take_and_commit(bid, "resume", user=officer, now=NOW + timedelta(minutes=61), given=given)


def test_other_people_are_written_to_freely(make: Make) -> None:
    """After a cut of the closing day’s network an officer lets many schools in."""
    officer = make.staff(R.OFFICER)
    closed = make.round(make.fund(), closes_at=NOW - DAY)
    for _ in range(9):
        late.let_in(closed, school=led(make), until=NOW + DAY, reason="No network", user=officer, now=NOW)


def test_every_letter_carries_its_act_or_needs_no_brake() -> None:
    without = set()
    for path in sorted((ROOT / "fundflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
            if named == "write_letter" and "entry" not in {word.arg for word in node.keywords}:  # type: ignore[attr-defined]
                without.add(str(path.relative_to(ROOT / "fundflow")))
    assert without == set(WITHOUT)


def test_the_acts_that_say_more_are_acts() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "fundflow").rglob("*.py"))
    assert [step for step in SAYS_MORE if code.count(f'"{step}"') < 2] == []


def letters(make: Make) -> int:
    return make.session.scalar(select(func.count()).select_from(Letter)) or 0
