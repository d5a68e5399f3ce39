"""Notes of staff inside a bid: who reads them, whom they name, and what a school ever sees."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.models.desk import Mention, StaffNote
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, Standing, User
from fundflow.review.operations import notes
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn, barred

pytestmark = pytest.mark.usefixtures("clock")

SECRET = "The head is leaving at Easter\nand nobody knows yet."


def where(it: SimpleNamespace, end: str = "") -> str:
    return f"/bids/{it.bid.reference}/notes{end}"


def written(make: Make, it: SimpleNamespace, by: User, *named: User, text: str = SECRET) -> StaffNote:
    note = StaffNote(
        bid=it.bid, text=text, by_id=by.id, at=NOW, mentions=[Mention(user_id=user.id) for user in named]
    )
    make.session.add(note)
    make.session.commit()
    return note


def test_a_note_names_colleagues_who_find_it_in_their_work_until_they_have_read_it(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    version = it.bid.version
    client = sign_in(officer)
    assert "Dev Deputy" in client.get(where(it)).text
    assert client.post(where(it), data={"text": SECRET, "mentioned": [deputy.id]}).status_code == 302
    note = make.session.scalars(select(StaffNote)).one()
    assert (note.by, [one.user for one in note.mentions]) == (officer, [deputy])
    assert it.bid.version == version  # nobody's page goes stale
    letter = make.session.scalars(select(Letter)).one()
    assert (letter.user_id, letter.status, letter.outside) == (deputy.id, LetterStatus.IN_DIGEST, False)
    assert "Easter" not in letter.subject + letter.body  # more people read letters than notes
    assert f"http://fund.example{where(it)}" in letter.body

    client = sign_in(deputy)
    assert f"{where(it)}#note-{note.id}" in client.get("/work").text
    text = client.get(where(it)).text
    assert "The head is leaving at Easter<br>and nobody knows yet." in text
    assert "Mark as read" in text
    assert client.post(where(it, f"/{note.id}/read")).status_code == 302
    assert note.mentions[0].read_at == NOW
    assert "note-" not in client.get("/work").text
    assert "Mark as read" not in client.get(where(it)).text
    assert "Read the note for you" not in sign_in(officer).get("/work").text


def test_only_whoever_a_note_names_marks_it_as_read(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    note = written(make, it, officer, deputy)
    answer = sign_in(officer).post(where(it, f"/{note.id}/read"))
    assert answer.status_code == 409
    assert "This note does not name you." in answer.text
    assert note.mentions[0].read_at is None


def test_those_who_work_on_the_bid_may_be_named_and_nobody_else(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    clerk, impact = (
        make.staff(RoleName.CLERK, "Cleo Clerk"),
        make.staff(RoleName.IMPACT_OFFICER, "Ida Impact"),
    )
    stepped_back = make.staff(RoleName.OFFICER, "Bo Barred")
    barred(make, it, stepped_back)
    make.role(it.head, RoleName.DEPUTY_OFFICER)  # of a school that takes part
    gone = make.staff(RoleName.OFFICER, "Gil Gone", active=False)
    finance, auditor = make.staff(RoleName.FINANCE), make.staff(RoleName.AUDITOR)
    elsewhere = make.user("Eve Elsewhere")
    make.role(elsewhere, RoleName.OFFICER, fund=make.fund())
    client = sign_in(officer)
    text = client.get(where(it)).text
    for one in (deputy, clerk, impact):
        assert f'value="{one.id}"' in text
    for one in (officer, stepped_back, it.head, gone, finance, auditor, elsewhere, it.seats[0].user):
        assert f'value="{one.id}"' not in text
        answer = client.post(where(it), data={"text": "Look", "mentioned": [deputy.id, one.id]})
        assert answer.status_code == 422
        with pytest.raises(Refused, match="can’t read notes"):
            notes.write_note(it.bid, "Look", [one.id], user=officer, now=NOW)
        make.session.rollback()
    assert make.session.scalar(select(func.count()).select_from(StaffNote)) == 0


def test_a_colleague_who_steps_back_later_no_longer_finds_the_note(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    written(make, it, officer, deputy)
    assert "Read the note for you" in sign_in(deputy).get("/work").text
    barred(make, it, deputy)
    client = sign_in(deputy)
    assert "Read the note for you" not in client.get("/work").text
    assert client.get(where(it)).status_code == 403


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("", 422, "Enter the note"),
        ("  \n ", 422, "Enter the note"),
        ("x" * 2001, 422, "2,000 characters or fewer"),
    ],
)
def test_a_note_says_something_and_not_too_much(
    case: Case, sign_in: SignIn, officer: User, text: str, status: int, sentence: str
) -> None:
    answer = sign_in(officer).post(where(case()), data={"text": text})
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_double_click_writes_one_note_and_one_letter(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, clock: Any
) -> None:
    it = case()
    client = sign_in(officer)
    data = {"text": SECRET, "mentioned": [deputy.id]}
    for _ in range(2):
        assert client.post(where(it), data=data).status_code == 302
    assert make.session.scalar(select(func.count()).select_from(StaffNote)) == 1
    assert make.session.scalar(select(func.count()).select_from(Letter)) == 1
    clock.shift(timedelta(minutes=2))
    client.post(where(it), data=data)
    assert make.session.scalar(select(func.count()).select_from(StaffNote)) == 2


@pytest.mark.parametrize("role", [RoleName.AUDITOR, RoleName.ADMINISTRATOR])
def test_auditors_and_administrators_read_notes_and_write_none(
    case: Case, sign_in: SignIn, officer: User, make: Make, role: RoleName
) -> None:
    it = case()
    note = written(make, it, officer)
    client = sign_in(make.staff(role))
    text = client.get(where(it)).text
    assert "leaving at Easter" in text
    assert "Write a note" not in text
    assert "Send this note" not in text
    assert client.post(where(it), data={"text": "Mine"}).status_code == 409
    assert client.post(where(it, f"/{note.id}/send")).status_code == 409
    assert note.sent_at is None


# -- what schools, the panel and everybody else see ------------------------------------------------

PLACES = (
    "",
    "/application",
    "/application/versions/1",
    "/application/versions/1.json",
    "/form",
    "/review",
    "/panel",
    "/money",
    "/impact",
    "/history",
    "/letters",
    "/notes",
)


def everything(app: Flask, client: FlaskClient, it: SimpleNamespace) -> str:
    """All that somebody can read about a bid, on its pages, in lists and in exports."""
    lists = [
        "/work",
        "/bids",
        "/schools",
        f"/schools/{it.bid.lead_school.urn}",
        "/register",
        "/register.csv",
        "/money",
        "/meetings",
    ]
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    exports = [rule for rule in rules if rule.endswith(".csv") and "<" not in rule]  # a workbook is packed
    pages = [f"/bids/{it.bid.reference}{place}" for place in PLACES] + lists + exports
    texts = []
    for page in pages:
        with client.get(page) as response:
            texts.append(response.get_data().decode("utf-8", "ignore"))
    return "\n".join(texts)


@pytest.mark.parametrize(
    "state",
    [
        S.AT_PANEL,
        *(pytest.param(s, marks=pytest.mark.thorough) for s in (S.IN_REVIEW, S.RETURNED, S.IN_DELIVERY)),
    ],
)
def test_no_school_and_no_member_ever_reads_a_note(
    app: Flask, case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, state: S
) -> None:
    it = case(state)
    note = written(make, it, officer, deputy)
    notes.write_note(it.bid, "Ask at Easter about the head", [deputy.id], user=officer, now=NOW)
    team = make.member(it.bid.lead_school, Standing.TEAM)
    seats = [seat.user for seat in it.seats]
    for person in (it.head, team, it.provider_head, *seats[:2]):
        client = sign_in(person)
        assert "Easter" not in everything(app, client, it)
        assert client.get(where(it)).status_code == 404
        assert client.post(where(it), data={"text": "Mine"}).status_code == 404
        for act in ("read", "send"):
            assert client.post(where(it, f"/{note.id}/{act}")).status_code == 404
    for person in (it.head, team, it.provider_head):
        text = sign_in(person).get(f"/bids/{it.bid.reference}/history").text
        assert "Wrote a note" not in text


def test_an_officer_of_a_school_that_takes_part_reads_no_note(
    app: Flask, case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    written(make, it, officer)
    make.role(it.head, RoleName.OFFICER)
    client = sign_in(it.head)
    assert client.get(where(it)).status_code == 403
    assert "Easter" not in everything(app, client, it)


def test_a_note_of_another_bid_is_not_found(case: Case, sign_in: SignIn, officer: User, make: Make) -> None:
    it, other = case(), case()
    note = written(make, other, officer)
    client = sign_in(officer)
    for act in ("read", "send"):
        assert client.post(where(it, f"/{note.id}/{act}")).status_code == 404
    assert client.post(where(it, "/99999999999/send")).status_code == 404


# -- sent to the school ----------------------------------------------------------------------------


def test_a_note_that_is_sent_reaches_the_head_and_stands_on_the_bids_page(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    note = written(make, it, deputy, text="Please send last year’s results.")
    other = written(make, it, deputy)
    client = sign_in(officer)
    confirm = client.get(where(it, f"/{note.id}/send")).text
    assert "Please send last year’s results." in confirm
    assert "Dev Deputy wrote this." in confirm
    assert note.sent_at is None
    for _ in range(2):  # a double click
        assert client.post(where(it, f"/{note.id}/send")).status_code == 302
    assert (note.sent_at, note.sent_by) == (NOW, officer)
    letter = make.session.scalars(select(Letter)).one()
    assert (letter.recipient, letter.email, letter.outside) == ("school", it.head.email, True)
    assert "Please send last year’s results." in letter.body
    assert "Olive Officer" in letter.subject
    assert "Sent to the school" in client.get(where(it)).text

    team = make.member(it.bid.lead_school, Standing.TEAM)
    for person in (it.head, team):
        text = sign_in(person).get(f"/bids/{it.bid.reference}").text
        assert "Please send last year’s results." in text
        assert "Olive Officer" in text
        assert "Easter" not in text
    for person in (it.provider_head, officer):
        assert "Please send" not in sign_in(person).get(f"/bids/{it.bid.reference}").text
    assert other.sent_at is None
    entry = make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "send_note")).one()
    assert not entry.internal
    shown = sign_in(it.provider_head).get(f"/bids/{it.bid.reference}/history").text
    assert "Please send" not in shown  # a partner reads that, not what


@pytest.mark.parametrize("role", [RoleName.CLERK, RoleName.IMPACT_OFFICER])
def test_only_officers_send_notes(
    case: Case, sign_in: SignIn, make: Make, officer: User, role: RoleName
) -> None:
    it = case()
    note = written(make, it, officer)
    client = sign_in(make.staff(role))
    assert "Send this note" not in client.get(where(it)).text
    for answer in (client.get(where(it, f"/{note.id}/send")), client.post(where(it, f"/{note.id}/send"))):
        assert answer.status_code == 409
        assert "Only the liaison officer can send a note" in answer.text
    with pytest.raises(Refused):
        notes.send_note(note, user=make.staff(role), now=NOW)
    assert note.sent_at is None


# -- many ------------------------------------------------------------------------------------------


def test_notes_page_by_key_with_a_bounded_number_of_queries(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, count_queries: list[str]
) -> None:
    it = case()
    written(make, it, officer, deputy, text="Note 0")
    number, page, writer, reader = it.bid.id, where(it), officer.id, deputy.id
    client = sign_in(officer)

    def queries(address: str) -> tuple[int, str]:
        make.session.commit()
        make.session.expunge_all()
        count_queries.clear()
        text = client.get(address).text
        return len(count_queries), text

    small, _text = queries(page)
    for n in range(1, 31):
        make.session.add(
            StaffNote(
                bid_id=number, text=f"Note {n}", by_id=writer, at=NOW, mentions=[Mention(user_id=reader)]
            )
        )
        make.staff(RoleName.CLERK)
    many, text = queries(page)
    assert many == small <= 18
    assert "Note 30<" in text
    assert "Note 5<" not in text
    last = text.split("after=")[1].split('"')[0]
    _count, older = queries(f"{page}?after={last}")
    assert "Note 5<" in older
    assert "Note 0<" in older
    assert "Older notes" not in older
    assert queries(f"{page}?after=none")[1]
