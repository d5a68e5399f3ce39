"""Signing in by an emailed link."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from fundflow.letters.links import hash_of, mint
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, LinkPurpose, OneTimeLink, RoleName, SignInAttempt


def letters(session):
    return session.scalar(select(func.count()).select_from(Letter))


def link_for(session, user, purpose=LinkPurpose.SIGN_IN, *, at=None):
    token = mint(purpose, user.id, at or datetime.now(UTC))
    session.commit()
    return f"/sign-in/link/{token}"


def who(client):
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def signed_in_as(client, session):
    """The id of the person whose session the browser's cookie opens."""
    key = who(client)
    return key and session.scalar(
        select(BrowserSession.user_id).where(
            BrowserSession.key_hash == hash_of(key), BrowserSession.ended_at.is_(None)
        )
    )


def test_a_known_address_is_sent_a_letter_whose_stored_body_holds_no_link(client, make, session):
    head = make.user("Ada Head")
    client.post("/sign-in", data={"email": head.email.upper()})
    letter = session.scalar(select(Letter))
    assert (letter.email, letter.link_purpose) == (head.email, LinkPurpose.SIGN_IN)
    assert "/sign-in/link/" not in letter.body
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 0


def test_the_answer_does_not_tell_whether_there_is_an_account(client, make, session):
    known, closed = make.user("Known Person"), make.user("Closed Person", active=False)
    answers = []
    for email in (known.email, closed.email, "nobody@brackenford.example"):
        answer = client.post("/sign-in", data={"email": email})
        answers.append((answer.status_code, answer.text.replace(email, "…")))
    strip = [(code, text.split("<body")[1].split("nonce")[0]) for code, text in answers]
    assert strip[0] == strip[1] == strip[2]
    assert strip[0][0] == 200
    assert letters(session) == 1


@pytest.mark.parametrize(
    "email", ["", "  ", "not an address", "a@b@c.example", "x" * 300 + "@a.example", "\x00"]
)
def test_an_address_that_is_none_is_asked_for_again(client, session, email):
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert "Error:" in answer.text
    assert letters(session) == 0


def test_the_sixth_link_in_a_quarter_of_an_hour_is_refused_for_any_address(client, make, session):
    head = make.user()
    for email in (head.email, "nobody@brackenford.example"):
        codes = [client.post("/sign-in", data={"email": email}).status_code for _ in range(6)]
        assert codes == [200] * 5 + [429]
    assert letters(session) == 1  # it has not left yet, so one is enough


def test_one_network_may_ask_for_thirty_links_whatever_the_addresses(client, app):
    codes = [client.post("/sign-in", data={"email": f"p{n}@school.example"}).status_code for n in range(31)]
    assert codes == [200] * 30 + [429]
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    answer = client.post("/sign-in", data={"email": "p@school.example"}, environ_overrides=elsewhere)
    assert answer.status_code == 200


def test_attempts_of_a_quarter_of_an_hour_ago_no_longer_count(client, make, session):
    head = make.user()
    for _ in range(5):
        client.post("/sign-in", data={"email": head.email})
    for attempt in session.scalars(select(SignInAttempt)):
        attempt.at -= timedelta(minutes=16)
    session.commit()
    assert client.post("/sign-in", data={"email": head.email}).status_code == 200


def test_attempts_keep_neither_addresses_nor_networks_and_only_for_a_day(client, session):
    client.post("/sign-in", data={"email": "ada@school.example"})
    for attempt in session.scalars(select(SignInAttempt)):
        assert "ada" not in attempt.subject
        assert "127" not in attempt.subject.split(".")[0][:3]
        attempt.at -= timedelta(days=2)
    session.commit()
    client.post("/sign-in", data={"email": "bob@school.example"})
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 3


@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.INVITATION])
def test_a_mail_scanner_that_opens_the_link_does_not_use_it_up(client, make, session, purpose):
    head = make.user()
    link = link_for(session, head, purpose)
    for _ in range(3):
        answer = client.get(link)
        assert answer.status_code == 200
        assert "Sign in" in answer.text
    assert who(client) is None
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (302, "/work")
    assert signed_in_as(client, session) == head.id


def test_a_link_works_once(client, app, make, session):
    link = link_for(session, make.user())
    client.post(link)
    replay = app.test_client()
    for answer in (replay.post(link), replay.get(link)):
        assert answer.status_code == 410
        assert "works once" in answer.text
        assert "Ask for a new link" in answer.text
    assert who(replay) is None


