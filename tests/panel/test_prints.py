"""PDFs of the papers and the minutes: made by the worker, given to each reader as they may read now."""

import subprocess
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.files import Viewing
from fundflow.models.interest import InterestKind
from fundflow.models.panel import Meeting
from fundflow.models.pdf import Pdf, PdfState
from fundflow.models.person import RoleName
from fundflow.panel.meetings.prints import order_prints
from fundflow.panel.operations import interests, meetings
from fundflow.panel.operations.minutes import circulate, draft_minutes, issue_again
from fundflow.pdfs import LACKING, drawing
from fundflow.pdfs.drawing import NotMade, draw
from fundflow.web.access import now
from tests.factories import Make
from tests.panel.held import Held, at, the_small_meeting
from tests.pdf import made_pdf, press_here, text_of


@pytest.fixture
def held(make: Make, monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Held:
    """Two bids whose papers are out; the moment is that of the issue."""
    press_here(monkeypatch)
    held = Held(make)
    held.bid(title="Phonics for all")
    held.bid(title="Secret garden", lead=make.school("Rosehill Infant School"))
    meetings.issue_papers(held.meeting, user=held.clerk, now=at(9, day=2))
    time_machine.move_to(at(10, day=2), tick=False)
    return held


def pack(held: Held) -> str:
    return f"/meetings/{held.meeting.id}/pack.pdf"


def viewings() -> int:
    return len(db.session.scalars(select(Viewing)).all())


def barred(held: Held, name: str) -> None:
    interests.declare(
        held.meeting.items[1],
        held.seats[name].id,
        InterestKind.BARRED,
        "Family",
        user=held.user(name),
        now=now(),
    )


def test_while_it_is_made_the_page_says_so_and_prints(held: Held, sign_in) -> None:
    client = sign_in(held.user("Lee"))
    answer = client.get(pack(held))
    assert answer.status_code == 202
    assert "The PDF is being made" in answer.text
    assert "It takes a minute or two. The page prints meanwhile." in answer.text
    assert f'href="/meetings/{held.meeting.id}/pack"' in answer.text
    assert viewings() == 0


def test_a_pdf_whose_file_is_gone_is_made_anew(held: Held, sign_in) -> None:
    client = sign_in(held.user("Lee"))
    made_pdf(client, pack(held))
    (whole,) = [pdf for pdf in db.session.scalars(select(Pdf)) if pdf.parts]
    files().delete(whole.store_key or "")
    before = viewings()
    answer = client.get(pack(held))
    assert answer.status_code == 202
    assert "The PDF is being made" in answer.text
    assert viewings() == before
    assert "Secret garden" in text_of(made_pdf(client, pack(held)).data)


def test_every_download_is_kept_for_each_bid(held: Held, sign_in) -> None:
    client = sign_in(held.user("Lee"))
    for times in (1, 2):
        assert "Secret garden" in text_of(made_pdf(client, pack(held)).data)
        assert viewings() == 2 * times


def test_no_pdf_is_made_in_a_request(held: Held, sign_in, monkeypatch: pytest.MonkeyPatch) -> None:
    import pikepdf
    import weasyprint

    client = sign_in(held.user("Lee"))
    client.get(pack(held))
    draw(now())

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("A request makes no PDF.")

    for where, name in ((weasyprint, "HTML"), (pikepdf.Pdf, "open"), (subprocess, "Popen")):
        monkeypatch.setattr(where, name, never)
    made_pdf(client, pack(held))
    assert sign_in(held.user("Gil")).get(pack(held)).status_code == 202


def test_an_item_is_one_pdf_for_all_who_read_it(held: Held, sign_in) -> None:
    barred(held, "Pat")
    for name in ("Lee", "Pat", "Gil"):
        sign_in(held.user(name)).get(pack(held))
    found = db.session.scalars(select(Pdf).order_by(Pdf.id)).all()
    assert [len(pdf.parts) for pdf in found] == [0, 0, 2, 1, 2]


def test_what_a_reader_is_barred_from_after_the_issue_is_no_longer_in_their_pack(held: Held, sign_in) -> None:
    client = sign_in(held.user("Pat"))
    assert "Secret garden" in text_of(made_pdf(client, pack(held)).data)
    barred(held, "Pat")
    assert client.get(pack(held)).status_code == 202
    text = text_of(made_pdf(client, pack(held)).data)
    assert "An item you take no part in" in text
    assert "Phonics for all" in text
    assert "Secret garden" not in text
    assert "Rosehill" not in text


def test_papers_that_are_issued_again_are_never_given_out_as_they_were(held: Held, sign_in) -> None:
    client = sign_in(held.user("Lee"))
    made_pdf(client, pack(held))
    item = held.meeting.items[0]
    item.bid.review.need_notes = "Seen anew."
    issue_again(item, user=held.clerk, now=now())
    assert client.get(pack(held)).status_code == 202
    text = text_of(made_pdf(client, pack(held)).data)
    assert "Seen anew." in text
    assert "Papers number 2" in text


def test_others_find_no_pdf_even_where_it_is_made(held: Held, make: Make, sign_in) -> None:
    made_pdf(sign_in(held.user("Lee")), pack(held))
    other = make.seat(make.fund(), make.user("Otto Other")).user
    assert sign_in(other).get(pack(held)).status_code == 404
    head = make.user("Hana Head")
    make.belongs(head, held.meeting.items[0].bid.lead_school)
    assert sign_in(head).get(pack(held)).status_code == 403


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("odd", "The PDF could not be made"),
        (LACKING, "The software that writes PDFs is not installed on this server."),
    ],
)
def test_where_it_could_not_be_made_the_page_says_so_and_prints(
    held: Held, sign_in, monkeypatch: pytest.MonkeyPatch, why: str, words: str
) -> None:
    def fails(*_: Any) -> Any:
        raise NotMade(why)

    monkeypatch.setattr(drawing.Press, "make", fails)
    client = sign_in(held.user("Lee"))
    client.get(pack(held))
    draw(now())
    answer = client.get(pack(held))
    assert answer.status_code == 503
    assert words in answer.text
    assert f'href="/meetings/{held.meeting.id}/pack"' in answer.text
    assert ("We will try again." in answer.text) is (why == "odd")
    for pdf in db.session.scalars(select(Pdf)):
        pdf.state = PdfState.FAILED
    db.session.commit()
    page = client.get(pack(held)).text
    assert words in page
    assert "We will try again." not in page


