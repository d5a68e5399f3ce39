"""The log of contacts: officers write it, auditors read it, nothing in it ever changes."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from fundflow.brokering import contacts
from fundflow.brokering.operations.contacts import ContactLine, log_contact
from fundflow.models.brokering import Contact, How
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import Membership, Standing
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.brokering.conftest import SignIn
from tests.factories import LONG_AGO, NOW, TODAY, Make


def line(area: SimpleNamespace, **values: object) -> ContactLine:
    return ContactLine(
        **{
            "on": TODAY,
            "how": How.PHONE,
            "with_whom": "The head",
            "said": "They need maths help.",
            "school": area.asking,
            **values,
        }
    )  # type: ignore[arg-type]


def said(user: object, **wanted: object) -> list[str]:
    page = contacts.contacts_page(contacts.ContactFilters(**wanted), user, NOW)  # type: ignore[arg-type]
    return [row.said for row in page.rows]


def test_a_line_says_who_when_how_and_what_and_stays_as_it_was_written(
    make: Make, area: SimpleNamespace
) -> None:
    contact = log_contact(line(area, other_school=area.helper), user=area.officer, now=NOW)
    assert (contact.by_id, contact.at, contact.on) == (area.officer.id, NOW, TODAY)
    assert log_contact(line(area, other_school=area.helper), user=area.officer, now=NOW).id == contact.id
    contact.said = "Something else."
    with pytest.raises(DatabaseError):
        make.session.flush()


def test_a_mistake_is_put_right_by_one_other_line(area: SimpleNamespace) -> None:
    wrong = log_contact(line(area), user=area.officer, now=NOW)
    right = log_contact(line(area, said="They need help."), user=area.deputy, now=NOW, corrects=wrong)
    page = contacts.contacts_page(contacts.ContactFilters(), area.officer, NOW)
    assert [row.id for row in page.rows] == [right.id, wrong.id]
    assert contacts.corrected(page.rows) == {wrong.id}
    with pytest.raises(Refused, match="Correct that one instead"):
        log_contact(line(area, said="Third."), user=area.officer, now=NOW, corrects=wrong)


def test_schools_and_auditors_write_nothing_and_nobody_writes_the_future(area: SimpleNamespace) -> None:
    for user in (area.head, area.auditor):
        with pytest.raises(Refused, match="Only the liaison officer"):
            log_contact(line(area), user=user, now=NOW)
    with pytest.raises(Refused, match="future"):
        log_contact(line(area, on=TODAY + timedelta(days=1)), user=area.officer, now=NOW)


def test_an_officer_neither_reads_nor_writes_about_their_own_trust(make: Make, area: SimpleNamespace) -> None:
    log_contact(line(area), user=area.officer, now=NOW)
    log_contact(
        line(area, school=area.helper, other_school=area.asking, said="Both"), user=area.officer, now=NOW
    )
    trust = make.trust()
    area.asking.trust = trust
    make.session.add(
        Membership(
            user=area.deputy, school=make.school(trust=trust), starts_on=LONG_AGO, standing=Standing.TEAM
        )
    )
    make.session.commit()
    assert said(area.deputy) == []
    with pytest.raises(Refused, match="your trust"):
        log_contact(line(area), user=area.deputy, now=NOW)
    assert len(said(area.officer)) == len(said(area.auditor)) == 2


def test_a_line_about_a_bid_is_read_by_those_who_may_read_the_bid(make: Make, area: SimpleNamespace) -> None:
    bid = make.bid(state=S.SUBMITTED, fund=area.fund, lead=area.asking, provider=area.helper)
    log_contact(line(area, bid=bid), user=area.officer, now=NOW)
    assert said(area.deputy, bid=bid) == ["They need maths help."]
    make.session.add(
        Declaration(
            bid=bid,
            user_id=area.deputy.id,
            kind=InterestKind.BARRED,
            declared_at=NOW,
            recorded_by_id=area.deputy.id,
        )
    )
    make.session.flush()
    assert said(area.deputy) == []


def test_it_is_filtered_by_school_and_paged_by_day(make: Make, area: SimpleNamespace) -> None:
    for n in range(30):
        make.contact(
            area.asking if n % 3 else area.helper, area.officer, said=str(n), on=TODAY - timedelta(days=n % 4)
        )
    first = contacts.contacts_page(contacts.ContactFilters(), area.officer, NOW)
    rest = contacts.contacts_page(contacts.ContactFilters(after=first.next_key), area.officer, NOW)
    rows = [*first.rows, *rest.rows]
    assert len({row.id for row in rows}) == len(rows) == 30
    assert [row.on for row in rows] == sorted((row.on for row in rows), reverse=True)
    assert len(said(area.officer, school=area.helper)) == 10


def test_an_officer_logs_and_corrects_through_pages(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    bid = make.bid(state=S.SUBMITTED, fund=area.fund, lead=area.asking, provider=area.helper)
    make.session.commit()
    form = client.get(f"/brokering/contacts/add?school={area.asking.urn}&bid={bid.reference}").text
    assert bid.reference in form
    data = {
        "when-day": "16",
        "when-month": "11",
        "when-year": "2026",
        "how": "visit",
        "school": area.asking.urn,
        "other_school": "",
        "with_whom": "The head",
        "said": "=cmd()",
        "bid": bid.reference.lower(),
    }
    assert client.post("/brokering/contacts/add", data=data).status_code == 302
    contact = make.session.scalars(select(Contact)).one()
    assert (contact.on, contact.how, contact.about_bid_id) == (date(2026, 11, 16), How.VISIT, bid.id)
    assert "16 November 2026, on a visit: Asking Primary" in client.get("/brokering/contacts").text
    assert f"/brokering/contacts?bid={bid.reference}" in client.get(f"/bids/{bid.reference}").text
    assert "=cmd()" in client.get(f"/brokering/contacts/{contact.id}/correct").text
    assert (
        client.post(f"/brokering/contacts/{contact.id}/correct", data={**data, "said": "No."}).status_code
        == 302
    )
    assert "Corrected by a later line" in client.get("/brokering/contacts").text
    lines = client.get(f"/brokering/contacts.csv?school={area.asking.urn}").text.splitlines()
    assert len(lines) == 3
    assert "'=cmd()" in lines[2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"when-year": "2027"}, "today or in the past"),
        ({"when-day": ""}, "must include a day"),
        ({"how": "pigeon"}, "Select one of the answers"),
        ({"said": ""}, "Enter what was said"),
        ({"bid": "NOPE-1"}, "Enter the reference of a bid you can see"),
        ({"school": "999999"}, "Select one of"),
        ({"said": "x" * 4001}, "4,000 characters or fewer"),
    ],
)
def test_a_wrong_contact_is_shown_again_with_what_to_mend(
    area: SimpleNamespace, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    data = {
        "when-day": "16",
        "when-month": "11",
        "when-year": "2026",
        "how": "visit",
        "school": area.asking.urn,
        "with_whom": "The head",
        "said": "Help.",
    }
    answer = sign_in(area.officer).post("/brokering/contacts/add", data={**data, **changes})
    assert answer.status_code == 422
    assert words in answer.text


def test_schools_are_shown_no_way_to_the_log(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    bid = make.bid(
        state=S.SUBMITTED, fund=area.fund, lead=area.asking, provider=area.helper, leader=area.head
    )
    make.session.commit()
    for user, shown in (
        (area.head, False),
        (area.helpers_head, False),
        (area.officer, True),
        (area.auditor, True),
    ):
        client = sign_in(user)
        assert ("/brokering/contacts" in client.get(f"/schools/{area.asking.urn}").text) is shown
        assert ("/brokering/contacts" in client.get(f"/bids/{bid.reference}").text) is shown
        assert (client.get("/brokering/contacts").status_code == 200) is shown
