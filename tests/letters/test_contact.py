"""Every letter says whom to ask, and is answered to the fund's contact."""

import pytest

from fundflow.letters.addressee import Addressee
from fundflow.letters.contact import whom_to_ask
from fundflow.letters.delivery import deliver
from fundflow.letters.writing import write_letter
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.letters.conftest import Office

READER = Addressee("Sam Reader", "sam@reader.example")


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        (
            ("The team", "t@c.example", "01632 960 123"),
            "Reply to this email or call 01632 960 123 (The team).",
        ),
        (("", "t@c.example", ""), "Reply to this email (Borough of Brackenford)."),
        (("The team", "", "01632 960 123"), "Reply to this email or call 01632 960 123 (The team)."),
        (("The team", "", ""), "Reply to this email (The team)."),
        (("", "", ""), "Reply to this email (Borough of Brackenford)."),
    ],
)
def test_the_ways_to_ask_are_those_that_there_are(
    make: Make, contact: tuple[str, str, str], says: str
) -> None:
    fund = make.fund(contact_name=contact[0], contact_email=contact[1], contact_phone=contact[2])
    bid = make.bid(fund=fund)
    bid.officer = None
    assert whom_to_ask(READER, bid) == f"Do you have a question? {says}"


def test_the_officer_is_named_but_not_to_the_officer(make: Make) -> None:
    bid = make.bid(state=BidState.IN_REVIEW)
    assert bid.officer
    assert whom_to_ask(READER, bid).endswith(f" {bid.officer.name} looks after this bid.")
    officer = Addressee(bid.officer.name, bid.officer.email, bid.officer)
    assert "looks after" not in whom_to_ask(officer, bid)


def test_a_letter_of_no_bid_names_the_fund_of_its_meeting_else_the_first_with_a_contact(make: Make) -> None:
    make.fund()
    first, second = (make.fund(contact_email=f"{name}@c.example") for name in ("first", "second"))
    make.session.flush()

    def reply_to(record: object) -> str:
        user = make.user()
        letter = write_letter(
            "accounts/sign_in.txt",
            "user",
            Addressee(user.name, user.email, user),
            key=user.email,
            now=NOW,
            context={"record": record} if record else {},
        )
        return letter.reply_to

    assert reply_to(make.meeting(second)) == second.contact_email
    assert reply_to(None) == first.contact_email


def test_an_answer_goes_to_the_contact(make: Make, posted: Office) -> None:
    bid = make.bid(fund=make.fund(contact_email="team@council.example"))
    write_letter("accounts/sign_in.txt", "user", READER, key="x", now=NOW, bid=bid)
    make.session.commit()
    assert deliver(NOW) == 1
    assert posted.messages[0]["Reply-To"] == "team@council.example"
    assert posted.messages[0]["From"] == "fund@brackenford.example"
