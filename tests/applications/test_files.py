"""The files of a bid: attaching, scanning, removing, and deleting what no bid knows."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.clock.tidying import KEEP_STRAY_FILES, tidy_files
from fundflow.models.bid import Bid, Origin
from fundflow.models.files import Attachment, FileKind
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.review import Query
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import errors, file_path, freeze, full_bid, hidden
from tests.factories import NOW, Make
from tests.files.clamd import clamd
from tests.files.kept import Kept, kept, upload
from tests.files.samples import EICAR, SECRET, csv, docx, ods, odt, pdf, photograph, xlsx

__all__ = ["kept"]

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def bid(make: Make, head: User) -> Bid:
    return full_bid(make, head)


def form(bid: Bid) -> str:
    return f"/bids/{bid.reference}/form/files"


def attached(session: Session, bid: Bid) -> list[str]:
    session.expire_all()
    return [file.name for file in bid.files]


# -- attaching ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("plan.pdf", pdf(), FileKind.PDF),
        ("plan.docx", docx(), FileKind.DOCX),
        ("data.xlsx", xlsx(), FileKind.XLSX),
        ("data.csv", csv(), FileKind.CSV),
        ("plan.odt", odt(), FileKind.ODT),
        ("data.ods", ods(), FileKind.ODS),
    ],
)
def test_a_file_is_attached_listed_and_read_as_it_was_sent(
    bid: Bid,
    head: User,
    sign_in: SignIn,
    session: Session,
    kept: Kept,
    name: str,
    data: bytes,
    kind: FileKind,
) -> None:
    client = sign_in(head)
    answer = upload(client, form(bid), name, data, description="Reading ages in May")
    assert answer.location == form(bid)
    html = client.get(form(bid)).text
    assert "The file is attached." in html
    assert "Attached: 1 of 5" in html
    assert name in html
    assert "Reading ages in May" in html
    file = session.scalars(select(Attachment)).one()
    assert file_path(bid, file) in client.get(f"/bids/{bid.reference}/form/check").text
    assert (file.kind, file.size, file.scanned) == (kind, len(data), False)
    with client.get(file_path(bid, file)) as got:
        assert got.data == data


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_photograph_is_kept_without_where_it_was_taken(
    bid: Bid, head: User, sign_in: SignIn, session: Session, kept: Kept, format: str
) -> None:
    client, sent = sign_in(head), photograph(format)
    assert "We remove where and when" in client.get(form(bid)).text
    assert upload(client, form(bid), f"receipt.{format}", sent).location == form(bid)
    assert upload(client, form(bid), f"receipt.{format}", sent).location == form(bid)  # a double click
    file = session.scalars(select(Attachment)).one()
    with client.get(file_path(bid, file)) as got:
        assert got.content_type == f"image/{format.lower()}"
        assert SECRET in sent
        assert SECRET not in got.data
        assert (file.size, file.sha256) == (len(got.data), hashlib.sha256(got.data).hexdigest())


@pytest.mark.parametrize(
    ("setting", "name", "data", "words"),
    [
        ("takes_opendocument", "plan.odt", odt(), "OpenDocument (.odt or .ods)"),
        ("takes_opendocument", "data.ods", ods(), "OpenDocument (.odt or .ods)"),
        ("takes_photographs", "a.jpg", photograph(), "JPEG or PNG"),
        ("takes_photographs", "a.png", photograph("PNG"), "JPEG or PNG"),
    ],
)
@pytest.mark.parametrize("late", [False, True], ids=["a form", "late evidence"])
def test_what_the_fund_does_not_take_is_neither_offered_nor_taken(
    make: Make,
    head: User,
    sign_in: SignIn,
    kept: Kept,
    setting: str,
    name: str,
    data: bytes,
    words: str,
    late: bool,
) -> None:
    bid = full_bid(make, head, S.SUBMITTED if late else S.DRAFT)
    path, field = (f"/bids/{bid.reference}/late-evidence", "first") if late else (form(bid), "file")
    client, ending = sign_in(head), f".{name.rpartition('.')[2]}"
    shown = client.get(path).text
    assert words in shown
    assert ending in shown.partition('accept="')[2].partition('"')[0].split(",")
    setattr(bid.fund, setting, False)
    make.session.flush()
    shown = client.get(path).text
    assert words not in shown
    assert ending not in shown.partition('accept="')[2].partition('"')[0].split(",")
    refused = upload(client, path, name, data, field=field, text="Results")
    assert refused.status_code == 422
    assert f"ends in “{ending}” can’t be attached" in refused.text
    assert kept.stored() == []


def test_a_file_is_given_out_to_be_saved_and_never_shown(
    bid: Bid, head: User, sign_in: SignIn, make: Make, kept: Kept
) -> None:
    file = kept.file(make, bid, "План – école.csv", csv())
    with sign_in(head).get(file_path(bid, file)) as got:
        headers = got.headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%D0%9F" in headers["Content-Disposition"]
    assert headers["Content-Type"] == "text/csv"
    assert headers["Content-Length"] == str(len(csv()))
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_nothing_chosen_is_said(bid: Bid, head: User, sign_in: SignIn, kept: Kept) -> None:
    client = sign_in(head)
    for answer in (client.post(form(bid), data={}), upload(client, form(bid), "", b"")):
        assert answer.status_code == 422
        assert errors(answer) == ["Choose a file"]
    assert kept.stored() == []


def test_a_wrong_file_is_said_beside_it_and_the_description_is_still_there(
    bid: Bid, head: User, sign_in: SignIn, kept: Kept
) -> None:
    answer = upload(sign_in(head), form(bid), "plan.pdf", b"hello", description="What it is, typed with care")
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    assert 'id="file-error"' in answer.text
    assert "What it is, typed with care" in answer.text
    assert kept.stored() == []


def test_a_second_click_attaches_nothing_more(
    bid: Bid, head: User, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    client = sign_in(head)
    for _ in range(2):
        assert upload(client, form(bid), "plan.pdf", pdf(), description="x").status_code == 302
    assert attached(session, bid) == ["plan.pdf"]
    assert len(kept.stored()) == 1


def test_the_same_file_under_another_name_is_said_to_be_there(
    bid: Bid, head: User, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    client = sign_in(head)
    upload(client, form(bid), "plan.pdf", pdf())
    answer = upload(client, form(bid), "other.pdf", pdf())
    assert errors(answer) == ["This file is attached already, as “plan.pdf”"]
    assert len(kept.stored()) == 1


def test_a_sixth_file_is_refused_and_the_form_for_one_is_gone(
    bid: Bid, head: User, sign_in: SignIn, make: Make, session: Session, kept: Kept
) -> None:
    for n in range(5):
        kept.file(make, bid, f"{n}.pdf")
    client = sign_in(head)
    assert "To attach another file, remove one first." in client.get(form(bid)).text
    answer = upload(client, form(bid), "six.pdf", pdf(b"6"))
    assert errors(answer) == ["A bid can have at most 5 files. Remove one first"]
    assert len(attached(session, bid)) == len(kept.stored()) == 5


@pytest.mark.parametrize("state", [S.SUBMITTED, S.AT_PANEL, S.RETURNED])
def test_a_bid_that_can_not_be_changed_takes_no_file(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept, state: S
) -> None:
    bid = full_bid(make, head, state)
    freeze(make, bid, 2)
    client = sign_in(head)
    assert client.get(form(bid)).status_code == 302
    answer = upload(client, form(bid), "plan.pdf", pdf(), description="Typed with care")
    assert answer.status_code == 409
    assert "Typed with care" in answer.text
    assert attached(session, bid) == kept.stored() == []


def test_a_short_bid_has_no_attachments(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    bid = make.bid(lead=head.memberships[0].school, leader=head)
    client = sign_in(head)
    assert client.get(form(bid)).location == f"/bids/{bid.reference}/form"
    answer = upload(client, form(bid), "plan.pdf", pdf())
    assert "Only bids that need the full form have attachments." in answer.text
    assert kept.stored() == []


def test_an_officer_attaches_to_the_bid_they_enter(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    bid = full_bid(make, head, origin=Origin.ENTERED)
    assert upload(sign_in(make.staff(R.OFFICER)), form(bid), "plan.pdf", pdf()).status_code == 302
    assert attached(session, bid) == ["plan.pdf"]


def test_what_the_officer_asked_about_the_files_is_answered_on_their_page(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    bid = full_bid(make, head, S.RETURNED)
    freeze(make, bid, 2)
    asked = make._add(Query(bid_id=bid.id, batch=1, section="files", question="May we see it?", asked_at=NOW))
    client = sign_in(head)
    assert upload(client, form(bid), "plan.pdf", pdf()).status_code == 302
    html = client.get(form(bid)).text
    assert "May we see it?" in html
    name = f"reply_{asked.id}"
    sent = {"stamp": hidden(html, "stamp"), "version": hidden(html, "version")}
    empty = client.post(form(bid), data={**sent, name: ""})
    assert empty.status_code == 422
    assert client.post(form(bid), data={**sent, name: "Attached now."}).status_code == 302
    session.refresh(asked)
    assert asked.answer == "Attached now."
    assert attached(session, bid) == ["plan.pdf"]


# -- the scanner ----------------------------------------------------------------------------------


def test_what_the_scanner_finds_is_not_stored(
    app: Flask,
    bid: Bid,
    head: User,
    sign_in: SignIn,
    session: Session,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with clamd() as place:
        monkeypatch.setitem(app.config, "CLAMD", place)
        client = sign_in(head)
        answer = upload(client, form(bid), "bad.pdf", pdf(EICAR))
        assert errors(answer)[0].startswith("The virus scanner found something harmful in the file")
        assert upload(client, form(bid), "good.pdf", pdf()).status_code == 302
    assert session.scalars(select(Attachment)).one().scanned
    assert len(kept.stored()) == 1


def test_while_the_scanner_is_down_nothing_is_stored_and_nothing_typed_is_lost(
    app: Flask,
    bid: Bid,
    head: User,
    sign_in: SignIn,
    session: Session,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "CLAMD", "127.0.0.1:1")
    answer = upload(sign_in(head), form(bid), "plan.pdf", pdf(), description="Typed with care")
    assert answer.status_code == 409
    assert "could not be checked for viruses just now" in answer.text
    assert "Typed with care" in answer.text
    assert attached(session, bid) == kept.stored() == []


# -- removing -------------------------------------------------------------------------------------


def test_a_file_of_a_draft_is_removed_for_good(
    bid: Bid, head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    file = kept.file(make, bid)
    client = sign_in(head)
    path = f"{form(bid)}/{file.id}/remove"
    assert "Remove this file?" in client.get(path).text
    for _ in range(2):
        assert client.post(path, data={}).location == form(bid)
    assert attached(session, bid) == kept.stored() == []
    assert session.scalar(select(func.count(Attachment.id))) == 0
    assert client.get(path).status_code == 404


def test_a_file_that_was_sent_is_kept_for_the_version_that_names_it(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    bid = full_bid(make, head, S.IN_REVIEW)
    file = kept.file(make, bid)
    freeze(make, bid, 2)
    bid.correcting_since = NOW
    client = sign_in(head)
    assert client.post(f"{form(bid)}/{file.id}/remove", data={}).status_code == 302
    session.refresh(file)
    assert file.removed_at is not None
    assert kept.stored() == [file.store_key]


def test_only_files_of_the_bid_itself_are_removed(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    mine, other = full_bid(make, head), full_bid(make, make.member(make.school("Elm")))
    file = kept.file(make, other)
    client = sign_in(head)
    assert client.get(f"{form(mine)}/{file.id}/remove").status_code == 404
    client.post(f"{form(mine)}/{file.id}/remove", data={})
    assert client.post(f"{form(other)}/{file.id}/remove", data={}).status_code == 404
    assert attached(session, other) == ["plan.pdf"]


# -- the clock ------------------------------------------------------------------------------------


def test_bytes_that_no_bid_knows_are_deleted_after_a_day(bid: Bid, make: Make, kept: Kept) -> None:
    known, stray = kept.file(make, bid), kept.store.put(b"stray")
    today = datetime.now(UTC)
    assert tidy_files(today + KEEP_STRAY_FILES - timedelta(minutes=5)) == 0
    assert stray in kept.stored()
    assert tidy_files(today + KEEP_STRAY_FILES + timedelta(minutes=5)) == 1
    assert kept.stored() == [known.store_key]


def test_a_store_out_of_reach_stops_no_clock(
    app: Flask, kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(_moment: datetime) -> Any:
        raise OSError("no route")

    monkeypatch.setattr(kept.store, "keys_from_before", down)
    assert tidy_files(NOW) == 0
    assert "can’t be tidied" in caplog.text


def test_a_frozen_version_names_the_files_by_their_hash(bid: Bid, make: Make, kept: Kept) -> None:
    file = kept.file(make, bid)
    text = freeze(make, bid, 1).answers
    assert json.loads(text)["sections"]["files"]["rows"]["files"][0]["sha256"] == file.sha256
