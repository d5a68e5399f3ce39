"""Every version that was sent is kept, and any two can be compared."""

from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import freezing
from fundflow.models.bid import Bid
from fundflow.models.review import Submission
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import at, more_days, send, start

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def corrected(make: Any, people: Any, sign_in: Any, session: Any) -> Bid:
    """A bid with two versions."""
    bid: Bid = make.bid(
        state=S.IN_REVIEW,
        lead=people["lead"],
        provider=people["oak"],
        leader=people["head"],
        officer=people["officer"],
    )
    client = sign_in(people["head"])
    start(client, bid)
    more_days(client, bid)
    assert send(client, at(bid, "/steps/correct"), agreement="y", why_odd="As planned.").status_code == 302
    session.expire_all()
    return bid


def test_two_versions_are_compared_in_words_that_need_no_colour(
    corrected: Bid, people: Any, sign_in: Any
) -> None:
    client = sign_in(people["officer"])
    tab = client.get(at(corrected, "/application")).text
    assert "What changed since version 1" in tab
    page = client.get(at(corrected, "/application/versions/1/compare/2")).text
    assert '<del class="ff-old"><span class="govuk-visually-hidden">Was: </span>6 days</del>' in page
    assert '<ins class="ff-new"><span class="govuk-visually-hidden">Is now: </span>7 days</ins>' in page
    assert "Only 58%" not in page
    assert "6 days" in client.get(at(corrected, "/application/changes")).text
    assert "What the school changed" in client.get(at(corrected, "/review")).text
    assert "Nothing has changed since" in client.get(at(corrected, "/application/versions/2/compare/2")).text


def test_an_earlier_version_is_kept_byte_for_byte(
    corrected: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["provider"])
    first = session.scalars(select(Submission).where(Submission.number == 1)).one()
    file = client.get(at(corrected, "/application/versions/1.json"))
    assert file.data == first.answers.encode()
    assert freezing.sha256(file.text) == first.sha256
    assert file.headers["Content-Disposition"] == (
        f'attachment; filename="{corrected.reference}-version-1.json"'
    )
    page = client.get(at(corrected, "/application/versions/1")).text
    assert first.sha256 in page
    assert "6 days" in page
    assert "What changed after this, up to version 2" in page


@pytest.mark.parametrize(
    "rest", ["versions/3.json", "versions/1/compare/3", "versions/0/compare/1", "versions/99999999999.json"]
)
def test_versions_that_do_not_exist_are_not_found(
    corrected: Bid, people: Any, sign_in: Any, rest: str
) -> None:
    assert sign_in(people["head"]).get(at(corrected, f"/application/{rest}")).status_code == 404
    assert sign_in(people["stranger"]).get(at(corrected, "/application/versions/1.json")).status_code == 404
    assert sign_in(people["stranger"]).get(at(corrected, "/application/changes")).status_code == 404