# -- before anybody asks ------------------------------------------------------------------------


def test_members_and_clerk_find_the_pack_made_before_they_ask(held: Held, make: Make, sign_in) -> None:
    order_prints(now())
    assert draw(now()) == 2 + len(held.seats) + 1
    for user in (held.user("Lee"), held.user("Chris"), held.clerk):
        with sign_in(user).get(pack(held)) as answer:
            assert answer.data.startswith(b"%PDF"), user.name
    assert sign_in(make.staff(RoleName.AUDITOR)).get(pack(held)).status_code == 202


def test_nothing_is_ordered_twice_or_before_the_papers_are_out(held: Held, make: Make) -> None:
    planned = make.meeting(held.fund)
    order_prints(now())
    found = db.session.scalars(select(Pdf.key)).all()
    order_prints(now())
    assert db.session.scalars(select(Pdf.key)).all() == found
    assert not any(f"/{planned.id}/" in one for one in db.session.scalars(select(Pdf.instead)))
    assert db.session.get_one(Meeting, planned.id)


def test_minutes_are_made_once_they_went_to_the_members(
    make: Make, sign_in, monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    press_here(monkeypatch)
    held = the_small_meeting(make)
    minutes = draft_minutes(held.meeting, user=held.clerk, now=at(18))
    time_machine.move_to(at(19), tick=False)
    place = f"/meetings/{held.meeting.id}/minutes.pdf"
    order_prints(now())
    assert db.session.scalars(select(Pdf)).all() == []
    assert "not yet with the members" in text_of(made_pdf(sign_in(held.clerk), place).data)
    circulate(minutes, user=held.clerk, now=at(19))
    order_prints(now())
    assert draw(now()) == 1  # all read the same
    with sign_in(held.user("Lee")).get(place) as answer:
        assert "Vote: 5 for, 0 against." in text_of(answer.data)
