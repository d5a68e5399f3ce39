"""Good practice: an entry from the proposal to its end, who reads it, and the directory found by need."""

import re
from datetime import UTC, date, datetime
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.brokering.good_practice import PAGE, Wanted, found_page
from fundflow.brokering.operations import practice as operations
from fundflow.brokering.operations.practice import EntrySaid
from fundflow.desk.work import waiting_for
from fundflow.extensions import db
from fundflow.history import history_of
from fundflow.models.brokering import Expertise
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.practice import PracticeEntry, PracticeKind
from fundflow.models.school import CLOSED
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.practice import PracticeState as S
from tests.brokering.conftest import SignIn
from tests.factories import NOW, TODAY, Make

UNIT = EntrySaid(
    PracticeKind.UNIT,
    Expertise.SEND,
    "Unit for deaf pupils",
    "Ten places, and lessons in sign language.",
    date(2027, 9, 1),
)
ANSWERED = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def sharing(area: SimpleNamespace, make: Make) -> SimpleNamespace:
    """The area, whose fund shares good practice; the helping school has the unit."""
    area.fund.shares_practice = True
    make.session.commit()
    return area


def proposed(area: SimpleNamespace, said: EntrySaid = UNIT, user: User | None = None) -> PracticeEntry:
    return operations.propose(area.fund, area.helper, said, user=user or area.officer, now=NOW)


def on(entry: PracticeEntry, user: Any) -> dict[str, Any]:
    return {"user": user, "now": NOW, "version": entry.version}


def agreed(area: SimpleNamespace, said: EntrySaid = UNIT, contact: str = "") -> PracticeEntry:
    entry = proposed(area, said)
    operations.agree(entry, consent=True, contact=contact, **on(entry, area.helpers_head))
    return entry


def letters() -> list[tuple[str, str]]:
    """(address, subject) of those about good practice, in the order in which they were written."""
    rows = db.session.execute(
        select(Letter.email, Letter.subject)
        .where(Letter.subject.startswith("Good practice"))
        .order_by(Letter.id)
    )
    return [(email, subject.removeprefix("Good practice: ")) for email, subject in rows]


# -- an entry ---------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_officer_proposes_and_the_head_of_the_school_agrees(sharing: SimpleNamespace) -> None:
    entry = proposed(sharing)
    assert proposed(sharing) is entry  # a second click
    with pytest.raises(Refused, match="Only the head of that school can do this"):
        operations.agree(entry, consent=True, contact="", **on(entry, sharing.head))
    db.session.rollback()
    operations.agree(entry, consent=True, contact="Through the office.", **on(entry, sharing.helpers_head))
    assert (entry.state, entry.agreed_by, entry.contact) == (
        S.AGREED,
        sharing.helpers_head,
        "Through the office.",
    )
    assert letters() == [
        (sharing.helpers_head.email, "may other schools read about Helping Primary?"),
        (sharing.officer.email, "Helping Primary agrees to its entry"),
    ]


def test_a_head_says_no_and_nobody_else_reads_the_entry(sharing: SimpleNamespace) -> None:
    entry = proposed(sharing)
    operations.decline(entry, reason="The unit closes in July.", **on(entry, sharing.helpers_head))
    assert (entry.state, entry.reason) == (S.DECLINED, "The unit closes in July.")
    assert found_page(Wanted(kind=None, need=Expertise.SEND)).rows == []
    assert letters()[-1] == (sharing.officer.email, "Helping Primary does not agree to its entry")


@pytest.mark.parametrize("field", ["title", "what", "figure", "source"])
def test_an_entry_names_nobody(sharing: SimpleNamespace, field: str) -> None:
    name = sharing.helpers_head.name
    said = UNIT._replace(**{field: f"Led by {name}"})
    with pytest.raises(Refused, match=f"Take out “{name}”: other schools read the entry"):
        proposed(sharing, said)
    db.session.rollback()
    entry = proposed(sharing)
    with pytest.raises(Refused, match=f"Take out “{name}”"):
        operations.propose_again(entry, said, **on(entry, sharing.officer))


def test_an_entry_taken_back_offers_no_contact(sharing: SimpleNamespace, sign_in: SignIn) -> None:
    entry = agreed(sharing)
    assert "The school agreed" in sign_in(sharing.officer).get(entry.path).text
    operations.take_back(entry, reason="Our head left.", **on(entry, sharing.helpers_head))
    page = sign_in(sharing.officer).get(entry.path).text
    assert ("The school agreed" in page, "Get in touch" in page) == (False, False)
    assert "<strong>Withdrawn.</strong> Our head left." in page


