"""An account's address is changed where both say yes, or by an administrator; unwritable ones are refused."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fundflow.accounts import addresses
from fundflow.letters.addresses import FORMAT, PLAIN, why_not_address, written
from fundflow.letters.links import mint
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import BrowserSession, LinkPurpose, OneTimeLink, RoleName
from fundflow.web.fields import EmailAddress
from fundflow.workflow.engine import Refused

NOW = datetime.now(UTC)
NEW = "ada.new@school.example"


@pytest.fixture
def head(make, session):
    person = make.member(make.school(), name="Ada Head", email="ada@school.example")
    session.commit()
    return person


def link(session, user, purpose):
    token = mint(purpose, user.id, datetime.now(UTC))
    session.commit()
    return f"/address/{token}"


def failed(make, session, user, **values):
    letter = Letter(
        **{
            "key": f"failed:{user.id}",
            "user_id": user.id,
            "recipient": "school",
            "name": user.name,
            "email": user.email,
            "outside": True,
            "subject": "LSIF-0001: an offer",
            "body": "…",
            "status": LetterStatus.FAILED,
            "attempts": 1,
            "last_error": "550 no such user",
            "written_at": NOW,
            "due": NOW,
            **values,
        }
    )
    session.add(letter)
    session.commit()
    return letter


# -- by the person --------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize("order", [("OLD", "NEW"), ("NEW", "OLD")])
def test_nothing_changes_until_both_addresses_said_yes(app, make, session, sign_in, head, order):
    client = sign_in(head)
    assert client.post("/me/address", data={"email": NEW.upper()}).status_code == 302
    asked = session.scalars(select(Letter)).all()
    assert {(letter.email, letter.link_purpose) for letter in asked} == {
        ("ada@school.example", LinkPurpose.OLD_ADDRESS),
        (NEW, LinkPurpose.NEW_ADDRESS),
    }
    first, second = (link(session, head, LinkPurpose[f"{name}_ADDRESS"]) for name in order)
    anybody = app.test_client()
    for _ in range(2):
        assert NEW in anybody.get(first).text  # a mail scanner looks
    assert "the other mailbox too" in anybody.post(first).text
    session.refresh(head)
    assert head.email == "ada@school.example"
    assert anybody.post(first).status_code == 410
    assert "Your email address is changed" in anybody.post(second).text
    session.refresh(head)
    assert (head.email, head.former_emails) == (NEW, ["ada@school.example"])
    assert client.get("/me").status_code == 302  # signed out
    told = {row.email for row in session.scalars(select(Letter).where(Letter.key.like("address-changed%")))}
    assert told == {"ada@school.example", NEW}


def test_one_address_alone_said_twice_changes_nothing(app, session, sign_in, head):
    sign_in(head).post("/me/address", data={"email": NEW})
    for _ in range(2):
        app.test_client().post(link(session, head, LinkPurpose.NEW_ADDRESS))
    session.refresh(head)
    assert head.email == "ada@school.example"


def test_asking_again_forgets_what_was_asked_before(app, session, sign_in, head):
    client = sign_in(head)
    client.post("/me/address", data={"email": "other@school.example"})
    before = link(session, head, LinkPurpose.NEW_ADDRESS)
    client.post("/me/address", data={"email": NEW})
    assert app.test_client().post(before).status_code == 410
    assert addresses.change_under_way(head).email == NEW


def test_nobody_learns_whether_the_new_address_has_an_account(make, session, sign_in, head):
    other = make.user()
    session.commit()
    client = sign_in(head)
    answers = [client.post("/me/address", data={"email": email}) for email in (other.email, NEW)]
    assert answers[0].status_code == answers[1].status_code == 302
    assert {letter.email for letter in session.scalars(select(Letter))} == {head.email, NEW}


def test_an_account_made_meanwhile_keeps_its_address(app, make, session, sign_in, head):
    sign_in(head).post("/me/address", data={"email": NEW})
    make.user(email=NEW)
    session.commit()
    app.test_client().post(link(session, head, LinkPurpose.OLD_ADDRESS))
    answer = app.test_client().post(link(session, head, LinkPurpose.NEW_ADDRESS))
    assert answer.status_code == 410
    assert "already an account" in answer.text


def test_nobody_fills_a_mailbox_by_asking_again_and_again(app, monkeypatch, session, sign_in, head):
    monkeypatch.setitem(app.config, "SAME_ACT_PER_HOUR", 2)
    client = sign_in(head)
    codes = [client.post("/me/address", data={"email": NEW}).status_code for _ in range(3)]
    assert codes == [302, 302, 409]
    assert len(session.scalars(select(Letter)).all()) == 4


# -- by an administrator --------------------------------------------------------------------------


def correct(client, person, **changes):
    answers = {"name": person.name, "job_title": person.job_title, "email": person.email, "reason": "Left"}
    return client.post(f"/people/{person.id}/change", data=answers | changes)


@pytest.mark.both_databases
def test_an_administrator_changes_an_address_and_all_concerned_are_told(make, session, sign_in, head, admin):
    make.staff(RoleName.AUDITOR, "Aud Itor")
    unused = mint(LinkPurpose.SIGN_IN, head.id, NOW)
    letter = failed(make, session, head)
    assert unused
    client = sign_in(admin)
    assert correct(client, head, email=NEW).status_code == 302
    session.expire_all()
    assert head.email == NEW
    ended = select(BrowserSession.ended_at).where(BrowserSession.user_id == head.id)
    assert session.scalar(ended) is not None
    assert session.scalar(select(OneTimeLink.expires_at)) <= datetime.now(UTC)
    assert (letter.email, letter.status, letter.resends) == (NEW, LetterStatus.QUEUED, 1)
    told = {(row.name, row.email) for row in session.scalars(select(Letter)) if row is not letter}
    assert told == {("Ada Head", "ada@school.example"), ("Ada Head", NEW), ("Aud Itor", _email(session))}
    entry = session.scalar(select(HistoryEntry).where(HistoryEntry.step == "change_address"))
    assert (entry.reason, entry.given["before"], entry.actor_name) == (
        "Left",
        "ada@school.example",
        "Una Admin",
    )


def _email(session):
    return session.scalar(select(Letter.email).where(Letter.name == "Aud Itor"))


def test_an_administrator_corrects_a_name_with_a_reason(session, sign_in, head, admin):
    client = sign_in(admin)
    assert correct(client, head, name="Ada Bell", reason="").status_code == 422
    assert correct(client, head, name="Ada Bell").status_code == 302
    session.refresh(head)
    assert head.name == "Ada Bell"
    assert "Ada Head is now called Ada Bell" in client.get(f"/people/{head.id}").text


def test_not_ones_own_and_not_without_the_role(make, session, sign_in, head, admin):
    assert correct(sign_in(admin), admin, email=NEW).status_code == 409
    with pytest.raises(Refused):
        addresses.change_address(head, NEW, reason="x", by=make.staff(RoleName.OFFICER), now=NOW)


def test_an_address_with_an_account_is_refused(make, session, sign_in, head, admin):
    other = make.user()
    answer = correct(sign_in(admin), head, email=other.email)
    assert answer.status_code == 409
    assert "already an account" in answer.text


@pytest.mark.both_databases
def test_a_former_address_is_still_known_as_its_persons_where_a_bid_names_it(make, session, head, admin):
    """Else somebody could sign as another, with the mailbox they had before."""
    from fundflow.interests.named import note_named
    from fundflow.models.named_in_bid import NamedAs
    from fundflow.rules.named_in_bid import tie_of_approver

    bid = make.bid(lead=head.memberships[0].school, leader=head)
    officer = make.staff(RoleName.OFFICER, email="o_fficer@council.example")
    for person, email in ((head, NEW), (officer, "other@council.example")):
        addresses.change_address(person, email, reason="New mailbox", by=admin, now=NOW)
    assert tie_of_approver(bid, "ada@school.example") is NamedAs.LEAD
    assert tie_of_approver(bid, "da@school.example") is None
    bid.contact_email = "o_fficer@council.example"
    note_named(bid, NOW)
    assert [named.user for named in bid.named_people] == [officer]


# -- letters that failed --------------------------------------------------------------------------


def test_a_failed_letter_asks_for_the_right_address_and_changes_the_accounts(
    make, session, sign_in, head, admin
):
    letter = failed(make, session, head)
    client = sign_in(admin)
    assert f'value="{head.email}"' in client.get(f"/letters/{letter.id}").text
    answer = client.post(f"/letters/{letter.id}/resend", data={"email": "ada’s@school.example"})
    assert answer.status_code == 302
    session.expire_all()
    assert head.email == letter.email == "ada's@school.example"
    assert letter.status is LetterStatus.QUEUED


def test_a_failed_letter_to_no_account_goes_to_the_right_address(make, session, sign_in, head, admin):
    letter = failed(make, session, head, user_id=None, email="typo@school.example")
    client = sign_in(admin)
    assert client.post(f"/letters/{letter.id}/resend", data={"email": ""}).status_code == 422
    assert (
        client.post(f"/letters/{letter.id}/resend", data={"email": "right@school.example"}).status_code == 302
    )
    session.refresh(letter)
    assert (letter.email, letter.status) == ("right@school.example", LetterStatus.QUEUED)
    assert "typo@school.example" in session.scalar(select(HistoryEntry)).reason


def test_a_link_that_works_for_whoever_gets_it_is_sent_nowhere_else(make, session, sign_in, head, admin):
    letter = failed(make, session, head, user_id=None, link_purpose=LinkPurpose.ANSWER)
    answer = sign_in(admin).post(f"/letters/{letter.id}/resend", data={"email": "mine@council.example"})
    assert answer.status_code == 409
    assert "the letter goes to the new one" in answer.text


# -- addresses that can never be written to ----------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O’Brien@School.example", "o'brien@school.example"),
        (" o`brien@school.example ", "o'brien@school.example"),
        ("ada@école.example", "ada@école.example"),
    ],
)
def test_what_phones_make_of_an_address_is_put_right(typed, kept):
    assert written(typed) == kept
    assert why_not_address(kept) is None


@pytest.mark.parametrize(
    ("address", "why"),
    [("zoë@school.example", PLAIN), ("ada", FORMAT), ("@school.example", FORMAT), ("a b@c.example", FORMAT)],
)
def test_what_can_never_be_written_to_is_refused_with_its_reason(address, why):
    assert why_not_address(address) == why


def test_every_field_for_an_address_refuses_it(client):
    answer = client.post("/sign-in", data={"email": "zoë@school.example"})
    assert answer.status_code == 422
    assert PLAIN in answer.text


def every_form():
    """Every form of every room."""
    import fundflow.desk.routes.letters
    from fundflow.web.forms import Form

    found, left = set(), [Form]
    while left:
        more = left.pop().__subclasses__()
        found |= set(more)
        left += more
    assert fundflow.desk.routes.letters.ResendFailedForm in found
    return found


def test_every_field_for_an_address_in_every_form_is_one_that_refuses_it(app):
    fields = [
        (form.__name__, name, getattr(form, name).field_class)
        for form in every_form()
        for name in dir(form)
        if name.endswith("email") and hasattr(getattr(form, name), "field_class")
    ]
    assert len(fields) >= 8
    assert [field for field in fields if not issubclass(field[2], EmailAddress)] == []