def test_a_link_runs_out_after_fifteen_minutes(client, make, session):
    link = link_for(session, make.user(), at=datetime.now(UTC) - timedelta(minutes=15, seconds=1))
    assert client.get(link).status_code == client.post(link).status_code == 410
    assert who(client) is None


def test_an_invitation_lasts_longer(client, make, session):
    week_ago = datetime.now(UTC) - timedelta(days=7)
    link = link_for(session, make.user(), LinkPurpose.INVITATION, at=week_ago)
    assert client.post(link).status_code == 302


@pytest.mark.parametrize("token", ["nothing", "x" * 5000, "%00", "é", "' OR 1=1 --"])
def test_an_invented_token_signs_nobody_in(client, make, token):
    make.user()
    assert client.get(f"/sign-in/link/{token}").status_code in (404, 410)
    assert client.post(f"/sign-in/link/{token}").status_code in (404, 410)
    assert who(client) is None


def test_an_approvers_link_signs_nobody_in(client, make, session):
    head = make.user()
    link = link_for(session, head)
    session.scalar(select(OneTimeLink)).purpose = LinkPurpose.ANSWER
    session.commit()
    assert client.get(link).status_code == client.post(link).status_code == 410


def test_a_deactivated_person_can_not_use_a_link(client, make, session):
    head = make.user()
    link = link_for(session, head)
    head.active = False
    session.commit()
    assert client.post(link).status_code == 410
    assert client.get(link).status_code == 410


def test_signing_in_starts_a_session_of_its_own(client, make, session, sign_in):
    first, second = make.user(), make.user()
    sign_in(first)
    with client.session_transaction() as cookie:
        cookie["left behind"] = "yes"
    client.post(link_for(session, second))
    with client.session_transaction() as cookie:
        assert "left behind" not in cookie
        assert cookie.permanent
    assert signed_in_as(client, session) == second.id


def test_after_signing_in_one_arrives_at_the_page_one_wanted(client, make, session):
    head = make.user()
    wanted = client.get("/me").location
    assert wanted == "/sign-in?next=/me"
    client.post(wanted, data={"email": head.email})
    assert client.post(link_for(session, head)).location == "/me"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "///evil.example",
        "http:///x",
        "/" + "x" * 600,
        "/a\\b",
        "https:evil.example",
        " //evil.example",
    ],
)
def test_nobody_is_sent_to_another_site(client, make, session, elsewhere):
    head = make.user()
    client.post("/sign-in", query_string={"next": elsewhere}, data={"email": head.email})
    answer = client.post(link_for(session, head), query_string={"next": elsewhere})
    assert answer.location == "/work"
    answer = client.get("/sign-in", query_string={"next": elsewhere})
    assert answer.location == "/work"


def test_signing_out_ends_the_session_and_needs_a_post(client, make, sign_in):
    sign_in(make.user())
    assert client.get("/sign-out").status_code == 405
    assert client.get("/me").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert who(client) is None
    assert client.get("/me").status_code == 302


def test_a_deactivation_ends_every_session(client, make, sign_in, session):
    head = make.user()
    sign_in(head)
    assert client.get("/me").status_code == 200
    head.active = False
    session.commit()
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize("forged", ["", "1", "x.y", "1.", "-1.k", "9" * 40 + ".k", "1.é", "²."])
def test_a_forged_session_is_nobody(client, make, forged):
    make.user()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = forged
    assert client.get("/me").status_code == 302


def test_only_the_hash_of_a_token_is_kept(make, session):
    token = link_for(session, make.user()).rsplit("/", 1)[1]
    link = session.scalar(select(OneTimeLink))
    assert link.token_hash == hash_of(token) != token


def test_whoever_is_signed_in_costs_the_same_queries_whatever_they_hold(client, make, sign_in, count_queries):
    plain = make.staff(RoleName.AUDITOR)
    busy, fund = make.member(make.school(trust=make.trust())), make.fund()
    for role in RoleName:
        make.role(busy, role)
    make.seat(fund, busy, school=make.school(trust=make.trust()))
    make.session.commit()
    counts = []
    for user in (plain, busy):
        sign_in(user)
        make.session.expire_all()
        count_queries.clear()
        client.get("/me")
        counts.append(len(count_queries))
    assert counts[0] == counts[1] <= 6
