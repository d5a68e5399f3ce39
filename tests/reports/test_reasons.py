"""The reasons of an award, published once an officer has read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.reports import operations
from fundflow.rules.public_text import why_not_public
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[User | None], FlaskClient]
WORK = "Read the reasons for the register of awards"


@dataclass
class Award:
    make: Make
    bid: Bid
    officer: User

    @property
    def page(self) -> str:
        return f"/bids/{self.bid.reference}/reasons"

    @property
    def decision(self) -> Decision:
        return self.bid.offer.decision

    def publish(self, text: str, **values: Any) -> None:
        operations.publish_reasons(
            self.bid, text, **{"user": self.officer, "now": NOW, "version": self.bid.version, **values}
        )


@pytest.fixture
def award(make: Make) -> Award:
    lead, officer = make.school("Larkfield"), make.staff(RoleName.OFFICER, "Olive Oakes")
    head = make.member(lead, name="Hilary Shaw")
    bid = make.bid(state=S.IN_DELIVERY, lead=lead, leader=head, officer=officer)
    make.seat(bid.fund, name="Gareth Governor")
    make.session.commit()
    return Award(make, bid, officer)


def test_an_officer_reads_the_decisions_reasons_and_publishes_them(award: Award, sign_in: SignIn) -> None:
    assert WORK in [line.what for line in waiting_for(award.officer, NOW).lines]
    client = sign_in(award.officer)
    assert "A clear need." in client.get(award.page).text  # the decision's own, to begin with
    assert "A clear need." not in client.get("/register").text
    data = {"version": award.bid.version, "text": "Reading is weak, and the plan is sound."}
    assert client.post(award.page, data=data).status_code == 302
    assert "Reading is weak, and the plan is sound." in client.get("/register").text
    assert "Reading is weak, and the plan is sound." in client.get("/register.csv").text
    assert WORK not in [line.what for line in waiting_for(award.officer, NOW).lines]
    assert (award.decision.published_by_id, award.decision.reasons) == (award.officer.id, "A clear need.")
    assert client.post(award.page, data=data).status_code != 500
    kept = award.make.session.scalars(select(HistoryEntry).where(HistoryEntry.bid_id == award.bid.id)).all()
    assert [entry.label for entry in kept] == ["Published the reasons in the register of awards"]


def test_what_is_published_is_corrected_only_with_a_reason_that_is_kept(
    award: Award, sign_in: SignIn
) -> None:
    award.publish("Reading is weak.")
    with pytest.raises(Refused, match="Say why you correct them"):
        award.publish("Reading is strong.")
    client = sign_in(award.officer)
    assert "Correct the published reasons" in client.get(award.page).text
    data = {"version": award.bid.version, "text": "Writing is weak."}
    assert client.post(award.page, data=data).status_code == 422
    assert client.post(award.page, data={**data, "why": "It is writing."}).status_code == 302
    assert award.decision.published_reasons == "Writing is weak."
    last = award.make.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert last is not None
    assert (last.label, last.reason) == ("Corrected the reasons in the register of awards", "It is writing.")
    assert last.given == {"reasons": "Writing is weak.", "before": "Reading is weak."}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sam okafor wrote a good bid.", "Sam Okafor"),  # the contact
        ("Okafor wrote a good bid.", "Okafor"),
        ("It is Okafor's bid, or the Okafors’.", "Okafor"),
        ("OKÁFOR wrote it.", "Okafor"),
        ("rl-1 is released for six days.", "RL1"),
        ("Chris  Chair signed it.", "Chris Chair"),  # who approves
        ("The head, Hilary Shaw, leads it.", "Hilary Shaw"),
        ("Brokered by Olive Oakes.", "Olive Oakes"),  # the officer
        ("Gareth Governor spoke for it.", "Gareth Governor"),  # a member of the panel
        ("Mrs Bellamy will coach.", "Mrs Bellamy"),  # nobody we know
        ("rl1 is released for six days.", "RL1"),
        ("Write to office@lead.example now.", "office@lead.example"),
        ("Call 01632 960 001.", "01632 960 001"),
        ("Call +44 1632 960001.", "+44 1632 960001"),
    ],
)
def test_reasons_that_name_somebody_are_refused_and_say_whom(
    award: Award, sign_in: SignIn, text: str, found: str
) -> None:
    assert f"“{found}”" in (why_not_public(text, award.bid) or "")
    with pytest.raises(Refused):
        award.publish(text)
    award.make.session.rollback()
    answer = sign_in(award.officer).post(award.page, data={"version": award.bid.version, "text": text})
    assert answer.status_code == 409
    assert award.decision.published_at is None


@pytest.mark.parametrize(
    "text",
    [
        "Only 58% of 112 pupils reached the standard in 2025/26; £3,000.00 for 8.5 days from 01/02/2027.",
        "Larkfield and its partner agreed; the head will report by 12 March 2027.",
        "The reading lead is released for six days, and a teacher for 2.5.",
        "Chairs of governors welcomed it.",
    ],
)
def test_ordinary_words_and_figures_are_no_names(award: Award, text: str) -> None:
    assert why_not_public(text, award.bid) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zoë O’Neill", "Zoe O'Neill coaches."),
        ("Zoë O’Neill", "The plan is O`Neill’s."),
        ("Łukasz Żółtowski-Hart", "lukasz zoltowski hart coaches"),
        ("Ann St John", "Ann Saint-John coaches."),
    ],
)
def test_a_name_is_found_however_it_is_written(award: Award, name: str, text: str) -> None:
    award.make.member(award.bid.lead_school, name=name)
    assert why_not_public(text, award.bid) is not None


def test_a_surname_that_the_register_says_anyway_is_no_name(award: Award) -> None:
    award.make.member(award.bid.lead_school, name="Robin Reading")
    assert why_not_public("Reading is weak.", award.bid) is None  # the priority says “reading”
    assert why_not_public("Robin Reading leads.", award.bid) is not None


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Sam Okafor coaches reading", "Sam Okafor"),  # the contact
        ("Okafor's reading plan", "Okafor"),
        ("Mrs J. Bellamy coaches", "Mrs J. Bellamy"),
        ("Ring 01632 960 001", "01632 960 001"),
        ("RL-1 coaches", "RL1"),
        ("Coaching by Former", "Former"),  # who left
    ],
)
def test_a_title_that_names_somebody_is_shown_to_the_officer_before_it_is_published(
    award: Award, sign_in: SignIn, client: FlaskClient, title: str, found: str
) -> None:
    gone = award.make.member(award.bid.lead_school, name="Fay Former")
    gone.memberships[0].ends_on = TODAY.replace(year=2020)
    award.bid.title = title
    award.make.session.commit()
    officer, data = sign_in(award.officer), {"version": award.bid.version, "text": "A need."}
    answer = officer.post(award.page, data={**data, "title": title})
    assert answer.status_code == 409
    assert f"Take out “{found}”" in answer.text
    assert title in unescape(answer.text)  # nothing typed is lost
    data["title"] = "Coaching in reading"
    assert officer.post(award.page, data=data).status_code == 302
    client = sign_in(None)
    for page in ("/register", "/register.csv", f"/register/{award.bid.reference}", "/transparency.csv"):
        text = unescape(client.get(page).text)
        assert "Coaching in reading" in text, page
        assert title not in text, page
    last = award.make.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert last is not None
    assert last.given["title"] == "Coaching in reading"


def test_the_officer_confirms_that_what_a_title_says_is_no_name(award: Award, sign_in: SignIn) -> None:
    award.bid.title = "Reading at Okafor Street"
    award.make.session.commit()
    with pytest.raises(Refused, match="or tick that it is not the name"):
        award.publish("A need.")
    award.make.session.rollback()
    data = {"version": award.bid.version, "text": "A need.", "no_names": "y"}
    assert sign_in(award.officer).post(award.page, data=data).status_code == 302
    assert "Reading at Okafor Street" in sign_in(None).get("/register").text
    last = award.make.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert last is not None
    assert last.given["no_names"] is True
    award.bid.title = "Ring 01632 960 001"
    with pytest.raises(Refused, match="contact details"):  # an address is never confirmed
        award.publish("A need.", no_names=True, why="A slip")


def test_what_a_school_calls_its_bid_makes_a_surname_no_ordinary_word(award: Award) -> None:
    award.bid.title = "Okafor's reading plan"
    assert "“Okafor”" in str(why_not_public("Okafor leads it.", award.bid))


def test_common_words_and_schools_names_are_no_names(award: Award) -> None:
    for name in ("Ada Young", "Ben Page", "Cy Park"):
        award.make.member(award.bid.lead_school, name=name)
    award.bid.lead_school.name = "Sir John Larkfield School"
    text = "Young readers turn a page. Page by page, at Park Road. Sir John Larkfield School leads."
    assert why_not_public(text, award.bid) is None
    assert "Ben Page" in str(why_not_public("Ben Page leads.", award.bid))
    assert "Mr Page" in str(why_not_public("Mr Page leads.", award.bid))


def test_only_an_officer_who_may_handle_the_bid_publishes(award: Award, sign_in: SignIn) -> None:
    make = award.make
    barred = make.member(award.bid.lead_school)
    make.role(barred, RoleName.OFFICER)
    head, auditor = make.member(award.bid.lead_school), make.staff(RoleName.AUDITOR)
    make.session.commit()
    assert sign_in(head).get(award.page).status_code == 403
    assert sign_in(auditor).get(award.page).status_code == 403
    assert sign_in(barred).get(award.page).status_code == 409
    for person in (barred, head, auditor):
        with pytest.raises(Refused):
            award.publish("A clear need.", user=person)
        make.session.rollback()
    assert award.decision.published_at is None


def test_before_the_offer_is_accepted_there_is_nothing_to_publish(make: Make, sign_in: SignIn) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.OFFERED, officer=officer)
    make.session.commit()
    assert sign_in(officer).get(f"/bids/{bid.reference}/reasons").status_code == 409
    assert WORK not in [line.what for line in waiting_for(officer, NOW).lines]


def test_a_decision_that_was_corrected_shows_the_corrected_amount_and_reasons_alone(
    award: Award, sign_in: SignIn
) -> None:
    first = award.decision
    first.undone_at, first.undone_by_id, first.undone_reason = NOW, award.officer.id, "A slip"
    corrected = Decision(
        bid_id=award.bid.id,
        item_id=first.item_id,
        outcome=ItemOutcome.APPROVED,
        pence=250_000,
        reasons="A clear need for less.",
        votes_for=5,
        votes_against=0,
        abstentions=0,
        corrects_id=first.id,
        decided_at=NOW + timedelta(minutes=5),
        decided_by_id=first.decided_by_id,
    )
    award.make.session.add(corrected)
    award.bid.offers[0].decision, award.bid.offers[0].pence = corrected, 250_000
    award.bid.awarded_pence = 250_000
    award.make.session.commit()
    award.publish("A clear need for less.")
    assert (first.published_at, corrected.published_reasons) == (None, "A clear need for less.")
    shown = sign_in(award.officer).get("/register").text
    assert "£2,500.00" in shown
    assert "£3,000.00" not in shown