def test_a_head_takes_the_agreement_back_and_the_officer_withdraws(sharing: SimpleNamespace) -> None:
    entry = agreed(sharing)
    operations.take_back(entry, reason="", **on(entry, sharing.helpers_head))
    assert (entry.state, entry.withdrawn_at) == (S.WITHDRAWN, NOW)
    second = agreed(sharing, UNIT._replace(title="Signing choir"))
    operations.withdraw(second, reason="The choir ended.", **on(second, sharing.officer))
    assert (second.state, second.reason) == (S.WITHDRAWN, "The choir ended.")
    assert letters()[-1] == (sharing.helpers_head.email, "the entry of Helping Primary is withdrawn")


def test_a_changed_entry_waits_for_the_head_again(sharing: SimpleNamespace) -> None:
    entry = agreed(sharing, contact="Through the office.")
    said = UNIT._replace(what="Twelve places.")
    operations.propose_again(entry, said, **on(entry, sharing.deputy))
    assert (entry.state, entry.what, entry.agreed_at, entry.contact) == (
        S.PROPOSED,
        "Twelve places.",
        None,
        "",
    )
    assert found_page(Wanted(need=Expertise.SEND)).rows == []
    operations.withdraw(entry, reason="Not now.", **on(entry, sharing.officer))
    operations.propose_again(entry, said, **on(entry, sharing.officer))
    assert (entry.state, entry.withdrawn_at, entry.reason) == (S.PROPOSED, None, "")


def test_an_entry_is_looked_at_again_on_its_day(
    sharing: SimpleNamespace, time_machine: Any, make: Make
) -> None:
    entry = agreed(sharing)
    day = datetime(2027, 9, 1, 10, 0, tzinfo=UTC)
    before = datetime(2027, 8, 31, 10, 0, tzinfo=UTC)
    assert "Look at the entry again" not in [line.what for line in waiting_for(sharing.officer, before).lines]
    (line,) = [one for one in waiting_for(sharing.officer, day).lines if one.reference == "Good practice"]
    assert (line.title, line.what, line.due_on, line.path) == (
        "Helping Primary",
        "Look at the entry again",
        date(2027, 9, 1),
        entry.path,
    )
    with pytest.raises(Refused, match="must be in the future"):
        operations.keep(entry, review_on=day.date(), user=sharing.officer, now=day, version=entry.version)
    db.session.rollback()
    until = date(2028, 9, 1)
    operations.keep(entry, review_on=until, user=sharing.officer, now=day, version=entry.version)
    assert (entry.state, entry.review_on) == (S.AGREED, until)
    assert letters()[-1] == (sharing.helpers_head.email, "the entry of Helping Primary stays")


def test_the_head_sees_it_on_my_work(sharing: SimpleNamespace, make: Make) -> None:
    entry = proposed(sharing)
    (line,) = [one for one in waiting_for(sharing.helpers_head, NOW).lines if one.path == entry.path]
    assert line.what == "Read the entry and say whether your school agrees"
    assert entry.path not in [one.path for one in waiting_for(sharing.head, NOW).lines]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"shares_practice": False}, "keeps no directory of good practice"),
        ({"la_code": "871"}, "is no open school in the area"),
    ],
)
def test_an_entry_is_refused_with_its_reason(
    sharing: SimpleNamespace, change: dict[str, Any], why: str
) -> None:
    for name, value in change.items():
        setattr(sharing.fund, name, value)
    with pytest.raises(Refused, match=why):
        proposed(sharing)


def test_an_entry_needs_a_head_with_an_account_and_a_day_in_the_future(
    sharing: SimpleNamespace, make: Make
) -> None:
    with pytest.raises(Refused, match="must be in the future"):
        proposed(sharing, UNIT._replace(review_on=TODAY))
    db.session.rollback()
    headless = make.school("Headless Primary")
    with pytest.raises(Refused, match="Nobody has an account as head of Headless Primary"):
        operations.propose(sharing.fund, headless, UNIT, user=sharing.officer, now=NOW)


def test_nobody_proposes_or_keeps_an_entry_of_their_own_school(sharing: SimpleNamespace, make: Make) -> None:
    own = make.member(sharing.helper, name="Owen Own")
    make.role(own, RoleName.OFFICER)
    with pytest.raises(Refused, match="You can’t handle this entry: your school, Helping Primary"):
        proposed(sharing, user=own)
    db.session.rollback()
    with pytest.raises(Refused, match="Only the liaison officer"):
        proposed(sharing, user=sharing.auditor)


