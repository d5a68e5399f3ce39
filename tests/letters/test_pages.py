import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.extensions import Base
from fundflow.letters.delivery import deliver, message_id
from fundflow.letters.resending import resend
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, RoleName, Standing, User
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.letters.conftest import Office

LETTERS = Path(__file__).parents[2] / "templates" / "emails"
Write = Callable[..., Letter]
SignIn = Callable[[User | None], FlaskClient]
S = LetterStatus


@pytest.fixture
def administrator(make: Make) -> User:
    return make.staff(RoleName.ADMINISTRATOR, "Ada Admin")


# -- sending again ---------------------------------------------------------------------------------


def test_a_letter_sent_again_has_a_message_id_of_its_own(
    write: Write, posted: Office, administrator: User, session: Session
) -> None:
    letter = write()
    deliver(NOW)
    resend(letter, user=administrator, now=NOW)
    assert (letter.status, letter.sent_at, letter.attempts) == (S.QUEUED, None, 0)
    deliver(NOW)
    first, second = posted.ids
    assert second == message_id(letter.key, 1) == first.replace("@", ".2@")
    entry = session.scalars(select(HistoryEntry)).one()
    assert (entry.step, entry.user_id, entry.internal) == ("resend", administrator.id, True)


def test_a_failed_letter_can_be_sent_again(write: Write, posted: Office, administrator: User) -> None:
    letter = write(status=S.FAILED, attempts=8, last_error="550 No such person")
    resend(letter, user=administrator, now=NOW)
    assert deliver(NOW) == 1


@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.INVITATION, LinkPurpose.ANSWER])
def test_a_link_or_a_code_never_goes_to_an_address_that_an_account_had_before(
    write: Write, make: Make, administrator: User, purpose: LinkPurpose
) -> None:
    person = make.staff(RoleName.FINANCE, "Owen Clarke")
    letter = write(person.email, user_id=person.id, link_purpose=purpose, status=S.SENT, sent_at=NOW)
    person.former_emails, person.email = [person.email], "owen.now@council.example"
    make.session.commit()
    with pytest.raises(Refused, match="not the address of this account now"):
        resend(letter, user=administrator, now=NOW)
    failed = write(person.email, user_id=person.id, link_purpose=purpose, status=S.FAILED)
    with pytest.raises(Refused, match="not the address of this account now"):
        resend(failed, user=administrator, now=NOW, email="somebody@else.example")
    resend(failed, user=administrator, now=NOW)


@pytest.mark.parametrize("status", [S.QUEUED, S.HELD])
def test_a_letter_that_has_not_gone_is_not_sent_again(
    write: Write, administrator: User, status: LetterStatus
) -> None:
    with pytest.raises(Refused):
        resend(write(status=status), user=administrator, now=NOW)


def test_nobody_but_an_administrator_sends_again(write: Write, make: Make) -> None:
    with pytest.raises(Refused, match="administrator"):
        resend(write(status=S.FAILED), user=make.staff(RoleName.AUDITOR), now=NOW)


# -- the pages -------------------------------------------------------------------------------------


def test_an_administrator_sees_every_letter_and_its_fate(
    sign_in: SignIn, administrator: User, write: Write, make: Make
) -> None:
    bid = make.bid()
    write("one@x.example", subject="First", status=S.SENT, sent_at=NOW)
    write("two@x.example", subject="Second", status=S.FAILED, attempts=8, last_error="550 Gone")
    write("three@x.example", subject="Third", bid_id=bid.id)
    client = sign_in(administrator)
    page = client.get("/letters").text
    assert page.index("Third") < page.index("Second") < page.index("First")
    assert "18 November 2026 at 10:00" in page
    assert "Not delivered after 8 attempts" in page
    assert "550 Gone" in page
    found = client.get("/letters?status=failed").text
    assert "Second" in found
    assert "First" not in found
    assert "First" in client.get("/letters?q=ONE@").text
    assert "Third" in client.get(f"/letters?q={bid.reference.lower()}").text
    assert "No letter matches" in client.get("/letters?q=%25").text


@pytest.mark.parametrize("reference", ["SV-6", "SO-3", "DP-12", "LSIF-RUN-3", "LSIF-0031/C1", "LSIF-0031/R2"])
def test_letters_are_found_by_any_reference(
    sign_in: SignIn, administrator: User, write: Write, reference: str
) -> None:
    write("one@x.example", subject=f"{reference}: please answer")
    write("two@x.example", subject="Adviser’s visit: it is moved")
    found = sign_in(administrator).get("/letters", query_string={"q": reference.lower()}).text
    assert f"{reference}: please answer" in found
    assert "it is moved" not in found


def _with_reference() -> list[str]:
    """The letters of records that have a reference of their own."""
    models = [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "reference")]
    names = {model.workflow.name for model in models if hasattr(model, "workflow")}
    return sorted(str(path) for name in names for path in LETTERS.glob(f"{name}/*.txt"))


@pytest.mark.parametrize("path", _with_reference())
def test_the_subject_of_a_letter_gives_the_reference(path: str) -> None:
    subjects = [line for line in Path(path).read_text().splitlines() if "_subject %}" in line]
    assert subjects
    assert all(re.search(r"\breference }}", line) for line in subjects)


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=-1", "after=99999999999999999999", "status=x", "q=%00", "q=" + "x" * 5000, "after=²"],
)
def test_a_strange_address_is_no_error(sign_in: SignIn, administrator: User, query: str) -> None:
    assert sign_in(administrator).get(f"/letters?{query}").status_code == 200


