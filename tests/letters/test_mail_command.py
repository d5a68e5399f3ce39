"""`fundflow mail test ADDRESS`: what the mail server says, at once."""

import pytest
from flask import Flask

from tests.letters.conftest import Office, free_port


def run(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["mail", "test", "it@council.example"])
    return result.exit_code, result.output


def test_a_letter_goes_past_the_queue(app: Flask, posted: Office) -> None:
    code, said = run(app)
    assert (code, len(posted.messages)) == (0, 1)
    assert "took a letter to it@council.example" in said
    assert posted.messages[0]["To"] == "it@council.example"
    assert "School improvement fund" in posted.text()


def test_a_refusal_is_said_in_the_server_s_own_words(app: Flask, posted: Office) -> None:
    posted.refusals["it@council.example"] = "550 5.7.1 Relaying denied"
    code, said = run(app)
    assert code == 1
    assert "127.0.0.1:" in said
    assert "did not take the letter. 550 5.7.1 Relaying denied" in said


def test_a_server_that_is_not_there_is_no_stack_trace(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["mail"], "port", free_port())
    code, said = run(app)
    assert code == 1
    assert "ConnectionRefusedError" in said
    assert "Traceback" not in said