def test_a_title_stands_once_a_school(sharing: SimpleNamespace) -> None:
    agreed(sharing)
    with pytest.raises(Refused, match="There is an entry “Unit for deaf pupils” of Helping Primary already"):
        proposed(sharing)


# -- the pages --------------------------------------------------------------------------------------


def test_an_officer_proposes_on_a_page_and_what_lacks_is_said(
    sharing: SimpleNamespace, sign_in: SignIn, make: Make
) -> None:
    measure = make.measure(sharing.fund)
    form = {
        "fund": str(sharing.fund.id),
        "school": sharing.helper.urn,
        "kind": "does_well",
        "expertise": "early_reading",
        "title": "Phonics for all",
        "what": "One programme in every class.",
        "figure": "91 in 2026",
        "review_on-day": "1",
        "review_on-month": "9",
        "review_on-year": "2027",
    }
    client = sign_in(sharing.officer)
    answer = client.post("/good-practice/propose", data=form)
    assert answer.status_code == 422
    assert "Select the measure, or leave figure and source empty" in answer.text
    assert "Enter where the figure is published" in answer.text
    assert "91 in 2026" in answer.text
    form |= {"measure": str(measure.id), "source": "DfE, 2026"}
    answer = client.post("/good-practice/propose", data=form)
    assert answer.status_code == 302
    page = read(sign_in(sharing.helpers_head), answer.location)
    assert f"{measure.words}: 91 in 2026" in page
    assert "Yes, we agree" in page


def test_a_proposed_entry_is_there_for_its_school_and_the_council_alone(
    sharing: SimpleNamespace, sign_in: SignIn
) -> None:
    entry = proposed(sharing)
    for reader in (sharing.helpers_head, sharing.officer, sharing.auditor):
        assert "Waiting for the school" in read(sign_in(reader), entry.path)
    assert sign_in(sharing.head).get(entry.path).status_code == 404
    operations.agree(entry, consent=True, contact="Call the SENCO.", **on(entry, sharing.helpers_head))
    page = read(sign_in(sharing.head), entry.path)
    assert "Call the SENCO." in page
    assert "Ask for support" in page
    assert "History" not in page


