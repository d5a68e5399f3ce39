"""The demonstration's persona page and mailbox; neither exists without the switch."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from fundflow import create_app
from fundflow.demo import mailbox
from fundflow.demo.mark import mark
from fundflow.demo.personas import WHAT_THEY_DO, personas
from fundflow.models.person import RoleName, SeatPosition, Standing
from tests.conftest import settings_for
from tests.factories import NOW

TODAY = datetime.now(UTC).date()
PATHS = ("/demo", "/demo/mailbox", "/demo/mailbox/x")


@pytest.fixture
def demo_app(new_database, template_url, tmp_path):
    """An application with the demo switch on."""
    from fundflow.extensions import db
    from tests.factories import Make

    app = create_app(settings_for(new_database(template_url), DEMO=True, DATA=tmp_path))
    with app.app_context():
        mark(NOW)
        db.session.commit()
        app.make = Make(db.session)
        yield app
        db.session.remove()
        db.engine.dispose()


def deliver(port, subject="LSIF-0031: a letter", text="Dear Ada", to="ada@school.example"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "fund@council.example", to, subject
    message["Date"] = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


def test_without_the_switch_there_is_no_persona_page_and_no_mailbox(client, make, app):
    user = make.user()
    for path in PATHS:
        assert client.get(path).status_code == 404
    assert client.post("/demo/sign-in", data={"user": user.id}).status_code == 404
    assert "demo" not in app.blueprints


def test_the_pages_fail_closed_when_the_switch_is_turned_off_later(demo_app):
    demo_app.config["DEMO"] = False
    user = demo_app.make.user()
    client = demo_app.test_client()
    for path in PATHS:
        assert client.get(path).status_code == 404
    assert client.post("/demo/sign-in", data={"user": user.id}).status_code == 404


def test_everybody_active_is_shown_by_kind_with_what_they_can_do(demo_app):
    make = demo_app.make
    make.member(make.school("Hazelmere Primary"), Standing.TEAM, "Bo Business")
    make.staff(RoleName.FINANCE, "Fi Nance")
    make.seat(make.fund(), position=SeatPosition.CHAIR, name="Cha Ir")
    make.user("Gone Person", active=False)
    make.session.commit()
    page = demo_app.test_client().get("/demo").text
    for text in (
        "School team, Hazelmere Primary",
        "Sign in as Bo Business",
        "Finance officer",
        WHAT_THEY_DO[RoleName.FINANCE],
        "Panel chair",
    ):
        assert text in page
    assert "Gone Person" not in page
    assert list(personas(TODAY)) == ["Schools", "Council", "Panel"]


def test_every_role_position_and_standing_says_what_it_can_do():
    assert set(WHAT_THEY_DO) == {*RoleName, *SeatPosition, *Standing}


def test_one_signs_in_as_somebody_with_one_button(demo_app):
    make, client = demo_app.make, demo_app.test_client()
    user, gone = make.user("Ada Persona"), make.user(active=False)
    make.session.commit()
    answer = client.post("/demo/sign-in", data={"user": user.id})
    assert (answer.status_code, answer.location) == (302, "/work")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] == user.get_id()
    for nobody in (gone.id, 999_999, "x", "", "9" * 30, -1):
        assert client.post("/demo/sign-in", data={"user": nobody}).status_code == 404


def test_the_mailbox_shows_what_a_real_smtp_server_received_newest_first(demo_app, tmp_path):
    controller, port = mailbox.start_mailbox(tmp_path / "mailbox")
    try:
        for n in range(32):
            deliver(port, subject=f"Letter {n:02}")
    finally:
        controller.stop()
    client = demo_app.test_client()
    first = client.get("/demo/mailbox").text
    assert first.index("Letter 31") < first.index("Letter 30") < first.index("Letter 02")
    assert "Letter 01" not in first
    after = first.split("after=")[1].split('"')[0]
    second = client.get(f"/demo/mailbox?after={after}").text
    assert "Letter 01" in second
    assert "Letter 00" in second
    assert "Letter 02" not in second


def test_a_letter_shows_its_headers_and_only_our_own_links(demo_app, tmp_path):
    controller, port = mailbox.start_mailbox(tmp_path / "mailbox")
    text = (
        "Dear Ada <b>\n\nSign in: http://fund.example/sign-in/link/abc-_9.\n"
        "Not ours: http://fund.example.evil.example/x https://evil.example/ "
        "javascript:alert(1)"
    )
    try:
        deliver(port, subject="£3,000 – reply by 9 February", text=text)
    finally:
        controller.stop()
    client = demo_app.test_client()
    path = client.get("/demo/mailbox").text.split('href="/demo/mailbox/')[1].split('"')[0]
    page = client.get(f"/demo/mailbox/{path}").text
    assert "£3,000 – reply by 9 February" in page
    assert "ada@school.example" in page
    assert 'href="http://fund.example/sign-in/link/abc-_9"' in page
    assert "&lt;b&gt;" in page
    assert 'href="http://fund.example.evil' not in page
    assert 'href="https://evil' not in page


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fdemo-secret", "x" * 300, "..%5c", "%00"])
def test_no_key_reads_another_file(demo_app, tmp_path, key):
    (tmp_path / "demo-secret").write_text("secret words")
    controller, _ = mailbox.start_mailbox(tmp_path / "mailbox")
    controller.stop()
    answer = demo_app.test_client().get(f"/demo/mailbox/{key}")
    assert answer.status_code in (404, 308)
    assert "secret words" not in answer.text


def test_looking_into_an_empty_mailbox_makes_no_folder(demo_app, tmp_path):
    client = demo_app.test_client()
    assert "No letters have arrived yet" in client.get("/demo/mailbox").text
    assert client.get("/demo/mailbox?after=nonsense").status_code == 200
    assert client.get("/demo/mailbox/x").status_code == 404
    assert not (tmp_path / "mailbox").exists()


def test_the_persona_page_costs_the_same_queries_however_many_people(demo_app):
    from sqlalchemy import event

    from fundflow.extensions import db

    seen, make, client = [], demo_app.make, demo_app.test_client()
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    def cost():
        make.session.commit()
        make.session.expire_all()
        seen.clear()
        assert client.get("/demo").status_code == 200
        make.session.rollback()  # the page's transaction was read-only
        return len([sql for sql in seen if sql.startswith("SELECT")])

    make.seat(make.fund(), make.member(make.school()), school=make.school())
    few = cost()
    for _ in range(10):
        make.seat(make.fund(), make.member(make.school()), school=make.school())
    assert few == cost() <= 7