def queries_of(client: FlaskClient, address: str, session: Session, seen: list[str]) -> int:
    """How many statements a page takes with nothing in memory."""
    session.expire_all()
    before = len(seen)
    assert client.get(address).status_code == 200
    return len(seen) - before


def test_letters_come_fifty_a_page_in_a_fixed_number_of_queries(
    sign_in: SignIn, administrator: User, write: Write, session: Session, count_queries: list[str]
) -> None:
    client = sign_in(administrator)
    write()
    few = queries_of(client, "/letters", session, count_queries)
    for _ in range(60):
        write()
    assert queries_of(client, "/letters", session, count_queries) == few <= 8
    page = client.get("/letters").text
    assert page.count("LSIF-0031") == 50
    older = page.split('href="/letters?after=')[1].split('"')[0]
    assert client.get(f"/letters?after={older}").text.count("LSIF-0031") == 11


def test_a_letters_page_shows_its_text_and_sends_it_again(
    sign_in: SignIn, administrator: User, write: Write, make: Make
) -> None:
    letter = write(status=S.FAILED, attempts=8, last_error="550 <Gone>", body="Dear Sam\n\n<b>")
    client = sign_in(administrator)
    page = client.get(f"/letters/{letter.id}").text
    assert "550 &lt;Gone&gt;" in page
    assert "Dear Sam<br><br>&lt;b&gt;" in page
    same = {"email": letter.email}
    answer = client.post(f"/letters/{letter.id}/resend", data=same, follow_redirects=True)
    assert "on its way again" in answer.text
    assert "Ada Admin" in answer.text
    assert letter.status is S.QUEUED
    again = client.post(f"/letters/{letter.id}/resend")
    assert again.status_code == 409
    assert "still waiting to go" in again.text


def test_a_letter_that_does_not_exist_is_not_found(sign_in: SignIn, administrator: User) -> None:
    client = sign_in(administrator)
    assert client.get("/letters/1").status_code == 404
    assert client.get(f"/letters/{10**20}").status_code == 404
    assert client.post("/letters/1/resend").status_code == 404


def test_an_auditor_reads_and_does_not_send(sign_in: SignIn, make: Make, write: Write) -> None:
    letter = write(status=S.FAILED)
    client = sign_in(make.staff(RoleName.AUDITOR))
    page = client.get(f"/letters/{letter.id}")
    assert page.status_code == 200
    assert "Send it again" not in page.text
    assert client.post(f"/letters/{letter.id}/resend").status_code == 403


def test_others_do_not_see_the_list(sign_in: SignIn, make: Make) -> None:
    for user in (make.staff(RoleName.OFFICER), make.member(make.school())):
        assert sign_in(user).get("/letters").status_code == 403


# -- a bid's letters -------------------------------------------------------------------------------


@pytest.fixture
def told(make: Make, write: Write) -> dict[str, Any]:
    """A bid about which four people were written to."""
    provider = make.school()
    bid = make.bid(state=BidState.SUBMITTED, provider=provider)
    head = make.member(bid.lead_school, name="Lead Head")
    partner = make.member(provider, name="Provider Head")
    for user, recipient, subject in (
        (head, "school", "To the school"),
        (partner, "provider", "To the provider"),
        (None, "officer", "To the officer"),
        (None, "approver", "To the approver"),
    ):
        write(
            user.email if user else "x@y.example",
            subject=subject,
            recipient=recipient,
            bid_id=bid.id,
            user_id=user.id if user else None,
            outside=recipient != "officer",
        )
    return {"bid": bid, "head": head, "partner": partner}


def seen_by(client: FlaskClient, bid: Any) -> set[str]:
    page = client.get(f"/bids/{bid.reference}/letters").text
    return {who for who in ("school", "provider", "officer", "approver") if f"To the {who}" in page}


def test_the_officer_sees_who_was_told_what(sign_in: SignIn, make: Make, told: dict[str, Any]) -> None:
    client = sign_in(make.staff(RoleName.OFFICER))
    assert seen_by(client, told["bid"]) == {"school", "provider", "officer", "approver"}
    assert "govuk-details" in client.get(f"/bids/{told['bid'].reference}/letters").text


def test_a_school_sees_its_own_letters_only(sign_in: SignIn, make: Make, told: dict[str, Any]) -> None:
    bid = told["bid"]
    assert seen_by(sign_in(told["head"]), bid) == {"school"}
    team = make.member(bid.lead_school, Standing.TEAM)
    assert seen_by(sign_in(team), bid) == {"school"}
    assert seen_by(sign_in(told["partner"]), bid) == {"provider"}


def test_an_officer_of_a_school_that_takes_part_sees_what_the_school_sees(
    sign_in: SignIn, make: Make, told: dict[str, Any]
) -> None:
    officer = make.member(told["bid"].lead_school)
    make.role(officer, RoleName.OFFICER)
    assert seen_by(sign_in(officer), told["bid"]) == {"school"}


def test_the_letters_of_another_schools_bid_do_not_exist(
    sign_in: SignIn, make: Make, told: dict[str, Any]
) -> None:
    client = sign_in(make.member(make.school()))
    assert client.get(f"/bids/{told['bid'].reference}/letters").status_code == 404


def test_a_bids_letters_take_the_same_queries_however_many(
    sign_in: SignIn,
    make: Make,
    told: dict[str, Any],
    write: Write,
    session: Session,
    count_queries: list[str],
) -> None:
    client, bid = sign_in(make.staff(RoleName.OFFICER)), told["bid"]
    address = f"/bids/{bid.reference}/letters"
    few = queries_of(client, address, session, count_queries)
    for n in range(30):
        write(bid_id=bid.id, written_at=NOW + timedelta(minutes=n))
    assert queries_of(client, address, session, count_queries) == few <= 20
