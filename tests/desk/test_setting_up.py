"""My work lists what a fund needs before schools can bid: what is done, and what is next."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fundflow.desk.setting_up import DONE, NEXT, OPTIONAL, STEPS, TO_DO, to_set_up
from fundflow.models.letter import LetterStatus
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.models.round import Priority
from tests.factories import Make
from tests.letters.conftest import a_letter

NOW = datetime.now(UTC)
YESTERDAY = NOW.date() - timedelta(days=1)
OF_ROUND = ["Add the round’s priorities", "Publish the round"]


def titles(user: User, *statuses: str) -> list[str]:
    """The steps of the only fund that are of these statuses; none where it is ready."""
    return [step.title for one in to_set_up(user, NOW) for step in one.steps if step.status in statuses]


@pytest.mark.both_databases
def test_each_step_is_to_do_until_it_is_done(make: Make, sign_in: Callable[..., Any]) -> None:
    fund, administrator = make.fund(allocated=0), make.staff(RoleName.ADMINISTRATOR)
    make.session.commit()
    assert titles(administrator, DONE) == []
    assert titles(administrator, NEXT) == [STEPS[0].title]
    assert titles(administrator, OPTIONAL) == ["Set the grades and caps of day rates"]
    client = sign_in(administrator)
    page = client.get("/work").text
    assert f"0 of {len(STEPS)} steps are done." in page
    (checklist,) = to_set_up(administrator, NOW)
    for step in checklist.steps:
        assert step.title in page
        assert (client.get(step.path).status_code == 200) if step.path else step.title in OF_ROUND

    make.school(la_code=fund.la_code)
    assert titles(administrator, NEXT) == ["See that letters arrive"]
    make.session.add(a_letter(status=LetterStatus.SENT, sent_at=NOW))
    fund.contact_email = "team@c.example"
    fund.org_identifier = "GB-LAE-SLG"
    make.session.flush()
    assert "Enter the council’s identifiers" in titles(administrator, TO_DO)  # the prefix alone is missing
    fund.grants_prefix = "slough"
    make.allocation(fund, 100)
    make.grade(fund)
    round_ = make.round(fund, is_draft=True, priorities=[Priority(title="Old", retired=True)])
    make.session.commit()
    assert titles(administrator, NEXT) == ["Add the round’s priorities"]
    for step in to_set_up(administrator, NOW)[0].steps:
        assert not step.path or client.get(step.path).status_code == 200
    round_.priorities.append(Priority(title="Early reading"))
    officer, seat = make.staff(RoleName.OFFICER), make.seat(fund, position=SeatPosition.CHAIR)
    make.staff(RoleName.FINANCE)
    make.session.flush()
    assert titles(administrator, NEXT, TO_DO) == ["Invite two finance officers", "Publish the round"]
    make.staff(RoleName.FINANCE)
    round_.is_draft = False
    make.session.flush()
    assert to_set_up(administrator, NOW) == []

    officer.roles[0].starts_on = seat.starts_on = YESTERDAY
    officer.roles[0].ends_on = seat.ends_on = YESTERDAY
    make.session.flush()
    assert titles(administrator, NEXT, TO_DO) == ["Invite a liaison officer", "Invite the panel"]


def test_it_is_for_the_administrators_of_that_fund(make: Make) -> None:
    one, _other = make.fund(name="One"), make.fund(name="Other")
    of_one, nobody = make.user(), make.staff(RoleName.OFFICER)
    make.role(of_one, RoleName.ADMINISTRATOR, fund=one)
    make.session.flush()
    assert [checklist.fund for checklist in to_set_up(of_one, NOW)] == ["One"]
    assert to_set_up(nobody, NOW) == []
