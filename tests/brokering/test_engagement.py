"""The engagement log: which schools took no part, the contacts with them, and who reads of them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from fundflow.brokering.operations import engagement as operations
from fundflow.brokering.operations.engagement import ContactSaid
from fundflow.desk.work import waiting_for
from fundflow.extensions import db
from fundflow.models.engagement import ContactWay, Engagement
from fundflow.models.person import RoleName
from fundflow.models.school import School
from fundflow.rules.taking_part import counts_from, taking_part
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.order import OrderState
from tests.brokering.conftest import SignIn
from tests.factories import NOW, TODAY, Make

OLD = datetime(2025, 8, 31, 12, 0, tzinfo=UTC)  # the day before the two school years
LETTER = ContactSaid(date(2026, 11, 2), ContactWay.LETTER, "The head", "No answer yet.", date(2026, 11, 16))


@pytest.fixture
def quiet(area: SimpleNamespace, make: Make) -> SimpleNamespace:
    """The area, with a school that takes no part: the two others offer, or ask."""
    area.fund.shares_practice = True
    area.quiet = make.school("Quiet Academy", type_code=34, trust=make.trust("North Trust"))
    area.quiet_head = make.member(area.quiet, name="Quinn Quiet")
    make.support_request(area.asking, area.fund, by=area.head)
    make.session.commit()
    return area


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def silent(day: date = TODAY) -> list[str]:
    query = select(School.name).where(School.id.not_in(taking_part(day)))
    return sorted(db.session.scalars(query))


# -- who took part ----------------------------------------------------------------------------------


def test_two_school_years_are_this_one_and_the_one_before() -> None:
    assert counts_from(date(2026, 11, 18)) == date(2025, 9, 1)
    assert counts_from(date(2027, 8, 31)) == date(2025, 9, 1)
    assert counts_from(date(2027, 9, 1)) == date(2026, 9, 1)


@pytest.mark.both_databases
def test_a_school_that_offers_or_asks_takes_part(quiet: SimpleNamespace) -> None:
    assert silent() == ["Quiet Academy"]


def ordered(area: SimpleNamespace, make: Make) -> None:
    area.fund.sells_services = True
    make.order(make.service(area.fund), area.quiet, OrderState.AGREED)


def visited(area: SimpleNamespace, make: Make) -> None:
    allocation = make.adviser_allocation(make.adviser(area.fund), area.quiet)
    make.adviser_visit(
        allocation,
        state=AdviserVisitState.NOT_RATED,
        planned_on=TODAY,
        visited_on=TODAY,
        note="Seen.",
    )


def led(area: SimpleNamespace, make: Make) -> None:
    make.bid(state=BidState.SUBMITTED, fund=area.fund, lead=area.quiet)


def partnered(area: SimpleNamespace, make: Make) -> None:
    make.bid(state=BidState.SUBMITTED, fund=area.fund, lead=area.asking, provider=area.quiet)


@pytest.mark.parametrize("took_part", [led, partnered, ordered, visited])
def test_a_school_that_took_part_is_not_in_the_list(
    quiet: SimpleNamespace, make: Make, took_part: Callable[..., None]
) -> None:
    took_part(quiet, make)
    make.session.commit()
    assert "Quiet Academy" not in silent()


@pytest.mark.parametrize(("part", "took_part"), [("sells_services", ordered), ("has_advisers", visited)])
def test_orders_and_visits_count_only_where_that_part_is_on(
    quiet: SimpleNamespace, make: Make, part: str, took_part: Callable[..., None]
) -> None:
    took_part(quiet, make)
    setattr(quiet.fund, part, False)
    make.session.commit()
    assert "Quiet Academy" in silent()


def test_a_draft_and_what_ended_before_do_not_count(quiet: SimpleNamespace, make: Make) -> None:
    make.bid(state=BidState.DRAFT, fund=quiet.fund, lead=quiet.quiet)
    ended = make.bid(state=BidState.CLOSED, fund=quiet.fund, lead=quiet.quiet)
    ended.state_since = OLD
    withdrawn = make.offer(quiet.quiet)
    withdrawn.withdrawn_at = OLD
    make.session.commit()
    assert "Quiet Academy" in silent()
    ended.state = BidState.IN_MONITORING  # still under way, though for long
    make.session.commit()
    assert "Quiet Academy" not in silent()


def test_the_successor_of_a_school_that_took_part_took_part_too(quiet: SimpleNamespace, make: Make) -> None:
    quiet.helper.succeeded_by_id = quiet.quiet.id
    make.session.commit()
    assert "Quiet Academy" not in silent()


# -- the log ----------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_line_is_written_once_and_never_changed(quiet: SimpleNamespace) -> None:
    line = operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)
    assert operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW) is line
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(update(Engagement).values(said="They agreed."))
    db.session.rollback()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"on": TODAY + timedelta(days=1)}, "can’t lie in the future"),
        ({"next_on": date(2026, 11, 2)}, "must be after this one"),
    ],
)
def test_a_line_is_refused_with_its_reason(quiet: SimpleNamespace, change: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        operations.log(quiet.fund, quiet.quiet, LETTER._replace(**change), user=quiet.officer, now=NOW)


def test_officers_alone_write_and_none_about_their_own_school(quiet: SimpleNamespace, make: Make) -> None:
    with pytest.raises(Refused, match="Only the liaison officer"):
        operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.auditor, now=NOW)
    own = make.member(quiet.quiet, name="Owen Own")
    make.role(own, RoleName.OFFICER)
    with pytest.raises(Refused, match="You can’t log this: your school, Quiet Academy"):
        operations.log(quiet.fund, quiet.quiet, LETTER, user=own, now=NOW)
    quiet.fund.shares_practice = False
    with pytest.raises(Refused, match="keeps no engagement log"):
        operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)


def test_the_latest_line_says_when_the_school_is_contacted_next(quiet: SimpleNamespace) -> None:
    operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)
    (line,) = [one for one in waiting_for(quiet.deputy, NOW).lines if one.reference == "Engagement"]
    assert (line.title, line.what, line.due_on, line.path) == (
        "Quiet Academy",
        "Contact the school again",
        date(2026, 11, 16),
        f"/engagement/{quiet.quiet.urn}",
    )
    call = ContactSaid(TODAY, ContactWay.OFFICE, "The admissions office", "They come to the briefing.")
    operations.log(quiet.fund, quiet.quiet, call, user=quiet.officer, now=NOW)
    assert "Engagement" not in [one.reference for one in waiting_for(quiet.deputy, NOW).lines]


def test_a_contact_is_not_due_before_its_day(quiet: SimpleNamespace) -> None:
    later = LETTER._replace(next_on=TODAY + timedelta(days=1))
    operations.log(quiet.fund, quiet.quiet, later, user=quiet.officer, now=NOW)
    assert "Engagement" not in [one.reference for one in waiting_for(quiet.officer, NOW).lines]


# -- the pages --------------------------------------------------------------------------------------


def test_the_list_shows_the_last_contact_and_the_next(
    quiet: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    make.school("Abbey Primary")
    make.session.commit()
    operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)
    client = sign_in(quiet.officer)
    page = read(client, "/engagement")
    assert "taken no part since 1 September 2025" in page
    assert "Academy North Trust 2 November 2026 By letter: No answer yet. 16 November 2026 Due" in page
    assert "Abbey Primary" in page
    assert "Helping Primary" not in page
    never = read(client, "/engagement?show=never")
    assert "Abbey Primary" in never
    assert "Quiet Academy" not in never
    for show in ("due", "logged"):
        found = read(client, f"/engagement?show={show}")
        assert "Quiet Academy" in found
        assert "Abbey Primary" not in found
    assert "Quiet Academy" not in read(client, "/engagement?q=abbey")
    lines = client.get("/engagement/schools.csv").text.splitlines()
    assert lines[1:] == [
        f"Abbey Primary,{make.session.scalar(select(School.urn).where(School.name == 'Abbey Primary'))},"
        "Maintained,,,,,,",
        f"Quiet Academy,{quiet.quiet.urn},Academy,North Trust,2026-11-02,By letter,The head,No answer yet.,"
        "2026-11-16",
    ]


def test_an_officer_logs_a_contact_on_a_page(quiet: SimpleNamespace, sign_in: SignIn) -> None:
    path = f"/engagement/{quiet.quiet.urn}"
    form = {
        "fund": str(quiet.fund.id),
        "when-day": "2",
        "when-month": "11",
        "when-year": "2026",
        "how": "trust",
        "with_whom": "The trust’s director",
        "said": "They read it.",
        "next_on-day": "1",
        "next_on-month": "11",
        "next_on-year": "2026",
    }
    client = sign_in(quiet.officer)
    answer = client.post(f"{path}/log", data=form)
    assert answer.status_code == 422
    assert "The next contact must be after this one" in answer.text
    assert "They read it." in answer.text
    assert client.post(f"{path}/log", data={**form, "next_on-day": "30"}).status_code == 302
    for reader in (quiet.officer, quiet.auditor):
        page = read(sign_in(reader), path)
        assert "2 November 2026, through its trust: The trust’s director They read it." in page
        assert "Next contact: 30 November 2026" in page
    assert "Log a contact" not in page


def test_the_school_itself_never_sees_it(quiet: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)
    client = sign_in(quiet.quiet_head)
    for path in ("/engagement", f"/engagement/{quiet.quiet.urn}", "/engagement/schools.csv"):
        assert client.get(path).status_code == 403
    for reader in (quiet.quiet_head, quiet.officer):
        assert "No answer yet." not in read(sign_in(reader), f"/schools/{quiet.quiet.urn}")
    assert "ngagement" not in read(sign_in(quiet.quiet_head), "/work")


@pytest.mark.parametrize("role", [RoleName.OFFICER, RoleName.AUDITOR, RoleName.ADMINISTRATOR])
def test_nobody_reads_anything_of_their_own_school(
    quiet: SimpleNamespace, make: Make, sign_in: SignIn, role: RoleName
) -> None:
    operations.log(quiet.fund, quiet.quiet, LETTER, user=quiet.officer, now=NOW)
    own = make.member(quiet.quiet, name="Owen Own")
    make.role(own, role)
    make.session.commit()
    client = sign_in(own)
    assert client.get(f"/engagement/{quiet.quiet.urn}").status_code == 404
    for page in ("/engagement?show=logged", "/engagement/schools.csv?show=logged"):
        assert "Quiet Academy" not in client.get(page).text
    assert "Engagement" not in [one.reference for one in waiting_for(own, NOW).lines]


def test_a_school_of_another_area_is_not_there(quiet: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    far = make.school("Far Primary", la_code="871")
    make.session.commit()
    assert sign_in(quiet.officer).get(f"/engagement/{far.urn}").status_code == 404
    with pytest.raises(Refused, match="does not serve Far Primary"):
        operations.log(quiet.fund, far, LETTER, user=quiet.officer, now=NOW)


def test_an_officer_reads_nothing_of_the_school_before_their_own(make: Make, sign_in: SignIn) -> None:
    fund, new = make.fund(shares_practice=True), make.school("New Academy", type_code=34)
    old = make.school("Old Primary", status_code=2, succeeded_by_id=new.id)
    make.engagement(fund, old, make.staff(RoleName.OFFICER), said="The head leaves.")
    member = make.member(new)
    make.role(member, RoleName.OFFICER)
    make.session.commit()
    assert "The head leaves." not in sign_in(member).get(f"/engagement/{old.urn}").text
