"""The virus scanner: asked where one is set, and nothing is stored that it could not look at."""

import pytest
from flask import Flask

from fundflow.files.scanning import DOWN, scan
from fundflow.files.unfit import Unfit
from fundflow.workflow.engine import Refused
from tests.files.clamd import clamd
from tests.files.samples import EICAR, pdf


def test_without_a_scanner_a_file_counts_as_not_scanned(app: Flask) -> None:
    assert scan(pdf(), "plan.pdf") is False


def test_a_clean_file_counts_as_scanned(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with clamd() as place:
        monkeypatch.setitem(app.config, "CLAMD", place)
        assert scan(pdf(b" " * 5000), "plan.pdf") is True


def test_a_virus_is_refused_and_logged(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with clamd() as place:
        monkeypatch.setitem(app.config, "CLAMD", place)
        with pytest.raises(Unfit, match="found something harmful"):
            scan(pdf(EICAR), "plan.pdf")
    assert "Eicar-Test" in caplog.text


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"stream: broken ERROR", b"", b"what?"]
)
def test_a_scanner_that_gives_no_verdict_lets_nothing_through(
    app: Flask, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    with clamd(answer) as place:
        monkeypatch.setitem(app.config, "CLAMD", place)
        with pytest.raises(Refused) as refused:
            scan(pdf(), "plan.pdf")
    assert refused.value.sentence == DOWN


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1", "/nowhere/clamd.sock", "unix:/nowhere/clamd.sock", "nonsense"]
)
def test_a_scanner_that_is_down_lets_nothing_through(
    app: Flask, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setitem(app.config, "CLAMD", place)
    with pytest.raises(Refused) as refused:
        scan(pdf(), "plan.pdf")
    assert refused.value.sentence == DOWN