def test_officers_keep_the_entries_of_their_own_funds(
    sharing: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    proposed(sharing)
    other = make.fund(shares_practice=True)
    elsewhere = make.user("Else Where")
    make.role(elsewhere, RoleName.OFFICER, fund=other)
    make.session.commit()
    assert "Unit for deaf pupils" in read(sign_in(sharing.officer), "/good-practice/entries")
    assert "Unit for deaf pupils" in read(sign_in(sharing.officer), "/good-practice/entries?state=proposed")
    assert "No entry matches." in read(sign_in(sharing.officer), "/good-practice/entries?state=agreed")
    assert "There is no entry yet." in read(sign_in(elsewhere), "/good-practice/entries")


# -- the directory ----------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_directory_is_found_by_need_phase_kind_and_words(sharing: SimpleNamespace, make: Make) -> None:
    agreed(sharing)
    make.case_study(make.bid(state=BidState.CLOSED, fund=sharing.fund, lead=sharing.asking))
    make.session.commit()

    def titles(**wanted: str) -> list[str]:
        return sorted(row.title for row in found_page(Wanted.from_args(wanted)).rows)

    unit, case, offer = "Unit for deaf pupils", "Phonics in every class", "Maths mastery"
    assert titles() == sorted([unit, case, offer])
    assert titles(need="send") == [unit]
    assert titles(need="maths") == [offer]
    assert titles(need="early_reading", phase="2") == [case]
    assert titles(phase="4") == []
    assert titles(kind="unit") == [unit]
    assert titles(kind="does_well") == []
    assert titles(kind="case_study") == [case]
    assert titles(kind="offer") == [offer]
    assert titles(q="sign language") == [unit]
    assert titles(q="asking primary") == [case]
    assert titles(q="helping") == sorted([offer, unit])


def test_each_row_leads_to_its_case_study_offer_or_entry(sharing: SimpleNamespace, make: Make) -> None:
    entry = agreed(sharing)
    study = make.case_study(make.bid(state=BidState.CLOSED, fund=sharing.fund, lead=sharing.asking))
    make.session.commit()
    paths = {row.path for row in found_page(Wanted()).rows}
    offer = f"/directory?q={sharing.helper.urn}#offer-{sharing.offer.id}"
    assert paths == {entry.path, f"/case-studies/{study.id}", offer}


def test_no_page_says_a_row_twice_or_leaves_one_out(sharing: SimpleNamespace, make: Make) -> None:
    """Many of one moment, of three sources."""
    for n in range(PAGE):
        make.practice_entry(sharing.fund, sharing.helper, title=f"Entry {n}")
        make.offer(sharing.helper, title=f"Offer {n}")
    for n in range(3):
        bid = make.bid(state=BidState.CLOSED, fund=sharing.fund, lead=sharing.asking)
        make.case_study(bid, title=f"Case {n}")
    make.session.commit()
    seen: list[str] = []
    wanted = Wanted()
    while True:
        page = found_page(wanted)
        seen += [row.key for row in page.rows]
        if page.next_key is None:
            break
        wanted = Wanted.from_args({"after": page.next_key})
    assert len(seen) == len(set(seen)) == 2 * PAGE + 1 + 3


def test_what_is_of_a_closed_school_or_another_fund_is_not_found(
    sharing: SimpleNamespace, make: Make
) -> None:
    entry = agreed(sharing)
    closed = make.practice_entry(sharing.fund, make.school("Gone", status_code=CLOSED))
    off = make.fund()
    silent = make.practice_entry(off, make.school("Off"))
    off.shares_practice = False
    make.case_study(make.bid(state=BidState.CLOSED, fund=off))
    make.session.commit()
    keys = {row.key for row in found_page(Wanted()).rows}
    assert keys == {f"entry-{entry.id}", f"offer-{sharing.offer.id}"}
    assert not keys & {f"entry-{closed.id}", f"entry-{silent.id}"}


def test_tiers_and_concerns_do_not_decide_what_is_found(sharing: SimpleNamespace, make: Make) -> None:
    agreed(sharing)
    before = found_page(Wanted()).rows
    make.tier(sharing.helper, sharing.officer, tier=4)
    make.session.commit()
    assert found_page(Wanted()).rows == before


# -- off --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["head", "helpers_head", "officer", "auditor"])
def test_switched_off_nothing_shows(
    sharing: SimpleNamespace, make: Make, sign_in: SignIn, reader: str
) -> None:
    entry = proposed(sharing)
    shown = agreed(sharing, UNIT._replace(title="Signing choir", review_on=date(2026, 11, 19)))
    make.engagement(sharing.fund, sharing.asking, sharing.officer, on=date(2026, 11, 1), next_on=TODAY)
    sharing.fund.shares_practice = False
    make.session.commit()
    client = sign_in(getattr(sharing, reader))
    for path in (
        "/good-practice",
        "/good-practice/entries",
        entry.path,
        shown.path,
        "/engagement",
        f"/engagement/{sharing.asking.urn}",
    ):
        assert client.get(path).status_code == 404
    pages = ["/work", "/directory", f"/schools/{sharing.helper.urn}"]
    for path in pages + (["/brokering"] if reader in ("officer", "auditor") else []):
        text = read(client, path)
        assert "ood practice" not in text
        assert "take no part" not in text
        assert "Contact the school again" not in text


def test_where_another_fund_shares_practice_that_of_this_one_does_not_show(
    sharing: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    entry = proposed(sharing)
    sharing.fund.shares_practice = False
    make.fund(shares_practice=True, la_code="871")
    make.session.commit()
    assert sign_in(sharing.helpers_head).get(entry.path).status_code == 404
    assert "There is nothing in the directory yet." in read(sign_in(sharing.head), "/good-practice")
    assert entry.path not in [one.path for one in waiting_for(sharing.helpers_head, NOW).lines]


def test_a_figure_is_of_a_measure_of_the_entrys_own_fund(sharing: SimpleNamespace, make: Make) -> None:
    other = make.measure(make.fund(shares_practice=True))
    make.session.commit()
    with pytest.raises(Refused, match="Select one of its own"):
        proposed(sharing, UNIT._replace(measure=other, figure="91", source="DfE"))


def test_another_funds_officer_reads_no_history_of_an_entry(
    sharing: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    other = make.user("Other Officer")
    make.role(other, RoleName.OFFICER, fund=make.fund(shares_practice=True, la_code="898"))
    entry = make.practice_entry(sharing.fund, sharing.helper)
    make.session.commit()
    operations.keep(entry, review_on=date(2028, 1, 1), **on(entry, sharing.officer))
    done = history_of(entry)[0].label
    assert done not in read(sign_in(other), entry.path)
    assert done in read(sign_in(sharing.officer), entry.path)
