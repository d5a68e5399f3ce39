"""What somebody types is kept: while they type, after they were signed out, beside a colleague."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, false, func, select

from fundflow import create_app
from fundflow.clock.tidying import tidy
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.person import Standing
from tests.applications.helpers import DATES, form, hidden, send
from tests.conftest import settings_for
from tests.factories import NOW, Make

NEED = "Only 58% of Year 1 pupils reached the phonics standard; two of three"


@pytest.fixture
def draft(make: Any) -> Bid:
    lead = make.school("Hazelmere Primary")
    return make.bid(lead=lead, leader=make.member(lead, name="Hilary Head"), complete=False)


def member(make: Any, bid: Bid, name: str) -> Any:
    return make.member(bid.lead_school, name=name, standing=Standing.TEAM)


def keep(client: Any, bid: Bid, rest: str, **fields: Any) -> Any:
    return client.post("/typing", data={"place": form(bid, rest), **fields})


def test_what_was_typed_and_not_saved_is_there_on_another_device(draft: Bid, make: Any, sign_in: Any) -> None:
    sam = member(make, draft, "Sam Okafor")
    client = sign_in(sam)
    stamp = hidden(client.get(form(draft, "/need")).text, "stamp")
    assert keep(client, draft, "/need", need=NEED, stamp=stamp).status_code == 204

    assert "You typed something here and have not saved it" in sign_in(sam).get(form(draft)).text
    again = sign_in(sam).get(form(draft, "/need")).text
    assert NEED in again
    assert "did not save it" in again
    db.session.expire_all()
    assert draft.need == ""  # nothing of the bid changed


def test_typing_is_kept_for_the_one_who_typed_it_alone(draft: Bid, make: Any, sign_in: Any) -> None:
    keep(sign_in(member(make, draft, "Sam Okafor")), draft, "/need", need=NEED)
    colleague = sign_in(member(make, draft, "Asha Rao"))
    assert NEED not in colleague.get(form(draft, "/need")).text


def test_saving_ends_the_keeping(draft: Bid, make: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    keep(client, draft, "/need", need=NEED, stamp=hidden(client.get(form(draft, "/need")).text, "stamp"))
    send(client, form(draft, "/need"), need=NEED + " are new.", later="yes")
    page = client.get(form(draft, "/need")).text
    assert "are new." in page
    assert "did not save it" not in page
    assert session.scalar(select(func.count()).select_from(KeptTyping)) == 0


def test_a_row_that_was_begun_is_there_again_with_its_dates_and_choices(
    draft: Bid, make: Any, sign_in: Any
) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    begun = {"what": "Coaching in Year 1", "starts_on-day": "11", "starts_on-month": "1"}
    keep(client, draft, "/plan/activities/add", **begun)
    page = client.get(form(draft, "/plan/activities/add")).text
    assert "Coaching in Year 1" in page
    assert 'value="11"' in page


def test_it_can_be_thrown_away(draft: Bid, make: Any, sign_in: Any) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    keep(client, draft, "/need", need=NEED)
    answer = client.post("/typing/forget", data={"place": form(draft, "/need")}, follow_redirects=True)
    assert "We threw away what you had typed" in answer.text
    assert NEED not in answer.text


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(draft: Bid, make: Any, sign_in: Any) -> None:
    sam, asha = member(make, draft, "Sam Okafor"), member(make, draft, "Asha Rao")
    client = sign_in(sam)
    keep(client, draft, "/need", need=NEED, stamp=hidden(client.get(form(draft, "/need")).text, "stamp"))
    send(sign_in(asha), form(draft, "/need"), need="Asha’s words", later="yes")

    client = sign_in(sam)
    answer = send(client, form(draft, "/need"), need=NEED, later="yes")
    assert answer.status_code == 409
    assert NEED in answer.text
    assert "Asha’s words" in answer.text  # both are shown; sending again means it
    db.session.expire_all()
    assert draft.need == "Asha’s words"


def test_two_colleagues_in_two_sections_do_not_meet(draft: Bid, make: Any, sign_in: Any) -> None:
    sam, asha = member(make, draft, "Sam Okafor"), member(make, draft, "Asha Rao")
    stamp = hidden(sign_in(sam).get(form(draft, "/need")).text, "stamp")
    send(sign_in(asha), form(draft, "/plan"), **DATES, later="yes")
    answer = sign_in(sam).post(form(draft, "/need"), data={"need": NEED, "stamp": stamp, "later": "yes"})
    assert answer.status_code == 302
    db.session.expire_all()
    assert (draft.need, draft.start_on is not None) == (NEED, True)


@pytest.mark.parametrize(
    "place",
    [
        "/bids/{ref}/steps/submit",
        "/bids/{ref}/form/check/../../x",
        "https://elsewhere.example/bids/{ref}/form/need",
        "/bids/XX-9999/form/need",
        "",
        "/bids/{ref}/form/need\n",
    ],
)
def test_only_pages_of_a_bids_form_are_kept(draft: Bid, make: Any, sign_in: Any, place: str) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    wanted = {"place": place.format(ref=draft.reference), "need": NEED}
    assert client.post("/typing", data=wanted).status_code == 404
    assert client.post("/typing/forget", data=wanted).status_code == 404


def test_another_school_keeps_and_reads_nothing_of_this_bid(
    draft: Bid, make: Any, sign_in: Any, session: Any
) -> None:
    stranger = sign_in(make.member(make.school("Elsewhere Primary"), name="Rita Stranger"))
    assert keep(stranger, draft, "/need", need=NEED).status_code == 404
    assert session.scalar(select(func.count()).select_from(KeptTyping)) == 0


def test_more_than_any_form_holds_is_not_kept(draft: Bid, make: Any, sign_in: Any) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    assert keep(client, draft, "/need", need="x" * 100_001).status_code == 413


def test_nobody_fills_the_database_with_pages_that_are_kept(
    draft: Bid, make: Any, sign_in: Any, session: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("fundflow.web.keeping.MOST_PAGES", 3)
    keep(sign_in(member(make, draft, "Asha Rao")), draft, "/need", need=NEED)
    client = sign_in(member(make, draft, "Sam Okafor"))
    for number in range(6):
        assert keep(client, draft, f"/costs/backfill/{number}", staff_role="x").status_code == 204
    kept = session.scalars(select(KeptTyping.place).order_by(KeptTyping.id)).all()
    assert [place.rpartition("/form")[2] for place in kept] == [
        "/need",
        "/costs/backfill/3",
        "/costs/backfill/4",
        "/costs/backfill/5",
    ]


def test_two_requests_at_once_keep_one_of_both(
    draft: Bid, make: Any, sign_in: Any, session: Any, monkeypatch: Any
) -> None:
    """The second does not see the first’s row when it deletes what was kept."""
    client = sign_in(member(make, draft, "Sam Okafor"))
    assert keep(client, draft, "/need", need=NEED).status_code == 204
    monkeypatch.setattr("fundflow.web.keeping._of", lambda *_: delete(KeptTyping).where(false()))
    assert keep(client, draft, "/need", need=NEED + " years").status_code == 204
    assert session.scalar(select(func.count()).select_from(KeptTyping)) == 1


def test_typing_nobody_came_back_to_is_forgotten_after_ninety_days(
    draft: Bid, make: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    keep(client, draft, "/need", need=NEED)
    kept_at = session.scalar(select(KeptTyping.kept_at))
    tidy(kept_at + timedelta(days=89))
    assert session.scalar(select(func.count()).select_from(KeptTyping)) == 1
    tidy(kept_at + timedelta(days=91))
    assert session.scalar(select(func.count()).select_from(KeptTyping)) == 0


# -- signed out while typing ----------------------------------------------------------------------


@pytest.fixture
def strict_app(new_database: Callable[[str | None], str], template_url: str) -> Iterator[Flask]:
    """With the tokens that forms carry, as in production."""
    app = create_app(settings_for(new_database(template_url), WTF_CSRF_ENABLED=True))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


OURS = {"Sec-Fetch-Site": "same-origin"}


def test_a_form_sent_after_the_session_ended_holds_everything_typed(strict_app: Flask) -> None:
    answer = strict_app.test_client().post(
        "/bids/LSIF-0001/form/need", data={"need": "Two\nlines & <b>more</b>", "stamp": "abc"}, headers=OURS
    )
    assert answer.status_code == 401
    assert "You have been signed out" in answer.text
    assert 'name="need" value="Two\nlines &amp; &lt;b&gt;more&lt;/b&gt;"' in answer.text
    assert 'name="stamp" value="abc"' in answer.text
    assert 'action="/bids/LSIF-0001/form/need"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_another_site_sends_is_never_put_before_anybody(strict_app: Flask) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = strict_app.test_client().post(
            "/bids/LSIF-0001/steps/withdraw", data={"reason": "planted words"}, headers=headers
        )
        assert answer.status_code in (302, 400)
        assert "planted words" not in answer.text


def test_an_old_page_sent_after_signing_in_again_can_be_sent_again(
    draft: Bid, make: Any, sign_in: Any, app: Flask
) -> None:
    sam = member(make, draft, "Sam Okafor")
    client = sign_in(sam)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        stamp = hidden(client.get(form(draft, "/need")).text, "stamp")
        old = {"need": NEED, "stamp": stamp, "later": "yes", "csrf_token": "of the session before"}
        first = client.post(form(draft, "/need"), data=old, headers=OURS)
        assert first.status_code == 400
        assert NEED in first.text
        token = hidden(first.text, "csrf_token")
        second = client.post(form(draft, "/need"), data=old | {"csrf_token": token}, headers=OURS)
        assert second.status_code == 302
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    db.session.expire_all()
    assert draft.need == NEED


def test_a_restarted_server_knows_who_was_typing_and_saves_it(
    new_database: Callable[[str | None], str], template_url: str
) -> None:
    settings = settings_for(new_database(template_url))
    before, after = create_app(settings), create_app(settings)
    with before.app_context():
        make = Make(db.session)
        bid = make.bid(lead=(lead := make.school()), leader=make.member(lead), complete=False)
        path, user_id = form(bid, "/need"), member(make, bid, "Sam Okafor").get_id()
        db.session.commit()
    client = before.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user_id, True
    stamp = hidden(client.get(path).text, "stamp")
    assert client.post("/typing", data={"place": path, "need": NEED, "stamp": stamp}).status_code == 204
    cookie = client.get_cookie("session") or client.get_cookie("fundflow")
    assert cookie is not None

    client = after.test_client()
    client.set_cookie(cookie.key, cookie.value)
    assert NEED in client.get(path).text
    saved = client.post(path, data={"need": NEED, "stamp": stamp, "later": "yes"})
    assert saved.status_code == 302
    with after.app_context():
        assert db.session.scalar(select(Bid.need)) == NEED
    for app in (before, after):
        with app.app_context():
            db.engine.dispose()


def test_a_closing_round_keeps_the_draft_and_what_is_typed(draft: Bid, make: Any, sign_in: Any) -> None:
    client = sign_in(member(make, draft, "Sam Okafor"))
    page = hidden(client.get(form(draft, "/need")).text, "stamp")
    draft.round.closes_at = NOW - timedelta(days=400)
    db.session.commit()
    assert keep(client, draft, "/need", need=NEED, stamp=page).status_code == 204
    saved = client.post(form(draft, "/need"), data={"need": NEED, "stamp": page, "later": "yes"})
    assert saved.status_code == 302
    db.session.expire_all()
    assert draft.need == NEED
    assert "closed on" in client.get(form(draft)).text
