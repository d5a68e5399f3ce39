"""Pages promise that a letter goes only while letters go out; then they say that it waits."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, flash, get_flashed_messages
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.config import ROOT
from fundflow.letters.troubles import MAIL, beat
from fundflow.models.letter import Heartbeat
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.web.delays import DELAYED, PROMISES, promised, promises
from fundflow.workflow.processes import PROCESSES
from tests.factories import Make
from tests.letters.conftest import a_letter

SignIn = Callable[[User | None], FlaskClient]
held_up = pytest.mark.letters_held_up

# Words that promise a letter now, wherever they stand: a new one belongs into PROMISES.
WORDS = re.compile(
    r"on (?:its|their) way\b|being (?:told|asked|emailed|invited)|(?:have emailed|are emailing)|"
    r"(?:been|is|are) emailed",
    re.I,
)
# Pages that ask by themselves whether letters go out.
ASKS_ITSELF = {"accounts/check_email.html"}


def said_after_steps() -> Iterator[str]:
    for process in PROCESSES.values():
        yield from (step.done for step in process.steps if step.done)


def flashed() -> Iterator[str]:
    """What routes flash or say once something is done, as it stands in the code."""
    for path in sorted((ROOT / "fundflow").rglob("*.py")):
        if "demo" in path.parts:
            continue
        for found in re.finditer(r"(?:flash\(|done=|told = )\s*(.{0,400})", path.read_text(), re.S):
            text = re.match(r"(?:[^)\n]|\n\s+)*", found[1])
            yield from re.findall(r'"([^"]*)"', text[0] if text else "")


def test_every_promise_after_a_step_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundflow.web.delays.letters_delayed", lambda: True)
    promising = [text for text in [*said_after_steps(), *flashed()] if WORDS.search(text)]
    assert len(promising) > 30
    for text in promising:
        assert promises(text), f"“{text}” promises a letter: put its words into PROMISES"
        now = promised(text)
        assert not WORDS.search(now), now
        assert now.endswith(DELAYED)


def test_no_page_promises_a_letter_in_words_of_its_own() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = str(path.relative_to(ROOT / "templates"))
        text = re.sub(r"{#.*?#}|{{[^}]*\| promised }}", "", path.read_text(), flags=re.S)
        found = WORDS.search(text)
        assert not found or name in ASKS_ITSELF, f"{name} says “{found and found[0]}” whatever happens to it"


def test_a_promise_stands_while_letters_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundflow.web.delays.letters_delayed", lambda: False)
    assert promised("The note is on its way to the school.") == "The note is on its way to the school."


def test_sentences_read_well_when_they_are_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundflow.web.delays.letters_delayed", lambda: True)
    assert promised("The letters are on their way.") == f"The letters will go. {DELAYED}"
    assert promised("Bid submitted. The school is being told.") == (
        f"Bid submitted. The school will be told. {DELAYED}"
    )
    assert promised("The settings are saved.") == "The settings are saved."
    assert len(PROMISES) < 6


@held_up
def test_a_page_says_that_emails_are_delayed_and_when_they_go_again_it_does_not(
    client: FlaskClient, session: Session
) -> None:
    asked = {"email": "somebody@school.example"}
    assert "Emails are delayed" in client.post("/sign-in", data=asked).text
    beat(datetime.now(UTC))
    page = client.post("/sign-in", data=asked).text
    assert "we have emailed a link" in page
    assert "Emails are delayed" not in page


@held_up
def test_what_is_flashed_is_put_off(client: FlaskClient) -> None:
    def page() -> str:
        with client.session_transaction() as cookie:
            cookie["_flashes"] = [("success", "The letter is on its way again.")]
        return client.get("/accessibility").text

    assert "The letter will go again." in page()
    beat(datetime.now(UTC))
    assert "The letter is on its way again." in page()


@held_up
def test_the_administrator_sees_what_holds_letters_up_and_nobody_else_does(
    make: Make, session: Session, sign_in: SignIn
) -> None:
    administrator, officer = make.staff(R.ADMINISTRATOR), make.staff(R.OFFICER)
    moment = datetime.now(UTC)
    session.add_all(
        [
            a_letter(due=moment - timedelta(minutes=12)),
            Heartbeat(name=MAIL, at=moment, trouble="535 bad password", since=moment),
        ]
    )
    session.commit()
    page = sign_in(administrator).get("/work").text
    for words in (
        "The worker has never run",
        "fundflow worker",
        "Letters have waited since",
        "The mail server has refused letters since",
        "535 bad password",
        "fundflow mail test ADDRESS",
    ):
        assert words in page
    assert "worker" not in sign_in(officer).get("/work").text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The bid is yours to review. The school is being told.", "The bid is yours to review."),
        ("The school is being told.", "Done."),
        ("We’re telling Ann Lee that the bid is ready.", "Done."),
        ("Ann Lee is invited. Their link is on its way.", "Ann Lee is invited."),
        ("It is saved.", "It is saved."),
    ],
)
def test_where_no_letter_was_written_none_is_promised(app: Flask, text: str, left: str) -> None:
    with app.test_request_context("/", method="POST"):
        flash(text, "success")
        assert get_flashed_messages() == [left]


def test_where_a_letter_was_written_it_is_promised(app: Flask, make: Make) -> None:
    with app.test_request_context("/", method="POST"):
        make.session.add(a_letter())
        make.session.flush()
        flash("The school is being told.", "success")
        assert get_flashed_messages() == ["The school is being told."]
