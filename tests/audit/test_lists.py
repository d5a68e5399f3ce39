"""What auditors look at: acts by kind, who opened what, seals, and samples that can be drawn again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.audit.kinds import KINDS, READING
from fundflow.audit.queries import views_of_people
from fundflow.audit.sampling import Asked, draw, rank
from fundflow.chain.sealing import begin_and_seal
from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.history import record_event
from fundflow.models.files import PersonViewing
from fundflow.models.person import RoleName, User
from fundflow.steps import note
from fundflow.workflow.application import BidState
from fundflow.workflow.processes import PROCESSES
from tests.factories import NOW, TODAY, Make

SignIn = Callable[..., Any]
YEAR = timedelta(days=365)


def test_each_kind_names_steps_that_there_are() -> None:
    """Steps of a process stand in its table; others are notes, which no table has."""
    notes = {
        "let_in",
        "late_interest",
        "let_stand",
        "void_vote",
        "void_scores",
        "void_casting_vote",
        "correct_rating",
        "give",
        "invite",
        "end",
        "deactivate",
        "reactivate",
        "audit_pack",
        "let_pass",
        "undo_more",
    }
    for kind in KINDS.values():
        for process, step in kind.steps:
            assert step in notes or PROCESSES[process].rows(step), (process, step)


@pytest.mark.parametrize("slug", KINDS)
def test_acts_of_a_kind_are_listed_with_a_link(make: Make, sign_in: SignIn, slug: str) -> None:
    bid, somebody = make.bid(state=BidState.IN_DELIVERY), make.user(name="Sam Given")
    process, step = KINDS[slug].steps[0]
    record = {"person": somebody, "fund": bid.fund}.get(process, bid)
    entry = record_event(
        record,
        step,
        "What was done",
        user=make.user(name="Ann Actor"),
        now=NOW,
        reason="For a reason",
        process=process,
    )
    note(bid, "something_else", "Something else", user=make.user(), now=NOW)
    db.session.commit()
    page = sign_in(make.staff(RoleName.AUDITOR)).get(f"/audit/acts/{slug}").text
    assert all(words in page for words in ("What was done", "Ann Actor", "For a reason"))
    assert "Something else" not in page
    link = f"/people/{somebody.id}" if record is somebody else f"/bids/{bid.reference}/history"
    assert f'href="{link}"' in page
    assert f"after={entry.id}" not in page


def of_another_fund(make: Make) -> User:
    auditor = make.staff(RoleName.AUDITOR)
    auditor.roles[0].fund_id = make.fund().id
    make.session.commit()
    return auditor


def test_acts_of_another_fund_are_not_listed(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=BidState.OFFERED)
    note(bid, "correct_decision", "Corrected the decision", user=make.user(), now=NOW)
    db.session.commit()
    auditor = of_another_fund(make)
    assert "Corrected the decision" not in sign_in(auditor).get("/audit/acts/decisions").text
    assert sign_in(auditor).get("/audit/acts/nothing").status_code == 404


def test_whoever_opens_the_account_of_another_is_listed(make: Make, sign_in: SignIn) -> None:
    auditor, somebody = make.staff(RoleName.AUDITOR), make.user(name="Sam Looked-at")
    client = sign_in(auditor)
    assert client.get(f"/people/{auditor.id}").status_code == 200
    assert db.session.scalars(select(PersonViewing)).all() == []
    assert client.get(f"/people/{somebody.id}").status_code == 200
    row = db.session.scalars(select(PersonViewing)).one()
    assert (row.person_id, row.user_id) == (somebody.id, auditor.id)
    page = client.get("/audit/views/people").text
    assert "Sam Looked-at" in page
    assert auditor.name in page


@pytest.mark.parametrize("of_one_fund", [True, False])
@pytest.mark.parametrize("role", list(RoleName))
def test_only_readers_of_every_fund_see_who_opened_the_data_of_people(
    make: Make, sign_in: SignIn, role: RoleName, of_one_fund: bool
) -> None:
    reader, somebody = make.staff(role), make.user(name="Sam Looked-at")
    if of_one_fund:
        reader.roles[0].fund_id = make.fund().id
    viewing.record_person(somebody, make.staff(RoleName.ADMINISTRATOR), "Account", NOW)
    may = role in READING and not of_one_fund
    assert len(views_of_people(reader, NOW, None).rows) == (1 if may else 0)
    client = sign_in(reader)
    assert client.get("/audit/views/people").status_code == (200 if may else 403)
    for page in ("/work", "/audit/views/bids"):
        links = 'href="/audit/views/people"' in client.get(page).text
        assert links is may
    reader.active = False
    assert views_of_people(reader, NOW, None).rows == []


def test_whoever_opens_papers_files_and_packs_is_listed(make: Make, sign_in: SignIn) -> None:
    bid, auditor = make.bid(state=BidState.OFFERED), make.staff(RoleName.AUDITOR)
    client = sign_in(auditor)
    with client.post(f"/bids/{bid.reference}/audit-pack"):
        pass
    assert "Audit pack: everything about the bid" in client.get("/audit/views/bids").text
    elsewhere = sign_in(of_another_fund(make))
    assert bid.reference not in elsewhere.get("/audit/views/bids").text


def test_a_seal_that_was_kept_is_looked_for_on_the_page(make: Make, sign_in: SignIn) -> None:
    client = sign_in(make.staff(RoleName.AUDITOR))
    assert "Nothing was sealed yet" in client.get("/audit/seals").text
    make.session.commit()
    seal = begin_and_seal(NOW)
    assert seal is not None
    assert seal.hash in client.get("/audit/seals").text
    assert "Yes: it is the seal of" in client.get(f"/audit/seals?seal={seal.hash}").text
    assert "No seal has this number." in client.get(f"/audit/seals?seal={'0' * 64}").text


def test_the_same_seed_draws_the_same_sample(make: Make, sign_in: SignIn) -> None:
    for _ in range(4):
        make.bid(state=BidState.OFFERED)
    auditor = make.staff(RoleName.AUDITOR)
    make.session.commit()
    asked = Asked("decisions", TODAY - YEAR, TODAY + YEAR, 2, "5eed")
    drawn = draw(asked, auditor, NOW)
    assert (len(drawn.rows), drawn.among) == (2, 4)
    assert draw(asked, auditor, NOW) == drawn
    everything = draw(asked._replace(size=9), auditor, NOW)
    assert [row.id for row in everything.rows] == sorted(
        (row.id for row in everything.rows), key=lambda number: rank("5eed", number)
    )
    assert drawn.rows == everything.rows[:2]
    orders = {
        tuple(row.id for row in draw(asked._replace(size=4, seed=str(n)), auditor, NOW).rows)
        for n in range(9)
    }
    assert len(orders) > 1
    assert draw(asked._replace(last=TODAY - YEAR), auditor, NOW) == ([], 0)
    assert draw(asked, of_another_fund(make), NOW).among == 0
    page = (
        sign_in(auditor)
        .get("/audit/sample?of=decisions&seed=5eed&size=2&first=2020-01-01&last=2100-01-01")
        .text
    )
    assert "2 of 4 decisions" in page
    assert all(row.about in page for row in drawn.rows)


@pytest.mark.parametrize("of", ["payments", "letters"])
def test_samples_of_payments_and_letters_lead_to_them(make: Make, sign_in: SignIn, of: str) -> None:
    make.bid(state=BidState.CLOSED)
    auditor = make.staff(RoleName.AUDITOR)
    make.session.commit()
    drawn = draw(Asked(of, TODAY - YEAR, TODAY + YEAR, 5, "a"), auditor, NOW)
    client = sign_in(auditor)
    assert all(client.get(row.path).status_code == 200 for row in drawn.rows)
    assert client.get(f"/audit/sample?of={of}&seed=a").status_code == 200
