"""A fund's letters begin and end with its own words; names in them are safe."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.letters.addressee import Addressee
from fundflow.letters.frame import framed, why_not_framed
from fundflow.letters.writing import LINK, write_letter
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, RoleName
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make

OWN = {
    "letter_opening": "Annwyl ((name)), dear ((name))",
    "letter_closing": "The ((fund)) team\r\n((council))",
}


def post(client: FlaskClient, fund: Fund, **given: Any) -> Any:
    return client.post(f"/funds/{fund.id}/letter-words", data={"version": fund.version, **OWN, **given})


def a_letter(make: Make, fund: Fund, name: str = "Sam Hill", link: LinkPurpose | None = None) -> Letter:
    bid = make.bid(state=BidState.SUBMITTED, fund=fund)
    who = Addressee(name, "sam@school.example")
    path = None if link else "/work"
    return write_letter(
        "application/take_up.txt",
        "school",
        who,
        key=f"k{bid.id}",
        now=NOW,
        bid=bid,
        link=link,
        path=path,
        context={"entry": make.history(bid)},
    )


def test_letters_begin_and_end_as_usual_until_a_fund_says_otherwise(
    as_admin: FlaskClient, make: Make, fund: Fund
) -> None:
    usual = a_letter(make, fund)
    assert usual.body.startswith("Dear Sam Hill\n\n")
    assert usual.body.endswith("\n\nSchool improvement fund\nBorough of Brackenford\n")
    assert post(as_admin, fund).status_code == 302
    own = a_letter(make, fund).body
    assert own.startswith("Annwyl Sam Hill, dear Sam Hill\n\n")
    assert own.endswith(f"\n\nThe {fund.name} team\nBorough of Brackenford\n")
    assert a_letter(make, make.fund()).body.startswith("Dear Sam Hill\n\n")
    assert usual.body.startswith("Dear Sam Hill\n\n")  # what was written stays


def test_what_takes_a_names_place_is_not_looked_at_again(make: Make, fund: Fund) -> None:
    fund.letter_opening = "Dear ((name)) {{ 7 * 7 }} {name}"
    body = a_letter(make, fund, "((council)) Jones").body
    assert body.startswith("Dear ((council)) Jones {{ 7 * 7 }} {name}\n\n")


def test_no_word_of_a_fund_becomes_a_one_time_link(make: Make, fund: Fund) -> None:
    fund.letter_closing = f"https://elsewhere.example/{LINK}"
    body = a_letter(make, fund, link=LinkPurpose.SIGN_IN).body
    assert "elsewhere.example/one-time link\n" in body
    assert body.count(LINK) == 1


def test_words_are_shown_before_they_are_saved(as_admin: FlaskClient, fund: Fund, session: Session) -> None:
    answer = post(as_admin, fund, act="show", letter_closing="Cofion\nThe ((fund)) team")
    assert answer.status_code == 200
    assert f"Cofion<br>The {fund.name} team" in answer.text
    session.refresh(fund)
    assert (fund.letter_opening, fund.letter_closing, fund.version) == ("", "", 1)


def test_each_change_stands_in_the_history_with_what_was_before(
    as_admin: FlaskClient, fund: Fund, session: Session
) -> None:
    post(as_admin, fund)
    post(as_admin, fund, letter_opening="Hello ((name))")
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.process == "fund")).all()
    assert entries[-1].given["letter_opening"] == [OWN["letter_opening"], "Hello ((name))"]
    assert "letter_closing" not in entries[-1].given


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Dear ((nmae))", "There is no name ((nmae))"),
        ("Dear ((name)", "Close each name with two brackets"),
        ("Dear (( LINK ))", "There is no name (( LINK ))"),
        ("Pay 12-34-56 12345678", "Bank details are never kept here"),
    ],
)
def test_words_that_can_not_stand_in_letters_are_refused_and_kept(
    as_admin: FlaskClient, fund: Fund, words: str, says: str
) -> None:
    answer = post(as_admin, fund, letter_opening=words)
    assert answer.status_code == 422
    assert says in answer.text
    assert f"{words}</textarea>" in answer.text
    assert fund.letter_opening == ""


def test_only_an_administrator_of_the_fund_changes_them(make: Make, sign_in: Any, fund: Fund) -> None:
    other = make.user()
    make.role(other, RoleName.ADMINISTRATOR, fund=make.fund())
    make.session.commit()
    assert post(sign_in(other), fund).status_code == 409
    for role in (RoleName.AUDITOR, RoleName.OFFICER):
        assert post(sign_in(make.staff(role)), fund).status_code == 403
    assert fund.letter_opening == ""


def test_names_may_stand_apart_from_their_brackets() -> None:
    assert framed("Dear (( name ))", {"name": "Ann"}) == "Dear Ann"
    assert why_not_framed("Dear (Ms) ((name))") is None
