"""Uploads by somebody who means harm, through the pages; and over real connections."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart as werkzeug_encode

from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, Viewing
from fundflow.models.person import User
from fundflow.web.uploads import A_FILE
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import errors, file_path
from tests.factories import Make
from tests.files.hostile_table import ODD_NAMES, TABLE
from tests.files.kept import Kept, kept, send_form, upload
from tests.files.samples import MEGABYTE, csv, pdf

__all__ = ["kept"]

SignIn = Callable[[User | None], FlaskClient]


def full_bid(make: Make, **values: Any) -> Bid:
    bid = make.bid(**values)
    bid.requested_pence = bid.fund.full_from_pence
    make.session.commit()
    return bid


def form(bid: Bid) -> str:
    return f"/bids/{bid.reference}/form/files"


@pytest.fixture
def bid(make: Make) -> Bid:
    return full_bid(make)


@pytest.fixture
def sender(bid: Bid, make: Make, sign_in: SignIn) -> FlaskClient:
    head = make.member(bid.lead_school)
    make.session.commit()
    return sign_in(head)


def count(kind: Any) -> int:
    return db.session.scalar(select(func.count(kind.id))) or 0


# -- through the page -----------------------------------------------------------------------------


def test_every_hostile_upload_gets_its_sentence_and_leaves_nothing_behind(
    bid: Bid, sender: FlaskClient, kept: Kept
) -> None:
    assert len(TABLE) >= 25
    wrong = []
    for bad in TABLE:
        answer = upload(sender, form(bid), bad.name, bad.data())
        said = errors(answer)
        if answer.status_code != 422 or len(said) != 1 or bad.says not in said[0]:
            wrong.append(f"{bad.what}: {answer.status_code} {said}")
    assert not wrong, "\n".join(wrong)
    assert kept.stored() == []
    assert count(Attachment) == 0


def test_an_odd_name_breaks_no_page_and_no_header(bid: Bid, sender: FlaskClient, kept: Kept) -> None:
    for number, (sent, _name) in enumerate(ODD_NAMES):
        name = sent.replace("\r\n", "%0D%0A").replace('"', "%22")  # as browsers write them
        assert upload(sender, form(bid), name, pdf(b"%d" % number)).status_code == 302, sent
        file = db.session.scalars(select(Attachment)).one()
        with sender.get(f"/bids/{bid.reference}/files/{file.id}") as got:
            disposition = got.headers["Content-Disposition"]
        assert re.fullmatch(r"attachment; [ -~]+", disposition), disposition
        assert len(disposition) < 2500
        assert "Set-Cookie" not in got.headers or "x.pdf" not in got.headers["Set-Cookie"]
        page = sender.get(form(bid)).text
        assert "<a href=x" not in page
        assert sender.post(f"{form(bid)}/{file.id}/remove", data={}).status_code == 302
    assert kept.stored() == []


def test_a_name_of_markup_is_text_on_the_page(bid: Bid, sender: FlaskClient, kept: Kept) -> None:
    upload(sender, form(bid), "a' onx=1 &lt;b&gt;.pdf", pdf(), description="<script>alert(1)</script>")
    page = sender.get(form(bid)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "a&#39; onx=1 &amp;lt;b&amp;gt;.pdf" in page


def test_a_csv_of_formulas_is_given_back_as_it_was_to_be_saved(
    bid: Bid, sender: FlaskClient, kept: Kept
) -> None:
    data = csv('=HYPERLINK("http://evil.example"),@SUM(1)\n+1,-2\n')
    upload(sender, form(bid), "data.csv", data)
    file = db.session.scalars(select(Attachment)).one()
    with sender.get(f"/bids/{bid.reference}/files/{file.id}") as got:
        assert got.data == data
        assert got.headers["Content-Disposition"].startswith("attachment")


def test_a_file_sent_where_text_is_asked_for_is_no_text(bid: Bid, sender: FlaskClient, kept: Kept) -> None:
    answer = send_form(sender, form(bid), {"file": "plan.pdf", "description": ("x.pdf", b"x")})
    assert answer.status_code == 422
    assert errors(answer) == ["Choose a file"]


def test_another_schools_bid_takes_no_file_and_gives_none(
    make: Make, sender: FlaskClient, kept: Kept
) -> None:
    other = full_bid(make)
    file = kept.file(make, other)
    make.session.commit()
    assert upload(sender, form(other), "plan.pdf", pdf(b"mine")).status_code == 404
    assert sender.get(f"/bids/{other.reference}/files/{file.id}").status_code == 404
    assert len(kept.stored()) == 1


# -- the size of a request ------------------------------------------------------------------------


def test_10_mb_and_a_byte_gets_a_sentence_on_the_form(bid: Bid, sender: FlaskClient, kept: Kept) -> None:
    answer = upload(
        sender, form(bid), "plan.pdf", b"%PDF-1.7" + b" " * 10 * MEGABYTE, description="Still here"
    )
    assert answer.status_code == 422
    assert errors(answer)[0].startswith("The file is larger than 10 MB.")
    assert "Still here" in answer.text


def test_a_still_larger_request_gets_a_sentence_and_is_not_read_into_memory(
    bid: Bid, sender: FlaskClient, kept: Kept
) -> None:
    answer = upload(sender, form(bid), "plan.pdf", b" " * (A_FILE + 1))
    assert answer.status_code == 413
    assert "A file can be up to 10 MB." in answer.text
    assert kept.stored() == []


def test_two_files_of_10_mb_may_come_together_as_evidence(make: Make, sign_in: SignIn, kept: Kept) -> None:
    bid = full_bid(make, state=S.SUBMITTED)
    head = make.member(bid.lead_school)
    make.session.commit()
    big = [pdf(mark + b" " * (10 * MEGABYTE - 1000)) for mark in (b"a", b"b")]
    answer = send_form(
        sign_in(head),
        f"/bids/{bid.reference}/late-evidence",
        {"text": "Both", "first": ("a.pdf", big[0]), "second": ("b.pdf", big[1])},
    )
    assert answer.status_code == 302
    assert len(kept.stored()) == 2


@pytest.mark.parametrize("path", ["/me", "/bids/{}/form/about", "/bids/{}/form/files/1/remove"])
def test_every_other_page_takes_one_megabyte_as_before(bid: Bid, sender: FlaskClient, path: str) -> None:
    answer = upload(sender, path.format(bid.reference), "plan.pdf", b" " * (MEGABYTE + 1))
    assert answer.status_code == 413


def test_nobody_who_is_not_signed_in_can_send_more_than_a_form(bid: Bid, client: FlaskClient) -> None:
    answer = upload(client, form(bid), "plan.pdf", b" " * 2 * MEGABYTE)
    assert answer.status_code == 400
    assert "Your page is out of date" in answer.text


# -- over real connections ------------------------------------------------------------------------


@pytest.fixture
def hall(real_app: Flask, tmp_path: Path) -> Iterator[tuple[Flask, Make, Kept]]:
    store = Kept(tmp_path)
    real_app.extensions["fundflow_files"] = store.store
    with real_app.app_context():
        yield real_app, Make(db.session), store  # type: ignore[arg-type]
        db.session.remove()


def client_of(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = user.get_id(), True
    return client


def test_a_get_keeps_who_read_a_file_and_still_can_write_nothing_else(hall: tuple[Flask, Make, Kept]) -> None:
    app, make, store = hall
    bid = full_bid(make)
    head, file = make.member(bid.lead_school), store.file(make, bid)
    make.session.commit()
    client, path, user_id, bid_id = client_of(app, head), file_path(bid, file), head.id, bid.id
    db.session.remove()
    with client.get(path) as got:
        assert got.status_code == 200
    db.session.remove()
    assert db.session.scalars(select(Viewing.what)).all() == ["File: plan.pdf"]
    db.session.remove()
    with app.test_request_context("/", method="GET"):
        viewing.record(
            db.session.get_one(Bid, bid_id), db.session.get_one(User, user_id), "x", bid.created_at
        )
        with pytest.raises(DBAPIError):
            db.session.execute(text("INSERT INTO trust (code, name, search_name) VALUES ('1', 'x', 'x')"))
        db.session.rollback()
    with app.test_request_context("/", method="POST"), pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM viewing"))


def test_of_two_files_sent_at_once_to_the_last_place_one_is_attached(hall: tuple[Flask, Make, Kept]) -> None:
    app, make, store = hall
    bid = full_bid(make)
    people = [make.member(bid.lead_school), make.member(bid.lead_school)]
    for n in range(4):
        store.file(make, bid, f"{n}.pdf")
    make.session.commit()
    clients, path = [client_of(app, user) for user in people], form(bid)
    start = threading.Barrier(2)

    def send(client: FlaskClient) -> int:
        start.wait(10)
        return upload(client, path, "five.pdf", pdf(str(id(client)).encode())).status_code

    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, clients)) == [302, 422]
    assert count(Attachment) == len(store.stored()) == 5


def test_one_file_sent_twice_at_once_is_attached_once(hall: tuple[Flask, Make, Kept]) -> None:
    app, make, store = hall
    bid = full_bid(make)
    head = make.member(bid.lead_school)
    make.session.commit()
    clients, path = [client_of(app, head) for _ in range(2)], form(bid)
    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda c: upload(c, path, "plan.pdf", pdf()).status_code, clients)) == [302, 302]
    assert count(Attachment) == len(store.stored()) == 1


def test_while_a_file_is_checked_others_can_write(
    hall: tuple[Flask, Make, Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, make, _store = hall
    bid = full_bid(make)
    head = make.member(bid.lead_school)
    make.session.commit()
    client, path, written = client_of(app, head), form(bid), []

    def somebody_writes(_data: bytes, _name: str) -> bool:
        def write() -> None:
            with app.app_context():
                db.session.execute(
                    text("INSERT INTO trust (code, name, search_name) VALUES ('77', 'x', 'x')")
                )
                db.session.commit()
                written.append(True)

        other = threading.Thread(target=write)
        other.start()
        other.join(5)
        return bool(written)

    monkeypatch.setattr("fundflow.files.intake.scan", somebody_writes)
    db.session.remove()
    assert upload(client, path, "plan.pdf", pdf()).status_code == 302
    assert written == [True]


def test_the_body_is_read_before_the_database_is_asked(hall: tuple[Flask, Make, Kept]) -> None:
    app, make, _store = hall
    bid = full_bid(make)
    head = make.member(bid.lead_school)
    make.session.commit()
    client, path, seen = client_of(app, head), form(bid), []
    db.session.remove()

    class Body(io.BytesIO):
        def readinto(self, into: Any) -> int:
            seen.append("body")
            return super().readinto(into)

    def begun(_connection: Any) -> None:
        seen.append("database")

    content, kind = encode_multipart({"file": FileStorage(io.BytesIO(pdf()), "plan.pdf")})
    event.listen(db.engine, "begin", begun)
    answer = client.post(path, input_stream=Body(content), content_length=len(content), content_type=kind)
    event.remove(db.engine, "begin", begun)
    assert answer.status_code == 302
    assert seen[0] == "body"
    assert "body" not in seen[seen.index("database") :]


def encode_multipart(values: dict[str, Any]) -> tuple[bytes, str]:
    boundary, content = werkzeug_encode(values)
    return content, f'multipart/form-data; boundary="{boundary}"'
