"""My work names what a fund lacks, until it is there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fundflow.desk.setting_up import LACKS, to_set_up
from fundflow.models.fund import Fund, Priority
from fundflow.models.person import RoleName, SeatPosition, User
from tests.factories import Make

NOW = datetime.now(UTC)
YESTERDAY = NOW.date() - timedelta(days=1)


def lacking(user: User) -> list[str]:
    return [line.what for line in to_set_up(user, NOW)]


@pytest.mark.both_databases
def test_each_lack_is_named_until_it_is_there(make: Make, sign_in: Callable[..., Any]) -> None:
    fund, administrator = make.fund(allocated=0), make.staff(RoleName.ADMINISTRATOR)
    everything = [lack.what for lack in LACKS]
    everything.remove("Add a priority to the round")  # there is no round to add it to
    assert lacking(administrator) == everything
    make.session.commit()
    client = sign_in(administrator)
    page = client.get("/work").text
    for line in to_set_up(administrator, NOW):
        assert line.title in page
        assert client.get(line.path).status_code == 200

    fund.contact_email = "team@c.example"
    fund.org_identifier = "GB-LAE-SLG"
    make.session.flush()
    assert "Enter the council’s identifiers" in lacking(administrator)  # the prefix alone is missing
    fund.grants_prefix = "slough"
    make.allocation(fund, 100)
    round_ = make.round(fund, priorities=[])
    make.session.flush()
    assert lacking(administrator) == ["Add a priority to the round", *everything[4:]]
    round_.priorities = [Priority(title="Old", retired=True)]
    make.session.flush()
    assert "Add a priority to the round" in lacking(administrator)
    round_.priorities.append(Priority(title="Early reading"))
    officer, seat = make.staff(RoleName.OFFICER), make.seat(fund, position=SeatPosition.CHAIR)
    make.session.flush()
    assert lacking(administrator) == []
    officer.roles[0].starts_on = seat.starts_on = YESTERDAY
    officer.roles[0].ends_on = seat.ends_on = YESTERDAY
    make.session.flush()
    assert lacking(administrator) == ["Invite a liaison officer", "Invite the panel"]


def test_it_is_named_to_the_administrators_of_that_fund(make: Make) -> None:
    one, other = make.fund(name="One"), make.fund(name="Other")
    of_one, nobody = make.user(), make.staff(RoleName.OFFICER)
    make.role(of_one, RoleName.ADMINISTRATOR, fund=one)
    make.session.flush()
    named: set[Fund | str] = {line.detail for line in to_set_up(of_one, NOW)}
    assert named == {one.name}
    assert other.name not in named
    assert to_set_up(nobody, NOW) == []
