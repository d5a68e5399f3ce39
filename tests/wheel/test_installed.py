"""The wheel installed in an empty environment: upgraded, served, a bid submitted and its letter delivered."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.journeys.conftest import PostOffice, free_port
from tests.test_config import GOOD
from tests.wheel.conftest import Installed

pytestmark = [pytest.mark.one_database, pytest.mark.thorough]
PATIENCE = 120  # seconds: a busy machine starts slowly


def test_without_settings_it_says_which_are_missing_and_where_data_lies_is_one(installed: Installed) -> None:
    said = installed.run("fundflow", "settings", "check", ok=False, FUNDFLOW_DATA="")
    assert all(f"{name} is missing" in said for name in [*GOOD, "FUNDFLOW_DATA"])
    assert "complete, for production" in installed.run("fundflow", "settings", "check", **GOOD)


def test_it_says_which_version_it_is_without_settings(installed: Installed, wheel: Path) -> None:
    assert installed.run("fundflow", "--version") == f"fundflow {wheel.name.split('-')[1]}\n"


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    where = "from fundflow.config import ROOT, settings; print(ROOT, settings()['DATA'])"
    said = installed.run("python", "-c", where, FUNDFLOW_DEMO="1", FUNDFLOW_DATA="")
    root, data = map(Path, said.split())
    assert root.is_relative_to(installed.folder)
    assert data == installed.folder / "var"  # where it was started, never beside the package


def test_an_empty_database_is_upgraded_and_served_with_scripts_and_styles(installed: Installed) -> None:
    installed.run("fundflow", "db", "upgrade", **GOOD)
    port = free_port()
    with installed.running("fundflow", "run", "--port", str(port), FUNDFLOW_TLS="0", **GOOD):
        visitor = Visitor(port)
        assert visitor.get("/healthz").text == "ok\n"
        assert visitor.get("/readyz").json()["ready"]
        page = visitor.get("/sign-in").text
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert {name.rsplit(".")[-1] for name in files} >= {"css", "js"}
        for name in files:
            visitor.get(name)
        visitor.get("/help/officer")


@pytest.fixture
def post() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.close()


def test_a_bid_is_submitted_and_its_letter_delivered(installed: Installed, post: PostOffice) -> None:
    port = free_port()
    settings = {
        "FUNDFLOW_DEMO": "1",
        "FUNDFLOW_DATA": str(installed.folder / "demonstration"),
        "FUNDFLOW_MAIL_SERVER": "127.0.0.1",
        "FUNDFLOW_MAIL_PORT": str(post.controller.port),
        "FUNDFLOW_BASE_URL": f"http://127.0.0.1:{port}",
    }
    installed.run("fundflow", "db", "upgrade", **settings)
    assert "is loaded" in installed.run("fundflow", "demo", "load", **settings)
    with installed.running("fundflow", "run", "--port", str(port), **settings):
        head = Visitor(port)
        head.send("/demo", "Sign in as Laura Finch")
        # The demonstration's references follow the day on which it is loaded.
        bid = re.search(
            r'href="/bids/(LSIF-\d{4})[^"]*"[^>]*>Peer coaching for middle leaders<', head.get("/bids").text
        )
        assert bid
        done = head.send(f"/bids/{bid[1]}/steps/submit", "Agree and submit bid", agreement="y")
        assert "Bid submitted" in done
        ends = time.monotonic() + PATIENCE
        receipt = re.compile(bid[1] + r": we have your bid for £[\d,]+")
        while not any(receipt.fullmatch(subject) for subject in post.subjects("laura.finch")):
            assert time.monotonic() < ends, [str(message["Subject"]) for message in post.messages]
            time.sleep(0.2)


class Visitor:
    """A browser without JavaScript; every page it asks for must be there."""

    def __init__(self, port: int) -> None:
        self.base, self.session = f"http://127.0.0.1:{port}", requests.Session()
        ends = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < ends, "it did not start"
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            return self.session.get(f"{self.base}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def get(self, path: str) -> requests.Response:
        answer = self.session.get(self.base + path, timeout=60)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def send(self, path: str, button: str, **typed: str) -> str:
        """Press the button of this page's form; returns the page that it leads to."""
        forms = re.findall(r"<form[^>]*>.*?</form>", self.get(path).text, re.DOTALL)
        (form,) = (form for form in forms if button in form)
        action = re.search(r'action="([^"]+)"', form)
        assert action
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        answer = self.session.post(self.base + action[1], data={**hidden, **typed}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.text
