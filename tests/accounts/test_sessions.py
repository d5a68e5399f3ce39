"""Sessions are rows on the server: seen, ended and run out there, whatever became of their cookies."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from fundflow.accounts.browsers import browser_words
from fundflow.accounts.session import SEEN_EVERY
from fundflow.letters.links import mint
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, LinkPurpose, OneTimeLink

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Safari/604.1"
STRANGER = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def head(make, session):
    person = make.user("Ada Head")
    session.commit()
    return person


def link_for(session, user, purpose=LinkPurpose.SIGN_IN):
    token = mint(purpose, user.id, datetime.now(UTC))
    session.commit()
    return f"/sign-in/link/{token}"


@pytest.fixture
def enter(app, session):
    """Sign somebody in by a link, in a browser of its own."""

    def signed_in(user, agent="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"):
        client = app.test_client()
        assert client.post(link_for(session, user), headers={"User-Agent": agent}).status_code == 302
        return client

    return signed_in


def is_signed_in(client):
    return client.get("/me").status_code == 200


def copied(app, client):
    """Another browser with a copy of this one's cookie."""
    thief = app.test_client()
    with client.session_transaction() as ours:
        values = dict(ours)
    with thief.session_transaction() as theirs:
        theirs.update(values)
    return thief


def newest(session, user):
    session.expire_all()
    rows = select(BrowserSession).where(BrowserSession.user_id == user.id)
    return session.scalars(rows.order_by(BrowserSession.id.desc())).first()


def test_a_cookie_copied_before_signing_out_is_worth_nothing_afterwards(app, session, head, enter):
    client = enter(head)
    thief = copied(app, client)
    assert is_signed_in(thief)
    client.post("/sign-out")
    assert not is_signed_in(thief)


def test_the_database_keeps_no_key_that_would_open_a_session(session, head, enter):
    client = enter(head)
    with client.session_transaction() as cookie:
        key = cookie["_user_id"]
    row = newest(session, head)
    assert key not in (row.key_hash, row.browser, row.network)
    assert len(key) > 40


def test_using_one_link_voids_the_others_of_that_person_alone(client, make, session, head):
    other = make.user()
    first, second = link_for(session, head), link_for(session, head)
    invitation, anothers = link_for(session, head, LinkPurpose.INVITATION), link_for(session, other)
    assert client.post(first).status_code == 302
    for spent in (second, invitation):
        assert client.get(spent).status_code == client.post(spent).status_code == 410
    assert client.get(anothers).status_code == 200


def test_signing_in_again_in_the_same_browser_ends_the_session_before(app, session, head, enter):
    client = enter(head)
    thief = copied(app, client)
    client.post(link_for(session, head))
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_person_sees_where_they_are_signed_in_and_ends_one(session, head, enter):
    desk, phone = enter(head), enter(head, PHONE)
    page = desk.get("/me").text
    assert "Firefox on Windows" in page
    assert "Safari on an iPhone" in page
    assert "127.0.0.1" in page
    assert page.count("This browser") == 1
    number = newest(session, head).id
    assert desk.post(f"/me/sessions/{number}/end").status_code == 302
    assert is_signed_in(desk)
    assert not is_signed_in(phone)


def test_signing_out_everywhere_else_leaves_this_one_and_voids_links(session, head, enter):
    desk, phone, link = enter(head), enter(head, PHONE), link_for(session, head)
    desk.post("/me/sessions/end-others")
    assert is_signed_in(desk)
    assert not is_signed_in(phone)
    assert desk.get(link).status_code == 410


def test_nobody_ends_anothers_session(make, session, head, enter):
    enter(head)
    theirs = newest(session, head)
    other = enter(make.user())
    assert other.post(f"/me/sessions/{theirs.id}/end").status_code == 404
    assert newest(session, head).ended_at is None


@pytest.mark.parametrize(
    ("setting", "value", "after"),
    [("SESSION_IDLE_MINUTES", 120, timedelta(minutes=121)), ("SESSION_HOURS", 1, timedelta(minutes=61))],
)
def test_a_session_runs_out_as_the_settings_say(
    app, monkeypatch, session, head, enter, setting, value, after
):
    monkeypatch.setitem(app.config, setting, value)
    client = enter(head)
    row = newest(session, head)
    row.begun_at -= after
    if setting == "SESSION_IDLE_MINUTES":
        row.seen_at -= after
    session.commit()
    assert not is_signed_in(client)


def test_whoever_goes_on_stays_signed_in_and_is_noted_as_seen_now_and_then(
    session, head, enter, count_queries, time_machine
):
    client = enter(head)
    begun = newest(session, head).seen_at
    client.get("/me")
    assert newest(session, head).seen_at == begun
    time_machine.move_to(begun + SEEN_EVERY + timedelta(seconds=1), tick=False)
    client.get("/me")
    assert newest(session, head).seen_at > begun
    count_queries.clear()
    client.get("/me")
    assert not [statement for statement in count_queries if statement.startswith("UPDATE")]


def test_sessions_that_are_long_over_are_deleted(session, head, enter):
    enter(head)
    row = newest(session, head)
    row.seen_at -= timedelta(days=31)
    session.commit()
    begun = row.begun_at
    enter(head)
    assert begun not in session.scalars(select(BrowserSession.begun_at)).all()


# -- limits ---------------------------------------------------------------------------------------


def ask(client, email, **environ):
    return client.post("/sign-in", data={"email": email}, environ_overrides=environ).status_code


def test_a_strangers_requests_from_elsewhere_do_not_lock_a_person_out(app, client, head):
    stranger = app.test_client()
    codes = [ask(stranger, head.email, **STRANGER) for _ in range(6)]
    assert codes == [200] * 5 + [429]
    assert ask(client, head.email) == 200


def test_a_browser_that_was_signed_in_before_has_a_count_of_its_own(app, session, head, enter):
    mine, beside_me = enter(head), app.test_client()
    for n in range(40):
        ask(beside_me, head.email if n % 2 else f"p{n}@school.example")
    assert ask(beside_me, head.email) == 429
    assert [ask(mine, head.email) for _ in range(6)] == [200] * 5 + [429]


def test_its_cookie_serves_nobody_else_and_can_not_be_forged(app, make, session, head, enter):
    other = make.user()
    mine = enter(head)
    for _ in range(5):
        ask(mine, other.email)
    assert ask(mine, other.email) == 429
    forger = app.test_client()
    forger.set_cookie("fundflow_browser", "WyJhIiwiYiJd.forged", path="/sign-in")
    assert [ask(forger, other.email, REMOTE_ADDR="198.51.100.9") for _ in range(6)][-1] == 429


def test_many_networks_together_do_not_flood_a_mailbox(app, session, head):
    codes = [ask(app.test_client(), head.email, REMOTE_ADDR=f"198.51.100.{n}") for n in range(31)]
    assert codes == [200] * 30 + [429]
    assert session.scalar(select(func.count()).select_from(Letter)) == 1


def test_a_link_that_was_used_is_noted_as_such(session, head, enter):
    enter(head)
    assert session.scalar(select(OneTimeLink.used_at)) is not None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130 Safari/537 Edg/130", "Edge on Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537 Chrome/130 Safari/537", "Chrome on a Chromebook"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(agent, words):
    assert browser_words(agent) == words
